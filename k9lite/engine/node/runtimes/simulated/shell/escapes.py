"""Backslash sequences, as echo -e, printf and $'...' have them."""

import re

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


def unescaped(text: str) -> str:
    """Backslash sequences replaced."""

    def replace(match: re.Match[str]) -> str:
        if match[1].startswith("0") or match[1].isdigit():
            return chr(int(match[1], 8) & 0xFF)
        if match[1].startswith("x"):
            return chr(int(match[1][1:], 16))
        return ESCAPES.get(match[1], match[0])

    return re.sub(r"\\(0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", replace, text)
