"""Characters to tokens: words with their quotes and expansions, operators, newlines."""

import re
from itertools import groupby
from typing import NamedTuple

from k9lite.engine.node.runtimes.simulated.shell.escapes import unescaped
from k9lite.engine.node.runtimes.simulated.shell.syntax import (
    Arithmetic,
    Array,
    Output,
    Parameter,
    Part,
    ShellSyntaxError,
    Substitution,
    Text,
    Word,
)

OPERATORS = ("&&", "||", ";;", "<<<", "<<-", "<<", ">>", ">&", "<&", "&>", ";", "&", "|", "(", ")", "<", ">", "\n")
MOST_TOKENS = 10_000  # of a script: it is read in one go
BLANKS = " \t\r\n"
ENDS_WORD = BLANKS + ";&|()<>"
SPECIAL = "@*#?$!-0123456789"
_UNQUOTED = re.compile(r"[^\s;&|()<>'\"\\$`]+")  # letters of a word that stand for themselves
_BEFORE_ARRAY = re.compile(r"[A-Za-z_]\w*\+?=")
_INDEX = re.compile(r"\[[^]]+\]")
_QUOTED = re.compile(r'[^"\\$`]+')
PARAMETER_OPERATORS = (":-", ":=", ":+", ":?", "%%", "##", "//", ",,", "^^", ":", "-", "=", "+", "?", "%", "#", "/")


class Token(NamedTuple):
    """A word, or an operator (`word` None).

    plain: the word's text if nothing in it is quoted or expanded; glued: no blank stands before it
    """

    text: str
    word: Word | None = None
    glued: bool = False
    line: int = 1

    @property
    def plain(self) -> str:
        if self.word is not None and len(self.word) == 1 and isinstance(self.word[0], Text) and not self.word[0].quoted:
            return self.word[0].text
        return ""


def tokens(source: str) -> list[Token]:
    """All tokens of a script, here-documents already in place as words. ShellSyntaxError."""
    return _Lexer(source).run()


def word(source: str) -> Word:
    """The whole of `source` as one double-quoted word: variables and commands are expanded, nothing is split."""
    return tuple(_Lexer(source).double_quoted(end=""))


def operand(source: str) -> Word:
    """The whole of `source` as one word, blanks and all, in which only what is in quotes is quoted."""
    return _Lexer(source).whole()


