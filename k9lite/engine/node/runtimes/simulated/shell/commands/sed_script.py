"""The language of sed: a text to a list of edits."""

import re
from dataclasses import dataclass, field

from k9lite.engine.node.runtimes.simulated.shell import regex
from k9lite.engine.node.runtimes.simulated.shell.regex import Expression

PLAIN = frozenset("dDgGhHlnNpPxq=")
TEXTS, JUMPS = frozenset("aic"), frozenset("btT")


class ScriptError(Exception):
    """The text is no script; says why in the words of busybox."""


@dataclass(frozen=True, slots=True)
class Address:
    """A line's number, the last line ($), a step (first~step), or a pattern."""

    number: int = 0
    last: bool = False
    step: int = 0
    pattern: Expression | None = None


@dataclass(slots=True)
class Edit:
    """One command. `target`: the edit that it goes on at, for jumps and for { whose lines are not chosen.

    text: what it writes, its label, or the replacement; count: which match s replaces; inside: its range has begun
    """

    name: str
    first: Address | None = None
    last: Address | None = None
    negated: bool = False
    text: str = ""
    pattern: Expression | None = None
    flags: str = ""
    count: int = 1
    table: dict[int, str] = field(default_factory=dict)
    target: int = 0
    inside: bool = False


def parse(text: str, extended: bool) -> list[Edit]:
    """ScriptError, PatternError."""
    return _Reader(text, extended).edits()


class _Reader:
    """Reads a script from left to right."""

    def __init__(self, text: str, extended: bool) -> None:
        self._text, self._at, self._extended = text, 0, extended
        self._pattern: Expression | None = None
        self._labels: dict[str, int] = {}

    def edits(self) -> list[Edit]:
        edits: list[Edit] = []
        blocks: list[int] = []
        while self._skip(r"[\s;]*") is not None and self._at < len(self._text):
            if self._take(r"#[^\n]*"):
                continue
            if self._take(r"\}"):
                if not blocks:
                    raise ScriptError("unexpected '}'")
                edits[blocks.pop()].target = len(edits)
                continue
            if label := self._take(r":\s*[^\s;]+"):
                self._labels[label[1:].strip()] = len(edits)
                continue
            edits.append(self._edit())
            if edits[-1].name == "{":
                blocks.append(len(edits) - 1)
        if blocks:
            raise ScriptError("unmatched '{'")
        for edit in edits:
            if edit.name in JUMPS:
                if edit.text and edit.text not in self._labels:
                    raise ScriptError(f"can't find label for jump to '{edit.text}'")
                edit.target = self._labels.get(edit.text, len(edits))
        return edits

    def _edit(self) -> Edit:
        first = self._address()
        last = self._address() if first is not None and self._take(r"\s*,\s*") else None
        negated = bool(self._take(r"\s*!\s*"))
        self._skip(r"\s*")
        name = self._take(r".")
        edit = Edit(name, first, last, negated)
        if name == "s":
            edit.pattern, edit.text, edit.flags = self._substitution()
            digits = re.search(r"\d+", edit.flags)
            edit.count = int(digits[0]) if digits else 1
        elif name == "y":
            old, new = (_unescaped(part) for part in self._parts(2))
            if len(old) != len(new):
                raise ScriptError("strings for 'y' command are different lengths")
            edit.table = dict(zip(map(ord, old), new, strict=True))
        elif name in TEXTS:
            edit.text = self._take(r"(?:[^\n\\]|\\.)*", re.DOTALL).lstrip(" \t")
            edit.text = re.sub(r"\\(.)", r"\1", re.sub(r"^\\\n?\s*", "", edit.text), flags=re.DOTALL)
        elif name in JUMPS:
            edit.text = self._take(r"[ \t]*[^\s;}]*").strip()
        elif name == "q":
            edit.text = self._take(r"[ \t]*\d*").strip()
        elif name not in PLAIN and name != "{":
            raise ScriptError(f"unsupported command {name}" if name else "missing command")
        return edit

    def _address(self) -> Address | None:
        if numbers := self._take(r"\d+(?:~\d+)?"):
            number, _, step = numbers.partition("~")
            return Address(number=int(number), step=int(step or 0))
        if self._take(r"\$"):
            return Address(last=True)
        if self._text[self._at : self._at + 1] == "\\":
            self._at += 1
        elif self._text[self._at : self._at + 1] != "/":
            return None
        (expression,) = self._parts(1)
        return Address(pattern=self._compiled(expression, self._take("I")))

    def _substitution(self) -> tuple[Expression, str, str]:
        old, new = self._parts(2)
        flags = self._take(r"[gpiImMe0-9]*")
        return self._compiled(old, flags), new, flags

    def _compiled(self, expression: str, flags: str) -> Expression:
        """An empty one is the last one again."""
        if expression or self._pattern is None:
            self._pattern = regex.compiled(expression, extended=self._extended, ignore_case="i" in flags.lower())
        return self._pattern

    def _parts(self, count: int) -> list[str]:
        """What stands between delimiters, of which the next letter is one."""
        mark = re.escape(self._text[self._at : self._at + 1])
        self._at += 1
        part = re.compile(rf"((?:\\.|\[\^?\]?[^]\n]*\]|(?!{mark})[^\\])*?){mark}", re.DOTALL)
        parts = []
        for _ in range(count):
            found = part.match(self._text, self._at)
            if not mark or found is None:
                raise ScriptError("unmatched '/'" if count == 1 else "unterminated s command")
            parts.append(found[1].replace(f"\\{mark[-1]}", mark[-1]) if mark[-1] != "\\" else found[1])
            self._at = found.end()
        return parts

    def _take(self, pattern: str, flags: int = 0) -> str:
        found = re.compile(pattern, flags).match(self._text, self._at)
        text = found[0] if found else ""
        self._at += len(text)
        return text

    def _skip(self, pattern: str) -> str:
        return self._take(pattern)


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\\\", "\\")
