"""Regular expressions as POSIX writes them, basic and extended, made into RE2's."""

import re
from collections.abc import Iterator, Sequence

from k9lite.api import patterns
from k9lite.api.patterns import Match, Pattern, PatternError
from k9lite.engine.node.runtimes.simulated.shell.globs import FARTHEST, bracket

LARGEST = 2_000  # instructions of a pattern's program
_SPECIAL = frozenset("(){}+?|")  # plain letters in a basic expression, unless a backslash is before them
_PIECES = re.compile(r"\[\^?\]?(?:\[:\w+:\]|[^]])*\]|\\.|.", re.DOTALL)
_ESCAPES = {
    "<": r"\b",
    ">": r"\b",
    "w": r"\w",
    "W": r"\W",
    "s": r"\s",
    "S": r"\S",
    "b": r"\b",
    "B": r"\B",
    "n": r"\n",
    "t": r"\t",
    "d": r"\d",
}


class Expression:
    """A compiled expression; a line that it might take long for is refused. PatternError."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern, self._longest = pattern, FARTHEST // pattern.size
        self.groups = pattern.groups

    def search(self, line: str) -> Match | None:
        return self._pattern.search(self._checked(line))

    def match(self, line: str) -> Match | None:
        return self._pattern.match(self._checked(line))

    def fullmatch(self, line: str) -> Match | None:
        return self._pattern.fullmatch(self._checked(line))

    def finditer(self, line: str) -> Iterator[Match]:
        return self._pattern.finditer(self._checked(line))

    def _checked(self, line: str) -> str:
        if len(line) > self._longest:
            raise PatternError("line too long")
        return line


def compiled(pattern: str, *, extended: bool, ignore_case: bool = False) -> Expression:
    """PatternError, in the words of a libc where it has some."""
    return _checked(translated(pattern, extended), ignore_case)


def any_of(expressions: Sequence[str], *, extended: bool, ignore_case: bool, plain: bool) -> Expression:
    """One that matches where any of them does; `plain`: they are texts. PatternError."""
    made = [patterns.escape(one) if plain else translated(one, extended) for one in expressions]
    return _checked("|".join(f"(?:{one})" for one in made) if len(made) > 1 else made[0], ignore_case)


def translated(pattern: str, extended: bool) -> str:
    """As RE2 writes it."""
    made: list[str] = []
    for found in _PIECES.finditer(pattern):
        piece = found[0]
        first = not made or made[-1] in ("(", "|") or (made[-1] == "^" and len(made) == 1)
        if not extended and piece == "*" and first:
            made.append(r"\*")
        elif not extended and piece == "^" and not first and found.start():
            made.append(r"\^")
        elif (
            not extended
            and piece == "$"
            and found.end() != len(pattern)
            and pattern[found.end() :][:2] not in (r"\)", r"\|")
        ):
            made.append(r"\$")
        else:
            made.append(_piece(piece, extended))
    return "".join(made)


def _piece(text: str, extended: bool) -> str:
    if text.startswith("[") and len(text) > 1:
        return bracket(text)
    if text in _SPECIAL:
        return text if extended else patterns.escape(text)
    if text.startswith("\\") and len(text) > 1:
        letter = text[1]
        if letter in _SPECIAL:
            return text if extended else letter
        if letter.isdigit():
            raise PatternError("back-references are not simulated")
        return _ESCAPES.get(letter, patterns.escape(letter))
    return r"\\" if text == "\\" else text


def _checked(expression: str, ignore_case: bool) -> Expression:
    pattern = patterns.compile(expression, ignore_case=ignore_case, longest=True)
    if pattern.size > LARGEST:
        raise PatternError("Regular expression too big")
    return Expression(pattern)
