"""Values of awk: numbers, texts, and texts of the input that look like numbers and count as both."""

import math
import re

_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
LARGEST_INTEGER = 2.0**63  # that is written without an exponent


class Input(str):
    """A text from outside the program."""

    __slots__ = ()


Value = str | float
UNSET = Input("")  # what a variable is before it is set


def number(value: Value) -> float:
    """The number that a text begins with, else 0."""
    if isinstance(value, float):
        return value
    found = _NUMBER.match(value)
    try:
        return float(found[0]) if found else 0.0
    except OverflowError:
        return math.inf


def text(value: Value, form: str = "%.6g") -> str:
    if isinstance(value, str):
        return value
    if value.is_integer() and abs(value) < LARGEST_INTEGER:
        return str(int(value))
    if not math.isfinite(value):
        return str(value)
    return formatted(form, [value])


def is_numeric(value: Value) -> bool:
    """Whether it is compared as a number."""
    if isinstance(value, float) or value is UNSET:
        return True
    return isinstance(value, Input) and (found := _NUMBER.match(value)) is not None and not value[found.end() :].strip()


def truth(value: Value) -> bool:
    if isinstance(value, float):
        return value != 0
    return number(value) != 0 if value and is_numeric(value) else bool(value)


def compared(left: Value, right: Value) -> int:
    """Below 0, 0 or above, as numbers where both are."""
    if is_numeric(left) and is_numeric(right):
        first, second = number(left), number(right)
        return (first > second) - (first < second)
    one, other = text(left), text(right)
    return (one > other) - (one < other)


_CONVERSION = re.compile(r"%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?([a-zA-Z%])")


def width(form: str, arguments: list[Value]) -> int:
    """How many letters the conversions of a format take at least."""
    numbers = [int(digits[:18]) for digits in re.findall(r"\d+", form)]
    return sum(numbers) + (sum(int(abs(number(one))) for one in arguments if number(one) < 1e18) if "*" in form else 0)


def formatted(form: str, arguments: list[Value]) -> str:
    """As printf does it."""
    rest = iter(arguments)

    def converted(found: re.Match[str]) -> str:
        flags, wide, precision, kind = found.groups()
        if kind == "%":
            return "%"
        wide = str(int(number(next(rest, 0.0)))) if wide == "*" else wide
        precision = str(int(number(next(rest, 0.0)))) if precision == "*" else precision
        point = "" if precision is None else f".{precision}"
        value = next(rest, UNSET)
        if kind == "c":
            letter = chr(int(value)) if isinstance(value, float) else value[:1]
            return f"%{flags}{wide}s" % letter
        if kind in "di":
            return f"%{flags}{wide}{point}d" % _whole(value)
        if kind in "oxXu":
            return f"%{flags}{wide}{point}{kind.replace('u', 'd')}" % _whole(value)
        if kind in "eEfFgG":
            return f"%{flags}{wide}{point}{kind}" % number(value)
        return f"%{flags}{wide}{point}s" % text(value)

    return _CONVERSION.sub(converted, form)


def _whole(value: Value) -> int:
    found = number(value)
    return int(found) if math.isfinite(found) else 0
