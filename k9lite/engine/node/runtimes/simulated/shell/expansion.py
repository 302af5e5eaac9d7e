"""Words to arguments: parameters, commands, arithmetic, splitting, patterns."""

import fnmatch
import re
from collections.abc import Awaitable, Callable, Sequence

from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.process import Exit
from k9lite.engine.node.runtimes.simulated.shell.arithmetic import evaluate
from k9lite.engine.node.runtimes.simulated.shell.lexer import word as double_quoted
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.syntax import Arithmetic, Parameter, Part, Substitution, Text, Word

Capture = Callable[[str], Awaitable[str]]  # a script's output

BLANKS = " \t\n"


class Expander:
    """`capture` runs a command substitution."""

    def __init__(self, state: ShellState, streams: Streams, capture: Capture) -> None:
        self._state, self._streams, self._capture = state, streams, capture

    async def fields(self, words: Sequence[Word]) -> list[str]:
        """The arguments that `words` become."""
        found: list[str] = []
        for word in words:
            for one in braces(word) if self._state.braces else [word]:
                found += await self._fields_of(one)
        return found

    async def text(self, word: Word) -> str:
        """`word` as one string, neither split nor matched with files."""
        return "".join([await self._value(part) for part in self._with_home(word)])

    async def pattern(self, word: Word) -> str:
        """`word` as a pattern: what is quoted in it stands for itself."""
        pieces = []
        for part in word:
            value = await self._value(part)
            pieces.append(_escape(value) if part.quoted else value)
        return "".join(pieces)

    async def _fields_of(self, word: Word) -> list[str]:
        fields: list[list[tuple[str, bool]]] = [[]]  # each a list of pieces and whether they are quoted
        for part in self._with_home(word):
            if isinstance(part, Parameter) and part.name == "@" and part.quoted and not part.operator:
                arguments = self._state.arguments
                if not arguments and len(word) == 1:
                    return []
                for index, argument in enumerate(arguments):
                    if index:
                        fields.append([])
                    fields[-1].append((argument, True))
                continue
            value = await self._value(part)
            if part.quoted or isinstance(part, Text):
                fields[-1].append((value, part.quoted))
            else:
                _split(value, fields, self._state.variables.get("IFS", BLANKS))
        return [text for pieces in fields if pieces for text in self._matched(pieces)]

    def _with_home(self, word: Word) -> Word:
        first = word[0] if word else None
        if isinstance(first, Text) and not first.quoted and first.text.startswith("~") and first.text[1:2] in ("", "/"):
            return (Text(self._state.variables.get("HOME", "/root") + first.text[1:]), *word[1:])
        return word

    def _matched(self, pieces: list[tuple[str, bool]]) -> list[str]:
        """Patterns that match files become their names."""
        plain = "".join(text for text, _ in pieces)
        if not any(set(text) & set("*?[") for text, quoted in pieces if not quoted):
            return [plain]
        pattern = "".join(_escape(text) if quoted else text for text, quoted in pieces)
        folder, slash, last = pattern.rpartition("/")
        if set(folder) & set("*?["):
            return [plain]
        names = self._state.process.machine.files.names(absolute(folder or ("/" if slash else "."), self._state.folder))
        hits = [
            name for name in names if fnmatch.fnmatchcase(name, last) and (not name.startswith(".") or last[0] == ".")
        ]
        return [folder + slash + name for name in hits] or [plain]

    async def _value(self, part: Part) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Substitution):
            return (await self._capture(part.source)).rstrip("\n")
        if isinstance(part, Arithmetic):
            expression = await self.text(double_quoted(part.expression))
            try:
                return str(evaluate(expression, self._state.variables))
            except ArithmeticError as error:
                await self._streams.complain(f"{self._state.name}: {error}")
                raise Exit(2) from None
        return await self._parameter(part)

    async def _parameter(self, part: Parameter) -> str:
        value = self.lookup(part.name)
        operator = part.operator
        if operator == "#length":
            return str(len(value or ""))
        if part.word is None:
            if value is None and "u" in self._state.options:
                await self._streams.complain(f"{self._state.name}: {part.name}: parameter not set")
                raise Exit(2)
            return value or ""
        if operator in ("%", "%%", "#", "##"):
            return _trimmed(value or "", await self.pattern(part.word), operator)
        if operator in (",,", "^^"):
            return (value or "").lower() if operator == ",," else (value or "").upper()
        if operator == ":":
            return self._part(value or "", await self.text(part.word))
        if operator in ("/", "//"):
            return _replaced(value or "", await self.text(part.word), operator)
        missing = value is None or (operator.startswith(":") and not value)
        kind = operator[-1]
        if kind == "+":
            return "" if missing else await self.text(part.word)
        if not missing:
            return value or ""
        word = await self.text(part.word)
        if kind == "=":
            self._state.variables[part.name] = word
        if kind == "?":
            await self._streams.complain(f"{self._state.name}: {part.name}: {word or 'parameter not set'}")
            raise Exit(2)
        return word

    def _part(self, value: str, rule: str) -> str:
        """${name:offset:length}; offsets before 0 count from the end."""
        offset, _, length = rule.partition(":")
        start = evaluate(offset or "0", self._state.variables)
        rest = value[max(0, len(value) + start) if start < 0 else start :]
        return rest[: evaluate(length, self._state.variables)] if length else rest

    def lookup(self, name: str) -> str | None:
        """The value of a variable or special parameter."""
        state = self._state
        if name.isdigit():
            position = int(name)
            if position == 0:
                return state.name
            return state.arguments[position - 1] if position <= len(state.arguments) else None
        special = {
            "?": str(state.status), "#": str(len(state.arguments)), "$": str(state.process.pid),
            "!": str(state.last_background or ""), "@": " ".join(state.arguments), "*": " ".join(state.arguments),
            "-": "".join(sorted(state.options)),
        }  # fmt: skip
        if name == "RANDOM" and name not in state.variables:
            return str(state.random())
        return special[name] if name in special else state.variables.get(name)