class _Lexer:
    def __init__(self, source: str) -> None:
        self._source, self._at = source, 0
        self._tokens: list[Token] = []
        self._lines, self._counted = 1, 0
        self._documents: list[tuple[int, str, bool, bool]] = []  # token index, end, literal, without tabs

    def run(self) -> list[Token]:
        while self._at < len(self._source):
            if len(self._tokens) > MOST_TOKENS:
                raise ShellSyntaxError("script too long")
            char = self._source[self._at]
            if char in " \t\r":
                self._at += 1
            elif self._source.startswith("\\\n", self._at):
                self._at += 2
            elif char == "#":
                self._at = self._find("\n", len(self._source))
            elif self._source.startswith("((", self._at) and self._arithmetic():
                pass
            elif self._source.startswith("<(", self._at):
                self._add_word()
            elif operator := next((one for one in OPERATORS if self._source.startswith(one, self._at)), ""):
                self._operator(operator)
            else:
                self._add_word()
        if self._documents:
            raise ShellSyntaxError("unterminated here-document", incomplete=True)
        return self._tokens

    def _line(self) -> int:
        """The line that is being read; counted on from where it was asked for last."""
        self._lines += self._source.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def _operator(self, operator: str) -> None:
        glued = self._at > 0 and self._source[self._at - 1] not in BLANKS
        self._at += len(operator)
        if operator in ("<<", "<<-"):
            self._here_document(operator == "<<-")
            return
        self._tokens.append(Token(operator, glued=glued, line=self._line()))
        if operator == "\n" and self._documents:
            self._read_documents()

    def _arithmetic(self) -> bool:
        """((expression)) as a command; not the subshell of a subshell."""
        start = self._at
        inner = self._bracketed(start, "(", ")")
        if not (inner.startswith("(") and inner.endswith(")")):
            self._at = start
            return False
        self._tokens.append(Token("((", (Arithmetic(inner[1:-1]),)))
        return True

    def _here_document(self, without_tabs: bool) -> None:
        while self._at < len(self._source) and self._source[self._at] in " \t":
            self._at += 1
        end = self._word()
        text = "".join(part.text for part in end if isinstance(part, Text))
        literal = any(isinstance(part, Text) and part.quoted for part in end)
        self._tokens += [Token("<<"), Token("", ())]
        self._documents.append((len(self._tokens) - 1, text, literal, without_tabs))

    def _read_documents(self) -> None:
        for index, end, literal, without_tabs in self._documents:
            lines = []
            while True:
                if self._at >= len(self._source):
                    raise ShellSyntaxError("unterminated here-document", incomplete=True)
                stop = self._find("\n", len(self._source))
                line = self._source[self._at : stop]
                self._at = min(stop + 1, len(self._source))
                line = line.lstrip("\t") if without_tabs else line
                if line == end:
                    break
                lines.append(line + "\n")
            text = "".join(lines)
            self._tokens[index] = Token("", (Text(text, True),) if literal else word(text))
        self._documents = []

    def _add_word(self) -> None:
        start = self._at
        glued = start > 0 and self._source[start - 1] not in BLANKS
        line, found = self._line(), self._word()
        self._tokens.append(Token(self._source[start : self._at], found, glued, line))

    def _word(self, ends: str = ENDS_WORD) -> Word:
        parts: list[Part] = []
        while self._at < len(self._source):
            char = self._source[self._at]
            if char == "(" and ends and _BEFORE_ARRAY.fullmatch(_plain(parts)):
                parts.append(Array(tuple(one.word for one in tokens(self._bracketed(self._at, "(", ")")) if one.word)))
                continue
            if self._source.startswith("<(", self._at) and not parts and ends:
                parts.append(Output(self._bracketed(self._at + 1, "(", ")")))
                continue
            if char in ends:
                break
            if char == "'":
                stop = self._find("'", -1, self._at + 1)
                parts.append(Text(self._source[self._at + 1 : stop], True))
                self._at = stop + 1
            elif char == '"':
                self._at += 1
                parts += self.double_quoted() or [Text("", True)]
            elif char == "\\":
                if self._source[self._at + 1 : self._at + 2] != "\n":
                    parts.append(Text(self._source[self._at + 1 : self._at + 2], True))
                self._at += 2
            elif self._source.startswith("$'", self._at):
                stop = self._find("'", -1, self._at + 2)
                parts.append(Text(unescaped(self._source[self._at + 2 : stop]), True))
                self._at = stop + 1
            elif char in "$`":
                parts.append(self._expansion(False))
            else:
                run = _UNQUOTED.match(self._source, self._at)
                stop = run.end() if run and ends else self._at + 1
                parts.append(Text(self._source[self._at : stop]))
                self._at = stop
        return _joined(parts)

    def whole(self) -> Word:
        return self._word(ends="")

    def double_quoted(self, end: str = '"') -> list[Part]:
        """The parts up to the closing quote, which is passed."""
        parts: list[Part] = []
        while True:
            if self._at >= len(self._source):
                if end:
                    raise ShellSyntaxError("unterminated quoted string", incomplete=True)
                return list(_joined(parts))
            char = self._source[self._at]
            following = self._source[self._at + 1 : self._at + 2]
            if char == end:
                self._at += 1
                return list(_joined(parts))
            if char == "\\" and following and following in '$`"\\\n':
                parts.append(Text("" if following == "\n" else following, True))
                self._at += 2
            elif char in "$`":
                parts.append(self._expansion(True))
            else:
                run = _QUOTED.match(self._source, self._at)
                stop = run.end() if run else self._at + 1
                parts.append(Text(self._source[self._at : stop], True))
                self._at = stop

    def _expansion(self, quoted: bool) -> Part:
        if self._source[self._at] == "`":
            stop = self._find("`", -1, self._at + 1)
            inner = self._source[self._at + 1 : stop].replace("\\`", "`").replace("\\$", "$")
            self._at = stop + 1
            return Substitution(inner, quoted)
        rest = self._source[self._at + 1 : self._at + 3]
        if rest == "((":
            inner = self._bracketed(self._at + 1, "(", ")")
            return Arithmetic(inner[1:-1], quoted)
        if rest.startswith("("):
            return Substitution(self._bracketed(self._at + 1, "(", ")"), quoted)
        if rest.startswith("{"):
            return _parameter(self._bracketed(self._at + 1, "{", "}"), quoted)
        if rest and rest[0] in SPECIAL:
            self._at += 2
            return Parameter(rest[0], quoted=quoted)
        stop = self._at + 1
        while stop < len(self._source) and (self._source[stop].isalnum() or self._source[stop] == "_"):
            stop += 1
        name, self._at = self._source[self._at + 1 : stop], stop
        return Parameter(name, quoted=quoted) if name else Text("$", quoted)

    def _bracketed(self, at: int, opening: str, closing: str) -> str:
        """What stands between a bracket at `at` and its partner, which is passed; quotes hide brackets."""
        depth, index = 0, at
        while index < len(self._source):
            char = self._source[index]
            if char == "\\":
                index += 1
            elif char in "'\"" and (char == "'" or opening == "("):
                index = self._find(char, -1, index + 1)
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if depth == 0:
                    self._at = index + 1
                    return self._source[at + 1 : index]
            index += 1
        raise ShellSyntaxError(f'syntax error: unexpected end of file (expecting "{closing}")', incomplete=True)

    def _find(self, text: str, otherwise: int, start: int | None = None) -> int:
        found = self._source.find(text, self._at if start is None else start)
        if found < 0 and otherwise < 0:
            raise ShellSyntaxError("unterminated quoted string", incomplete=True)
        return found if found >= 0 else otherwise


