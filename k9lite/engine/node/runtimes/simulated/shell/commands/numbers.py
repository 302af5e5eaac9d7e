"""Commands that count and calculate."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell import regex
from k9lite.engine.node.runtimes.simulated.shell.arithmetic import BINARY, wrapped
from k9lite.engine.node.runtimes.simulated.shell.commands import options

NUMBERS_AT_ONCE = 256
UNITS = {"b": 512, "k": 1024, "K": 1024, "m": 1024**2, "M": 1024**2, "g": 1024**3, "G": 1024**3}


def size(text: str) -> int:
    """A number of bytes or lines, as 5, 2k or 1M. ValueError."""
    unit = text[-1:]
    return int(text[:-1]) * UNITS[unit] if unit in UNITS else int(text)


async def seq(process: Process) -> int:
    numbers = [one for one in process.argv[1:] if _is_decimal(one)]
    given = options.read([word for word in process.argv if word not in numbers], "sf")
    if given.rest or not 0 < len(numbers) < 4:
        problem = f"invalid floating point argument: '{given.rest[0]}'" if given.rest else "missing operand"
        await process.complain(f"seq: {problem}")
        return 1
    first, step = [("1", "1"), (numbers[0], "1"), (numbers[0], numbers[1 % len(numbers)])][len(numbers) - 1]
    value, increment, last = Decimal(first), Decimal(step), Decimal(numbers[-1])
    if not increment:
        await process.complain("seq: increment is 0")
        return 1
    places = max(0, *(-int(Decimal(one).as_tuple().exponent) for one in (first, step)))
    width = max(len(f"{value:.{places}f}"), len(f"{last:.{places}f}")) if "w" in given.flags else 0
    separator, begun = given.values.get("s", "\n"), False
    while (value <= last) if increment > 0 else (value >= last):
        texts: list[str] = []
        while len(texts) < NUMBERS_AT_ONCE and ((value <= last) if increment > 0 else (value >= last)):
            texts.append(f"{value:.{places}f}".zfill(width))
            value += increment
        await process.machine.cpu.spend(len(texts) // 8)
        await process.say((separator if begun else "") + separator.join(texts))
        begun = True
    if begun:
        await process.say("\n")
    return 0


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and len(text) < 32
    except InvalidOperation:
        return False


async def expr(process: Process) -> int:
    """1 for nothing and for 0, 2 for what cannot be calculated."""
    try:
        value = _Expression(process.argv[1:]).value()
    except ZeroDivisionError:
        await process.complain("expr: division by zero")
        return 2
    except (ArithmeticError, ValueError, IndexError, RecursionError):
        await process.complain("expr: syntax error")
        return 2
    await process.say(f"{value}\n")
    return int(value in ("", "0"))


_LEVELS = [{"|"}, {"&"}, {"=", "==", "!=", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"}, {":"}]
_NUMBERS: Mapping[str, Callable[[int, int], int]] = {sign: act for level in BINARY for sign, act in level.items()}


class _Expression:
    """Every operand and operator is an argument of its own."""

    def __init__(self, words: list[str]) -> None:
        self._words = words[::-1]  # the next one is the last

    def value(self) -> str:
        value = self._level(0)
        if self._words:
            raise ValueError(self._words[-1])
        return value

    def _level(self, level: int) -> str:
        if level == len(_LEVELS):
            return self._single()
        value = self._level(level + 1)
        while self._words and self._words[-1] in _LEVELS[level]:
            sign = self._words.pop()
            value = _calculated(value, sign, self._level(level + 1))
        return value

    def _single(self) -> str:
        word = self._words.pop()
        if word == "length" and self._words:
            return str(len(self._single()))
        if word == "match" and len(self._words) > 1:
            return _calculated(self._single(), ":", self._single())
        if word == "substr" and len(self._words) > 2:
            text, start, length = self._single(), int(self._single()), int(self._single())
            return text[start - 1 : start - 1 + max(0, length)] if start > 0 else ""
        if word == "index" and len(self._words) > 1:
            text, letters = self._single(), self._single()
            return str(next((place for place, char in enumerate(text, 1) if char in letters), 0))
        if word != "(":
            return word
        value = self._level(0)
        if self._words.pop() != ")":
            raise ValueError(word)
        return value


def _calculated(left: str, sign: str, right: str) -> str:
    if sign == "|":
        return left if left not in ("", "0") else right
    if sign == "&":
        return left if left not in ("", "0") and right not in ("", "0") else "0"
    if sign == ":":
        return _matched(left, right)
    plain = {"=": "=="}.get(sign, sign)
    if sign in _LEVELS[2] and not (_is_number(left) and _is_number(right)):
        return str(int(_TEXTS[plain](left, right)))
    return str(wrapped(_NUMBERS[plain](int(left), int(right))))


def _matched(text: str, expression: str) -> str:
    """`text : expression`: the first group that matched, else how many characters did."""
    pattern = regex.compiled(expression, extended=False)
    found = pattern.match(text)
    if pattern.groups:
        return found[1] if found else ""
    return str(len(found[0])) if found else "0"


_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "==": str.__eq__,
    "!=": str.__ne__,
    "<": str.__lt__,
    "<=": str.__le__,
    ">": str.__gt__,
    ">=": str.__ge__,
}


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdecimal() and digits.isascii()


COMMANDS: Mapping[str, Program] = {"expr": expr, "seq": seq}
