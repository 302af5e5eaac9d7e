"""Tokens to commands: the grammar of the POSIX shell."""

import re
from collections.abc import Callable
from functools import lru_cache

from k9lite.engine.node.runtimes.shell.lexer import Token, tokens
from k9lite.engine.node.runtimes.shell.syntax import (
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Text,
    While,
    Word,
)

ENDS = {"then", "else", "elif", "fi", "do", "done", "esac", "}"}
REDIRECTS = {"<", ">", ">>", ">&", "<&", "<<", "&>"}
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")


@lru_cache(maxsize=512)
def parse(source: str) -> Script:
    """The script in `source`. ShellSyntaxError."""
    parser = _Parser(tokens(source))
    script = parser.script()
    if parser.token is not None:
        raise ShellSyntaxError(f"syntax error: unexpected {_named(parser.token)}")
    return script


class _Parser:
    def __init__(self, stream: list[Token]) -> None:
        self._stream, self._at = stream, 0

    @property
    def token(self) -> Token | None:
        return self._stream[self._at] if self._at < len(self._stream) else None

    def script(self) -> Script:
        """Chains up to something that ends a list of commands."""
        chains: list[Chain] = []
        while True:
            while self._take("\n") or self._take(";"):
                pass
            if self.token is None or self._keyword() in ENDS or self._operator() in (")", ";;"):
                return tuple(chains)
            chains.append(self._chain())

    def _chain(self) -> Chain:
        links = [("", self._pipeline())]
        while (operator := self._operator()) in ("&&", "||"):
            self._at += 1
            self._skip_newlines()
            links.append((operator, self._pipeline()))
        background = self._take("&")
        if not background and self._operator() not in ("\n", ";", ")", ";;", "") and self.token is not None:
            raise ShellSyntaxError(f"syntax error: unexpected {_named(self.token)}")
        return Chain(tuple(links), background)

    def _pipeline(self) -> Pipeline:
        negated = self._keyword() == "!"
        if negated:
            self._at += 1
        commands = [self._command()]
        while self._take("|"):
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        if self.token is None:
            raise ShellSyntaxError("syntax error: unexpected end of file", incomplete=True)
        keyword = self._keyword()
        if self._take("("):
            body = self.script()
            self._expect(")")
            return Group(body, True, self._redirects())
        compounds: dict[str, Callable[[], Command]] = {
            "if": self._if, "while": self._while, "until": self._while,
            "for": self._for, "case": self._case, "{": self._group,
        }  # fmt: skip
        if keyword in compounds:
            return compounds[keyword]()
        following = [one.text for one in self._stream[self._at + 1 : self._at + 3] if one.word is None]
        if keyword and following == ["(", ")"]:
            self._at += 3
            self._skip_newlines()
            return Function(keyword, self._command())
        return self._simple()

    def _simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while self.token is not None:
            if redirect := self._redirect():
                redirects.append(redirect)
            elif self.token.word is None:
                break
            elif not words and (assignment := _assignment(self.token.word)):
                assignments.append(assignment)
                self._at += 1
            else:
                words.append(self.token.word)
                self._at += 1
        if not (assignments or words or redirects):
            assert self.token is not None
            raise ShellSyntaxError(f"syntax error: unexpected {_named(self.token)}")
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _if(self) -> If:
        branches = []
        otherwise: Script | None = None
        self._at += 1
        while True:
            condition = self.script()
            self._expect_keyword("then")
            branches.append((condition, self.script()))
            if self._take_keyword("elif"):
                continue
            if self._take_keyword("else"):
                otherwise = self.script()
            self._expect_keyword("fi")
            return If(tuple(branches), otherwise, self._redirects())

    def _while(self) -> While:
        until = self._keyword() == "until"
        self._at += 1
        condition = self.script()
        return While(condition, self._do(), until, self._redirects())

    def _for(self) -> For:
        self._at += 1
        name = self._next_plain()
        self._skip_newlines()
        words: list[Word] | None = None
        if self._take_keyword("in"):
            words = []
            while self.token is not None and self.token.word is not None:
                words.append(self.token.word)
                self._at += 1
        while self._take(";") or self._take("\n"):
            pass
        return For(name, None if words is None else tuple(words), self._do(), self._redirects())

    def _do(self) -> Script:
        self._expect_keyword("do")
        body = self.script()
        self._expect_keyword("done")
        return body

    def _case(self) -> Case:
        self._at += 1
        word = self._next_word()
        self._skip_newlines()
        self._expect_keyword("in")
        self._skip_newlines()
        branches = []
        while not self._take_keyword("esac"):
            self._take("(")
            patterns = [self._next_word()]
            while self._take("|"):
                patterns.append(self._next_word())
            self._expect(")")
            branches.append((tuple(patterns), self.script()))
            self._take(";;")
            self._skip_newlines()
        return Case(word, tuple(branches), self._redirects())

    def _group(self) -> Group:
        self._at += 1
        body = self.script()
        self._expect_keyword("}")
        return Group(body, False, self._redirects())

    def _redirects(self) -> tuple[Redirect, ...]:
        found = []
        while redirect := self._redirect():
            found.append(redirect)
        return tuple(found)

    def _redirect(self) -> Redirect | None:
        token = self.token
        if token is None:
            return None
        descriptor = -1
        if token.plain.isdigit() and token.text == token.plain and self._peek_redirect(1):
            descriptor = int(token.plain)
            self._at += 1
        elif not self._peek_redirect(0):
            return None
        operator = self._stream[self._at].text
        self._at += 1
        target = self._next_word()
        if descriptor < 0:
            descriptor = 0 if operator.startswith("<") else 1
        return Redirect(descriptor, operator, target)

    def _peek_redirect(self, ahead: int) -> bool:
        index = self._at + ahead
        if index >= len(self._stream):
            return False
        token = self._stream[index]
        return token.word is None and token.text in REDIRECTS and (token.glued or not ahead)

    # -- tokens -------------------------------------------------------------------------------------------------------

    def _operator(self) -> str:
        return self.token.text if self.token is not None and self.token.word is None else ""

    def _keyword(self) -> str:
        return self.token.plain if self.token is not None else ""

    def _take(self, operator: str) -> bool:
        found = self._operator() == operator
        self._at += found
        return found

    def _take_keyword(self, keyword: str) -> bool:
        found = self._keyword() == keyword
        self._at += found
        return found

    def _expect(self, operator: str) -> None:
        if not self._take(operator):
            self._wanted(operator)

    def _expect_keyword(self, keyword: str) -> None:
        if not self._take_keyword(keyword):
            self._wanted(keyword)

    def _wanted(self, text: str) -> None:
        found = "end of file" if self.token is None else _named(self.token)
        raise ShellSyntaxError(f'syntax error: unexpected {found} (expecting "{text}")', self.token is None)

    def _next_word(self) -> Word:
        if self.token is None or self.token.word is None:
            self._wanted("word")
        assert self.token is not None
        assert self.token.word is not None
        word = self.token.word
        self._at += 1
        return word

    def _next_plain(self) -> str:
        name = self._keyword()
        if not name:
            raise ShellSyntaxError("syntax error: bad for loop variable", self.token is None)
        self._at += 1
        return name

    def _skip_newlines(self) -> None:
        while self._take("\n"):
            pass


def _assignment(word: Word) -> tuple[str, Word] | None:
    first = word[0] if word else None
    if not isinstance(first, Text) or first.quoted or not (found := _ASSIGNMENT.match(first.text)):
        return None
    rest = first.text[found.end() :]
    return found[1], ((Text(rest), *word[1:]) if rest else word[1:])


def _named(token: Token) -> str:
    return "newline" if token.text == "\n" else f'"{token.text}"' if token.word is None else f'word "{token.text}"'
