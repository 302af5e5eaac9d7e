"""Commands that count and calculate."""

import re
from collections.abc import Callable, Mapping

from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.arithmetic import BINARY


async def seq(process: Process) -> int:
    numbers = [int(one) for one in process.argv[1:]]
    first, step, last = [(1, 1, numbers[0]), (numbers[0], 1, numbers[-1]), tuple(numbers)][len(numbers) - 1]
    for number in range(first, last + (1 if step > 0 else -1), step):
        await process.say(f"{number}\n")
    return 0


async def expr(process: Process) -> int:
    """1 for nothing and for 0, 2 for what cannot be calculated."""
    try:
        value = _Expression(process.argv[1:]).value()
    except (ArithmeticError, ValueError, IndexError):
        await process.complain("expr: syntax error")
        return 2
    await process.say(f"{value}\n")
    return int(value in ("", "0"))


_LEVELS = [{"|"}, {"&"}, {"=", "==", "!=", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"}, {":"}]
_NUMBERS: Mapping[str, Callable[[int, int], int]] = {sign: act for level in BINARY for sign, act in level.items()}


class _Expression:
    """Every operand and operator is an argument of its own."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def value(self) -> str:
        value = self._level(0)
        if self._words:
            raise ValueError(self._words[0])
        return value

    def _level(self, level: int) -> str:
        if level == len(_LEVELS):
            return self._single()
        value = self._level(level + 1)
        while self._words and self._words[0] in _LEVELS[level]:
            sign = self._words.pop(0)
            value = _calculated(value, sign, self._level(level + 1))
        return value

    def _single(self) -> str:
        word = self._words.pop(0)
        if word == "length":
            return str(len(self._single()))
        if word != "(":
            return word
        value = self._level(0)
        if self._words.pop(0) != ")":
            raise ValueError(word)
        return value


def _calculated(left: str, sign: str, right: str) -> str:
    if sign == "|":
        return left if left not in ("", "0") else right
    if sign == "&":
        return left if left not in ("", "0") and right not in ("", "0") else "0"
    if sign == ":":
        found = re.match(right.replace("\\(", "(").replace("\\)", ")"), left)
        return (found[1] if found.re.groups else str(len(found[0]))) if found else ""
    plain = {"=": "=="}.get(sign, sign)
    if plain in ("==", "!=") and not (_is_number(left) and _is_number(right)):
        return str(int((left == right) == (plain == "==")))
    return str(_NUMBERS[plain](int(left), int(right)))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


COMMANDS: Mapping[str, Program] = {"expr": expr, "seq": seq}
