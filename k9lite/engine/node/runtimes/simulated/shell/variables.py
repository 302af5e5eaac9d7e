"""Builtins that read and change the shell's variables."""

from k9lite.engine.node.runtimes.simulated.pipes import Reader
from k9lite.engine.node.runtimes.simulated.shell import arrays
from k9lite.engine.node.runtimes.simulated.shell.arithmetic import evaluate
from k9lite.engine.node.runtimes.simulated.shell.state import Interpreter, Streams


async def export(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    for argument in argv[1:]:
        name, equals, value = argument.partition("=")
        if equals:
            shell.state.variables[name] = value
        shell.state.exported.add(name)
    if len(argv) == 1:
        for name, value in sorted(shell.state.environment().items()):
            await streams.say(f"export {name}='{value}'\n")
    return 0


async def local(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """Variables that are as they were when the function is over."""
    state, flags = shell.state, "".join(word[1:] for word in argv[1:] if word.startswith("-"))
    for argument in argv[1:]:
        if argument.startswith("-"):
            continue
        name, equals, value = argument.partition("=")
        if state.scopes:
            state.scopes[-1].setdefault(name, state.variables.get(name))
        if "A" in flags:
            state.maps.add(name)
        if "x" in flags:
            state.exported.add(name)
        if equals:
            state.variables[name] = value
    return 0


async def unset(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    state = shell.state
    for name in argv[1:]:
        base, index = arrays.split(name)
        if index and index not in arrays.EVERY:
            state.variables.drop(arrays.key(state, base, index))
            continue
        arrays.clear(state.variables, base)
        state.functions.pop(name, None)
        state.exported.discard(name)
    return 0


async def shift(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    count = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else 1
    if count > len(shell.state.arguments):
        return 1
    del shell.state.arguments[:count]
    return 0


async def read(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    names = [one for one in argv[1:] if not one.startswith("-")] or ["REPLY"]
    line = await _line(streams.stdin)
    words = (line or "").split(None, len(names) - 1)
    for index, name in enumerate(names):
        shell.state.variables[name] = words[index].rstrip() if index < len(words) else ""
    return 1 if line is None else 0


async def _line(reader: Reader) -> str | None:
    """One line, leaving the rest where it is; None at the end."""
    data = await reader.read()
    if not data:
        return None
    line, newline, rest = data.partition(b"\n")
    while not newline:
        more = await reader.read()
        if not more:
            break
        head, newline, rest = more.partition(b"\n")
        line += head
    reader.give_back(rest)
    return line.decode(errors="replace")


async def let(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """Arithmetic; 1 where the last value is 0."""
    value = 0
    for expression in argv[1:]:
        try:
            value = evaluate(expression, shell.state.variables)
        except ArithmeticError as error:
            await streams.complain(f"{shell.state.prefix}{error}")
            return 1
    return int(not value)


async def readonly(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """Sets them; nobody is kept from setting them again."""
    for argument in argv[1:]:
        name, equals, value = argument.partition("=")
        if equals:
            shell.state.variables[name] = value
    return 0
