"""Characters of an awk program to tokens."""

import re
from typing import NamedTuple

from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError

KEYWORDS = frozenset(
    (
        "BEGIN",
        "END",
        "function",
        "func",
        "if",
        "else",
        "while",
        "for",
        "do",
        "break",
        "continue",
        "next",
        "nextfile",
        "exit",
        "return",
        "delete",
        "in",
        "getline",
        "print",
        "printf",
    )
)
_BLANK = re.compile(r"(?:[ \t\r]|\\\n|#[^\n]*)*")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NAME = re.compile(r"[A-Za-z_]\w*")
_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\\n\[]|\\.|\[\^?\]?(?:\[:\w+:\]|[^\]\n])*\])*)/")
_SIGN = re.compile(r"\*\*=|\*\*|&&|\|\||[-+*/%^!<>=]=|\+\+|--|>>|!~|[-+*/%^!<>=~?:,;{}()\[\]$|\n]")
_ESCAPE = re.compile(r"\\(\d{1,3}|.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "/": "/", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Token(NamedTuple):
    """kind: number, text, regex, name, call (a name right before a bracket), word (of the language), sign, end"""

    kind: str
    text: str


def tokens(source: str) -> list[Token]:
    """All tokens, the last is the end. AwkError."""
    found: list[Token] = []
    at = _skip(source, 0)
    while at < len(source):
        token, at = _next(source, at, found[-1] if found else Token("sign", "\n"))
        found.append(token)
        at = _skip(source, at)
    return [*found, Token("end", "end of program")]


def _skip(source: str, at: int) -> int:
    blank = _BLANK.match(source, at)
    return blank.end() if blank else at


def _next(source: str, at: int, before: Token) -> tuple[Token, int]:
    operand_before = before.kind in ("number", "text", "regex", "name") or before.text in (")", "]", "$", "++", "--")
    if source[at] == "/" and not operand_before and (match := _REGEX.match(source, at)):
        return Token("regex", match[1].replace("\\/", "/")), match.end()
    if match := _TEXT.match(source, at):
        return Token("text", unescaped(match[1])), match.end()
    if match := _NUMBER.match(source, at):
        return Token("number", match[0]), match.end()
    if match := _NAME.match(source, at):
        kind = "word" if match[0] in KEYWORDS else "call" if source[match.end() : match.end() + 1] == "(" else "name"
        return Token(kind, match[0]), match.end()
    if match := _SIGN.match(source, at):
        return Token("sign", match[0].replace("**", "^")), match.end()
    raise AwkError(f"syntax error at '{source[at : at + 10]}'")


def unescaped(text: str) -> str:
    """Backslash sequences of a text replaced; others keep their backslash."""

    def letter(match: re.Match[str]) -> str:
        return (
            chr(int(match[1], 8) & 0xFF) if match[1].isdigit() and match[1] < "8" else ESCAPES.get(match[1], match[0])
        )

    return _ESCAPE.sub(letter, text)
