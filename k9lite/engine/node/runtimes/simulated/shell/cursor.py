"""A place in a list of tokens, and what comes next there."""

from k9lite.engine.node.runtimes.simulated.shell.lexer import Token
from k9lite.engine.node.runtimes.simulated.shell.syntax import ShellSyntaxError, Word


class Cursor:
    """`take...` passes what it looks for and says whether it was there, `expect...` insists on it."""

    def __init__(self, stream: list[Token]) -> None:
        self.stream, self.at = stream, 0

    @property
    def token(self) -> Token | None:
        return self.stream[self.at] if self.at < len(self.stream) else None

    def operator(self) -> str:
        return self.token.text if self.token is not None and self.token.word is None else ""

    def keyword(self) -> str:
        return self.token.plain if self.token is not None else ""

    def take(self, operator: str) -> bool:
        found = self.operator() == operator
        self.at += found
        return found

    def take_keyword(self, keyword: str) -> bool:
        found = self.keyword() == keyword
        self.at += found
        return found

    def expect(self, operator: str) -> None:
        if not self.take(operator):
            self.wanted(operator)

    def expect_keyword(self, keyword: str) -> None:
        if not self.take_keyword(keyword):
            self.wanted(keyword)

    def wanted(self, text: str) -> None:
        found = "end of file" if self.token is None else named(self.token)
        raise ShellSyntaxError(f'syntax error: unexpected {found} (expecting "{text}")', self.token is None)

    def next_word(self) -> Word:
        if self.token is None or self.token.word is None:
            self.wanted("word")
        assert self.token is not None
        assert self.token.word is not None
        word = self.token.word
        self.at += 1
        return word

    def next_plain(self) -> str:
        name = self.keyword()
        if not name:
            raise ShellSyntaxError("syntax error: bad for loop variable", self.token is None)
        self.at += 1
        return name

    def skip_newlines(self) -> None:
        while self.take("\n"):
            pass


def named(token: Token) -> str:
    return "newline" if token.text == "\n" else f'"{token.text}"' if token.word is None else f'word "{token.text}"'
