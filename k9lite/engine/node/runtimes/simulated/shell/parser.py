"""Tokens to commands: the grammar of the POSIX shell."""

import re
from collections.abc import Callable
from functools import lru_cache

from k9lite.engine.node.runtimes.simulated.shell import conditional
from k9lite.engine.node.runtimes.simulated.shell.cursor import Cursor, named
from k9lite.engine.node.runtimes.simulated.shell.lexer import tokens
from k9lite.engine.node.runtimes.simulated.shell.lexer import word as double_quoted
from k9lite.engine.node.runtimes.simulated.shell.syntax import (
    Arithmetic,
    Assignment,
    Case,
    Chain,
    Command,
    Conditional,
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

LONGEST_KEPT = 2048  # characters of a script that is remembered once it was read
ENDS = {"then", "else", "elif", "fi", "do", "done", "esac", "}"}
REDIRECTS = {"<", "<<<", ">", ">>", ">&", "<&", "<<", "&>"}
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\[([^]]*)\])?(\+?)=")
_INDEXED = re.compile(r"([A-Za-z_]\w*)\[(.*)", re.DOTALL)  # up to what is expanded in the index
_INDEX_ENDS = re.compile(r"([^]]*)\](\+?)=")


def parse(source: str) -> Script:
    """The script in `source`. ShellSyntaxError."""
    return _parse_again(source) if len(source) < LONGEST_KEPT else _parse(source)


@lru_cache(maxsize=512)
def _parse_again(source: str) -> Script:
    return _parse(source)


def _parse(source: str) -> Script:
    parser = _Parser(tokens(source))
    try:
        script = parser.script()
    except RecursionError:
        raise ShellSyntaxError("syntax error: nested too deeply") from None
    if parser.token is not None:
        raise ShellSyntaxError(f"syntax error: unexpected {named(parser.token)}")
    return script


