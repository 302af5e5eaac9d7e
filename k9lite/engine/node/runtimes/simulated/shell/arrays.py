"""Arrays of bash: each element is a variable called name[index]."""

from k9lite.engine.node.runtimes.simulated.shell.arithmetic import evaluate
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Variables

EVERY = ("@", "*")


def split(name: str) -> tuple[str, str]:
    """The name and what stands between the brackets behind it, if anything does."""
    base, bracket, index = name.partition("[")
    return base, index[:-1] if bracket else ""


def key(state: ShellState, base: str, index: str) -> str:
    """The variable of an element. ArithmeticError where an index is no number."""
    if base in state.maps:
        return f"{base}[{index}]"
    number = evaluate(index, state.variables)
    if number < 0:
        number += max(map(int, keys(state.variables, base)), default=-1) + 1
    return f"{base}[{number}]"


def keys(variables: Variables, base: str) -> list[str]:
    """The indices that an array has: numbers in ascending order, or texts as they came in."""
    start = f"{base}["
    found = [name[len(start) : -1] for name in variables if name.startswith(start)]
    if not found and base in variables:
        return ["0"]
    return sorted(found, key=int) if all(one.isdigit() for one in found) else found


def elements(variables: Variables, base: str) -> list[str]:
    """The values of an array; a plain variable is an array of one."""
    return [variables.get(f"{base}[{index}]", variables.get(base, "")) for index in keys(variables, base)]


def clear(variables: Variables, base: str) -> None:
    """Forget an array, or a variable."""
    for name in [one for one in variables if one == base or one.startswith(f"{base}[")]:
        del variables[name]


def following(variables: Variables, base: str) -> int:
    """The index behind the last."""
    return max((int(index) for index in keys(variables, base) if index.isdigit()), default=-1) + 1
