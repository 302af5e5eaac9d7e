"""awk's own functions that only calculate."""

import math
from collections.abc import Callable, Mapping

from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import Value, number, text


def substring(arguments: list[Value]) -> Value:
    """substr(text, start, length): counted from 1, rounded, and what is outside left away."""
    whole, start = text(arguments[0]), _rounded(number(arguments[1]))
    stop = start + _rounded(number(arguments[2])) if len(arguments) > 2 else math.inf
    first, last = max(start, 1.0), min(stop, len(whole) + 1.0)
    return whole[int(first) - 1 : int(last) - 1] if first < last else ""


def _rounded(value: float) -> float:
    return value if not math.isfinite(value) else float(math.floor(value + 0.5))


def _logarithm(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf if value == 0 else math.nan


def _exponential(value: float) -> float:
    return math.exp(value) if value < 709.0 else math.inf


def _mathematical(act: Callable[[float], float]) -> Callable[[list[Value]], Value]:
    return lambda arguments: act(number(arguments[0]))


FUNCTIONS: Mapping[str, Callable[[list[Value]], Value]] = {
    "substr": substring,
    "index": lambda arguments: float(text(arguments[0]).find(text(arguments[1])) + 1),
    "tolower": lambda arguments: text(arguments[0]).lower(),
    "toupper": lambda arguments: text(arguments[0]).upper(),
    "int": _mathematical(lambda value: float(math.trunc(value)) if math.isfinite(value) else value),
    "sqrt": _mathematical(lambda value: math.sqrt(value) if value >= 0 else math.nan),
    "exp": _mathematical(_exponential),
    "log": _mathematical(_logarithm),
    "sin": _mathematical(math.sin),
    "cos": _mathematical(math.cos),
    "atan2": lambda arguments: math.atan2(number(arguments[0]), number(arguments[1])),
    "and": lambda arguments: float(int(number(arguments[0])) & int(number(arguments[1]))),
    "or": lambda arguments: float(int(number(arguments[0])) | int(number(arguments[1]))),
    "xor": lambda arguments: float(int(number(arguments[0])) ^ int(number(arguments[1]))),
}