class _Parser(Cursor):
    def script(self) -> Script:
        """Chains up to something that ends a list of commands."""
        chains: list[Chain] = []
        while True:
            while self.take("\n") or self.take(";"):
                pass
            if self.token is None or self.keyword() in ENDS or self.operator() in (")", ";;"):
                return tuple(chains)
            chains.append(self._chain())

    def _chain(self) -> Chain:
        line = self.token.line if self.token is not None else 1
        links = [("", self._pipeline())]
        while (operator := self.operator()) in ("&&", "||"):
            self.at += 1
            self.skip_newlines()
            links.append((operator, self._pipeline()))
        background = self.take("&")
        if not background and self.operator() not in ("\n", ";", ")", ";;", "") and self.token is not None:
            raise ShellSyntaxError(f"syntax error: unexpected {named(self.token)}")
        return Chain(tuple(links), background, line)

    def _pipeline(self) -> Pipeline:
        negated = self.keyword() == "!"
        if negated:
            self.at += 1
        commands = [self._command()]
        while self.take("|"):
            self.skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        if self.token is None:
            raise ShellSyntaxError("syntax error: unexpected end of file", incomplete=True)
        keyword = self.keyword()
        if self.take("("):
            body = self.script()
            self.expect(")")
            return Group(body, True, self._redirects())
        compounds: dict[str, Callable[[], Command]] = {
            "if": self._if,
            "while": self._while,
            "until": self._while,
            "for": self._for,
            "case": self._case,
            "{": self._group,
            "[[": self._conditional,
            "function": self._function,
        }
        if self.token.text == "((" and self.token.word is not None:
            return Simple((), _let(self._arithmetic()), self._redirects())
        if keyword in compounds:
            return compounds[keyword]()
        following = [one.text for one in self.stream[self.at + 1 : self.at + 3] if one.word is None]
        if keyword and following == ["(", ")"]:
            self.at += 3
            self.skip_newlines()
            return Function(keyword, self._command())
        return self._simple()

    def _simple(self) -> Simple:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while self.token is not None:
            if redirect := self._redirect():
                redirects.append(redirect)
            elif self.token.word is None:
                break
            elif not words and (assigned := assignment(self.token.word)):
                assignments.append(assigned)
                self.at += 1
            else:
                words.append(self.token.word)
                self.at += 1
        if not (assignments or words or redirects):
            assert self.token is not None
            raise ShellSyntaxError(f"syntax error: unexpected {named(self.token)}")
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _if(self) -> If:
        branches = []
        otherwise: Script | None = None
        self.at += 1
        while True:
            condition = self.script()
            self.expect_keyword("then")
            branches.append((condition, self.script()))
            if self.take_keyword("elif"):
                continue
            if self.take_keyword("else"):
                otherwise = self.script()
            self.expect_keyword("fi")
            return If(tuple(branches), otherwise, self._redirects())

    def _while(self) -> While:
        until = self.keyword() == "until"
        self.at += 1
        condition = self.script()
        return While(condition, self._do(), until, self._redirects())

    def _function(self) -> Function:
        self.at += 1
        name = self.next_plain()
        if self.take("("):
            self.expect(")")
        self.skip_newlines()
        return Function(name, self._command())

    def _conditional(self) -> Conditional:
        self.at += 1
        closing = next((at for at in range(self.at, len(self.stream)) if self.stream[at].plain == "]]"), None)
        if closing is None:
            raise ShellSyntaxError('syntax error: unexpected end of file (expecting "]]")', incomplete=True)
        test = conditional.parse(self.stream[self.at : closing])
        self.at = closing + 1
        return Conditional(test, self._redirects())

    def _arithmetic(self) -> str:
        assert self.token is not None
        assert self.token.word
        (part,) = self.token.word
        assert isinstance(part, Arithmetic)
        self.at += 1
        return part.expression

    def _counting(self) -> Group:
        """for ((first; condition; step)): a loop that begins with `first`."""
        first, condition, step = ([*self._arithmetic().split(";"), "", ""])[:3]
        while self.take(";") or self.take("\n"):
            pass
        loop = While(_script(condition or "1"), self._do(), False, self._redirects(), _script(step or "1"))
        return Group((*_script(first or "1"), Chain((("", Pipeline((loop,))),))), False)

    def _for(self) -> For | Group:
        self.at += 1
        if self.token is not None and self.token.text == "((":
            return self._counting()
        name = self.next_plain()
        self.skip_newlines()
        words: list[Word] | None = None
        if self.take_keyword("in"):
            words = []
            while self.token is not None and self.token.word is not None:
                words.append(self.token.word)
                self.at += 1
        while self.take(";") or self.take("\n"):
            pass
        return For(name, None if words is None else tuple(words), self._do(), self._redirects())

    def _do(self) -> Script:
        self.expect_keyword("do")
        body = self.script()
        self.expect_keyword("done")
        return body

    def _case(self) -> Case:
        self.at += 1
        word = self.next_word()
        self.skip_newlines()
        self.expect_keyword("in")
        self.skip_newlines()
        branches = []
        while not self.take_keyword("esac"):
            self.take("(")
            patterns = [self.next_word()]
            while self.take("|"):
                patterns.append(self.next_word())
            self.expect(")")
            branches.append((tuple(patterns), self.script()))
            self.take(";;")
            self.skip_newlines()
        return Case(word, tuple(branches), self._redirects())

    def _group(self) -> Group:
        self.at += 1
        body = self.script()
        self.expect_keyword("}")
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
            self.at += 1
        elif not self._peek_redirect(0):
            return None
        operator = self.stream[self.at].text
        self.at += 1
        target = self.next_word()
        if descriptor < 0:
            descriptor = 0 if operator.startswith("<") else 1
        return Redirect(descriptor, operator, target)

    def _peek_redirect(self, ahead: int) -> bool:
        index = self.at + ahead
        if index >= len(self.stream):
            return False
        token = self.stream[index]
        return token.word is None and token.text in REDIRECTS and (token.glued or not ahead)


def _let(expression: str) -> tuple[Word, ...]:
    return (Text("let"),), double_quoted(expression)


def _script(expression: str) -> Script:
    return (Chain((("", Pipeline((Simple((), _let(expression)),))),)),)


def assignment(word: Word) -> Assignment | None:
    """The assignment that a word is."""
    first = word[0] if word else None
    if not isinstance(first, Text) or first.quoted:
        return None
    if found := _ASSIGNMENT.match(first.text):
        index: Word | None = (Text(found[3]),) if found[2] else None
        return Assignment(found[1], index, bool(found[4]), _after(word, 0, found.end()))
    if not (begins := _INDEXED.fullmatch(first.text)):
        return None
    for at, part in enumerate(word[1:], 1):
        if isinstance(part, Text) and not part.quoted and (ends := _INDEX_ENDS.match(part.text)):
            index = (Text(begins[2]), *word[1:at], Text(ends[1]))
            return Assignment(begins[1], index, bool(ends[2]), _after(word, at, ends.end()))
    return None


def _after(word: Word, part: int, end: int) -> Word:
    """What follows letter `end` of a text in the word."""
    text = word[part]
    assert isinstance(text, Text)
    rest = text.text[end:]
    return (Text(rest), *word[part + 1 :]) if rest else word[part + 1 :]
