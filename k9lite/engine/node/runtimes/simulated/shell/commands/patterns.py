"""Regular expressions as POSIX writes them, made into Python's."""

import re
from collections.abc import Sequence

CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \\t", "digit": "0-9", "lower": "a-z", "punct": r"!-/:-@\[-`{-~",
    "space": r"\s", "upper": "A-Z", "xdigit": "0-9a-fA-F",
}  # fmt: skip
_PIECES = re.compile(r"\[\^?\]?(?:\[:\w+:\]|[^]])*\]|\\.|.", re.DOTALL)
_SPECIAL = "(){}+?|"  # plain letters in a basic expression, unless a backslash is before them


def compiled(pattern: str, extended: bool, flags: int = 0) -> re.Pattern[str]:
    """re.error where it is none."""
    return re.compile("".join(_piece(one, extended) for one in _PIECES.findall(pattern)), flags)


def any_of(expressions: Sequence[str], extended: bool, flags: int, *, plain: bool) -> re.Pattern[str]:
    """One that fits where any of them does; `plain`: they are texts."""
    made = [re.escape(one) if plain else compiled(one, extended).pattern for one in expressions]
    return re.compile("|".join(f"(?:{one})" for one in made) if len(made) > 1 else made[0], flags)


def _piece(text: str, extended: bool) -> str:
    if text.startswith("[") and len(text) > 1:
        inner = re.sub(r"\[:(\w+):\]", lambda found: CLASSES.get(found[1], ""), text[1:-1].replace("\\", "\\\\"))
        first = "^" if inner.startswith("^") else ""
        return f"[{first}{inner.removeprefix('^').replace('[', chr(92) + '[')}]"
    if text in _SPECIAL:
        return text if extended else re.escape(text)
    if not extended and text[:1] == "\\" and text[1:] in tuple(_SPECIAL):
        return text[1:]
    return text