_BRACES = re.compile(r"\{(?:(-?\d+)\.\.(-?\d+)|([^{}]*,[^{}]*))\}")


def braces(word: Word) -> list[Word]:
    """a{b,c} is ab and ac, {1..3} is 1, 2 and 3."""
    for index, part in enumerate(word):
        if isinstance(part, Text) and not part.quoted and (found := _BRACES.search(part.text)):
            if found[3] is None:
                first, last = int(found[1]), int(found[2])
                step = 1 if last >= first else -1
                choices = [str(number) for number in range(first, last + step, step)]
            else:
                choices = found[3].split(",")
            before, after = part.text[: found.start()], part.text[found.end() :]
            return [
                made for choice in choices
                for made in braces((*word[:index], Text(before + choice + after), *word[index + 1 :]))
            ]  # fmt: skip
    return [word]


def _split(value: str, fields: list[list[tuple[str, bool]]], separators: str) -> None:
    """Append `value` to the last field, beginning new ones at separators."""
    pieces = [""]
    for char in value:
        if char in separators:
            pieces.append("")
        else:
            pieces[-1] += char
    for index, piece in enumerate(pieces):
        if index and fields[-1]:
            fields.append([])
        if piece:
            fields[-1].append((piece, False))


def _escape(text: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def _trimmed(value: str, pattern: str, operator: str) -> str:
    positions = range(len(value) + 1)
    if operator[0] == "#":
        for stop in positions if operator == "#" else reversed(positions):
            if fnmatch.fnmatchcase(value[:stop], pattern):
                return value[stop:]
    else:
        for start in reversed(positions) if operator == "%" else positions:
            if fnmatch.fnmatchcase(value[start:], pattern):
                return value[:start]
    return value


def _replaced(value: str, rule: str, operator: str) -> str:
    old, _, new = rule.partition("/")
    return value.replace(old, new) if operator == "//" else value.replace(old, new, 1)
