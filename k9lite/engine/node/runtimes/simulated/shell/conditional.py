"""[[ ]]: its grammar, and what it comes to."""

from collections.abc import Awaitable, Callable, Sequence

from k9lite.engine.node.runtimes.simulated.shell import globs, regex
from k9lite.engine.node.runtimes.simulated.shell.cursor import Cursor
from k9lite.engine.node.runtimes.simulated.shell.expansion import Expander
from k9lite.engine.node.runtimes.simulated.shell.lexer import Token
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState
from k9lite.engine.node.runtimes.simulated.shell.syntax import (
    Either,
    Not,
    Part,
    ShellSyntaxError,
    Test,
    Text,
    Word,
    Words,
)

PATTERNS, REGEX, TEXTS = ("=", "==", "!="), "=~", ("<", ">")
NUMBERS = ("-eq", "-ne", "-lt", "-le", "-gt", "-ge")
FOUND = "BASH_REMATCH"

Ask = Callable[[list[str]], Awaitable[int]]  # runs `test` with these arguments; its status


def parse(tokens: Sequence[Token]) -> Test:
    """What stands between the brackets. ShellSyntaxError."""
    reader = _Reader([one for one in tokens if one.text != "\n"])
    test = reader.either()
    if reader.token is not None:
        raise ShellSyntaxError(f'syntax error: unexpected "{reader.token.text}"')
    return test


class _Reader(Cursor):
    def either(self) -> Test:
        test = self._both()
        while self.take("||"):
            test = Either(test, self._both(), both=False)
        return test

    def _both(self) -> Test:
        test = self._one()
        while self.take("&&"):
            test = Either(test, self._one(), both=True)
        return test

    def _one(self) -> Test:
        if self.take_keyword("!"):
            return Not(self._one())
        if self.take("("):
            test = self.either()
            if not self.take(")"):
                raise ShellSyntaxError('syntax error: expecting ")"')
            return test
        first = self._word()
        if self.token is None or self.operator() in ("&&", "||", ")"):
            return Words((first,))
        operator = self.keyword() or self.operator()
        if operator in (*PATTERNS, REGEX, *TEXTS, *NUMBERS):
            self.at += 1
            return Words((first, self._regex() if operator == REGEX else self._word()), operator)
        return Words((first, self._word()))

    def _regex(self) -> Word:
        """A word in which brackets stand for themselves."""
        parts: list[Part] = []
        while self.token is not None and (self.token.glued or not parts):
            parts += self.token.word or (Text(self.token.text),)
            self.at += 1
        return tuple(parts) or self._word()

    def _word(self) -> Word:
        if self.token is None or self.token.word is None:
            raise ShellSyntaxError("syntax error: conditional expression expected")
        return self.next_word()


async def holds(test: Test, expander: Expander, state: ShellState, ask: Ask) -> bool:
    """Its words are expanded when they are looked at, and never split."""
    match test:
        case Not():
            return not await holds(test.test, expander, state, ask)
        case Either():
            left = await holds(test.left, expander, state, ask)
            return left if left != test.both else await holds(test.right, expander, state, ask)
        case Words():
            return await _compare(test, expander, state, ask)


async def _compare(test: Words, expander: Expander, state: ShellState, ask: Ask) -> bool:
    left = await expander.text(test.words[0])
    if len(test.words) == 1:
        return bool(left)
    right = test.words[1]
    if test.operator in PATTERNS:
        return globs.fits(await expander.pattern(right), left) == (test.operator != "!=")
    if test.operator == REGEX:
        found = regex.compiled(await expander.text(right), extended=True).search(left)
        for index in range(len(found.spans) if found else 0):
            state.variables[f"{FOUND}[{index}]"] = found[index] if found else ""
        return found is not None
    text = await expander.text(right)
    if test.operator in TEXTS:
        return left < text if test.operator == "<" else left > text
    return await ask([left, test.operator, text] if test.operator else [left, text]) == 0
