"""Patterns of file names, as `case`, `[[ ]]`, `${name%pattern}` and `find -name` have them."""

import re

from k9lite.api import patterns
from k9lite.api.patterns import Pattern, PatternError

SPECIAL = frozenset("*?[")
FARTHEST = 8_000_000  # instructions times characters, which RE2 takes a tenth of a second for at worst
CLASSES = re.compile(r"\[:\w+:\]")
_PIECES = re.compile(r"\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|\\.|.", re.DOTALL)


def fits(glob: str, text: str) -> bool:
    """Whether the whole of `text` matches."""
    return _checked(_compiled(expression(glob)), text).fullmatch(text) is not None


def expression(glob: str, *, lazy: bool = False) -> str:
    """The regular expression of a glob; `lazy`: its stars take as little as they can."""
    return "".join(_piece(piece[0], ".*?" if lazy else ".*") for piece in _PIECES.finditer(glob))


def compiled(glob: str) -> Pattern:
    """The longest match counts."""
    return _compiled(expression(glob), longest=True)


def without_prefix(value: str, glob: str, *, longest: bool) -> str:
    """`${value#glob}` and `${value##glob}`"""
    found = _checked(_compiled(expression(glob, lazy=not longest), longest=longest), value).match(value)
    return value[found.end :] if found else value


def without_suffix(value: str, glob: str, *, longest: bool) -> str:
    """`${value%glob}` and `${value%%glob}`"""
    before = ".*?" if longest else ".*"
    found = _checked(_compiled(f"({before})(?:{expression(glob)})"), value).fullmatch(value)
    return found[1] if found else value


def escape(text: str) -> str:
    """A glob that matches just this text."""
    return "".join(f"\\{char}" if char in "*?[]\\" else char for char in text)


def _checked(pattern: Pattern, text: str) -> Pattern:
    """PatternError where it might take long."""
    if len(text) * pattern.size > FARTHEST:
        raise PatternError("value too long")
    return pattern


def _compiled(text: str, longest: bool = False) -> Pattern:
    try:
        return patterns.compile(text, longest=longest, any_character=True)
    except PatternError:  # a bracket expression that is none matches nothing
        return patterns.compile("[^\\x00-\\x{10FFFF}]")


def _piece(text: str, star: str) -> str:
    if text == "*":
        return star
    if text == "?":
        return "."
    if text.startswith("[") and len(text) > 1:
        return bracket(text)
    return patterns.escape(text.removeprefix("\\") or "\\")


def bracket(text: str) -> str:
    """A bracket expression of a glob or of POSIX, as RE2 writes it."""
    negated = text[1] in "!^"
    inner = text[2 if negated else 1 : -1]
    parts, at = [], 0
    for named in CLASSES.finditer(inner):
        parts += [_letters(inner[at : named.start()]), named[0]]
        at = named.end()
    return f"[{'^' if negated else ''}{''.join(parts)}{_letters(inner[at:])}]"


def _letters(text: str) -> str:
    """Letters and ranges between brackets; a dash at an end stands for itself."""
    dash = text.startswith("-"), len(text) > 1 and text.endswith("-")
    middle = text[dash[0] : len(text) - dash[1]]
    return "\\-" * dash[0] + re.sub(r"[\\\[\]^]", r"\\\g<0>", middle) + "\\-" * dash[1]