def _parameter(inner: str, quoted: bool) -> Parameter:
    """What stands in ${...}."""
    if inner[:1] in ("#", "!") and len(inner) > 1:
        return Parameter(inner[1:], "#length" if inner[0] == "#" else "!", None, quoted)
    stop = 1 if inner[:1] in set(SPECIAL) - set("0123456789") else 0
    while stop < len(inner) and (inner[stop].isalnum() or inner[stop] == "_"):
        stop += 1
    if index := _INDEX.match(inner[stop:]):
        stop += index.end()
    name, rest = inner[:stop], inner[stop:]
    if not name:
        raise ShellSyntaxError("syntax error: bad substitution")
    if not rest:
        return Parameter(name, quoted=quoted)
    operator = next((one for one in PARAMETER_OPERATORS if rest.startswith(one)), "")
    if not operator:
        raise ShellSyntaxError("syntax error: bad substitution")
    return Parameter(name, operator, operand(rest[len(operator) :]), quoted)


def _plain(parts: list[Part]) -> str:
    """The text of a word so far, if it is nothing else."""
    return "".join(part.text if isinstance(part, Text) and not part.quoted else "$" for part in parts)


def _joined(parts: list[Part]) -> Word:
    """Neighbouring texts of the same kind made one."""
    joined: list[Part] = []
    for quoted, neighbours in groupby(parts, lambda part: part.quoted if isinstance(part, Text) else None):
        if quoted is None:
            joined += neighbours
        else:
            joined.append(Text("".join(part.text for part in neighbours if isinstance(part, Text)), quoted))
    return tuple(joined)
