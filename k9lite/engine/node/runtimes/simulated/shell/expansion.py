"""Words to arguments: parameters, commands, arithmetic, splitting, patterns."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence

from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.process import Exit
from k9lite.engine.node.runtimes.simulated.shell import arrays, globs
from k9lite.engine.node.runtimes.simulated.shell.arithmetic import evaluate
from k9lite.engine.node.runtimes.simulated.shell.lexer import word as double_quoted
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.syntax import (
    Arithmetic,
    Array,
    Output,
    Parameter,
    Part,
    Substitution,
    Text,
    Word,
)

Capture = Callable[[str], Awaitable[str]]  # a script's output

BLANKS = " \t\n"
FIELDS_PER_STEP = 8
FIELDS_AT_ONCE, FIELD = 64, 80  # how many are made between two looks at what they take; bytes of each beside its text


class Expander:
    """`capture` runs a command substitution."""

    def __init__(self, state: ShellState, streams: Streams, capture: Capture) -> None:
        self._state, self._streams, self._capture = state, streams, capture
        self._machine, self._measured_at = state.process.machine, FIELDS_AT_ONCE

    async def fields(self, words: Sequence[Word]) -> list[str]:
        """The arguments that `words` become."""
        found: list[str] = []
        for word in words:
            for one in braces(word) if self._state.braces else [word]:
                found += await self._fields_of(one)
                await self._grown(found)
        self._machine.memory.let_go(self)
        return found

    async def _grown(self, fields: list[str]) -> None:
        """Another word was expanded."""
        await self._machine.cpu.spend()
        if len(fields) >= self._measured_at:
            self._measured_at = len(fields) + max(FIELDS_AT_ONCE, len(fields) // 4)
            await self._machine.memory.hold(self, sum(map(len, fields)) + FIELD * len(fields))

    async def text(self, word: Word) -> str:
        """`word` as one string, neither split nor matched with files."""
        return "".join([await self._value(part) for part in self._with_home(word)])

    async def pattern(self, word: Word) -> str:
        """`word` as a pattern: what is quoted in it stands for itself."""
        pieces = []
        for part in word:
            value = await self._value(part)
            pieces.append(globs.escape(value) if part.quoted else value)
        return "".join(pieces)

    async def _fields_of(self, word: Word) -> list[str]:
        fields: list[list[tuple[str, bool]]] = [[]]  # each a list of pieces and whether they are quoted
        for part in self._with_home(word):
            arguments = self._separate(part)
            if arguments is not None:
                if not arguments and len(word) == 1:
                    return []
                for index, argument in enumerate(arguments):
                    if index:
                        fields.append([])
                    fields[-1].append((argument, True))
                    if index % FIELDS_AT_ONCE == 0:
                        await self._machine.cpu.spend(1)
                        await self._machine.memory.hold(self, FIELD * len(fields))
                continue
            value = await self._value(part)
            if part.quoted or isinstance(part, Text):
                fields[-1].append((value, part.quoted))
            else:
                await self._split(value, fields)
        return [text for pieces in fields if pieces for text in self._matched(pieces)]

    def _separate(self, part: Part) -> list[str] | None:
        """What becomes one field each even in quotes: "$@", "${name[@]}" and "${!name[@]}"."""
        if not isinstance(part, Parameter) or not part.quoted or part.operator not in ("", "!"):
            return None
        if part.name == "@":
            return self._state.arguments
        base, index = arrays.split(part.name)
        if index != "@":
            return None
        return (arrays.keys if part.operator else arrays.elements)(self._state.variables, base)

    async def _split(self, value: str, fields: list[list[tuple[str, bool]]]) -> None:
        """Append `value` to the last field, beginning new ones at separators."""
        begins = False
        for piece in _pieces(value, self._state.variables.get("IFS", BLANKS)):
            if begins and fields[-1]:
                fields.append([])
            begins = True
            if piece:
                fields[-1].append((piece, False))
            if len(fields) % FIELDS_AT_ONCE == 0:
                await self._machine.cpu.spend(FIELDS_AT_ONCE // FIELDS_PER_STEP)
                await self._machine.memory.hold(self, len(value) + FIELD * len(fields))

    def _with_home(self, word: Word) -> Word:
        first = word[0] if word else None
        if isinstance(first, Text) and not first.quoted and first.text.startswith("~") and first.text[1:2] in ("", "/"):
            return (Text(self._state.variables.get("HOME", "/root") + first.text[1:]), *word[1:])
        return word

    def _matched(self, pieces: list[tuple[str, bool]]) -> list[str]:
        """Patterns that match files become their names."""
        plain = "".join(text for text, _ in pieces)
        if not any(set(text) & globs.SPECIAL for text, quoted in pieces if not quoted):
            return [plain]
        pattern = "".join(globs.escape(text) if quoted else text for text, quoted in pieces)
        folder, slash, last = pattern.rpartition("/")
        if set(folder) & globs.SPECIAL:
            return [plain]
        names = self._state.process.machine.files.names(absolute(folder or ("/" if slash else "."), self._state.folder))
        hits = [name for name in names if globs.fits(last, name) and (not name.startswith(".") or last[0] == ".")]
        return [folder + slash + name for name in hits] or [plain]

    async def _value(self, part: Part) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Output):
            return self._file_of(await self._capture(part.source))
        if isinstance(part, Array):
            return ""
        if isinstance(part, Substitution):
            return (await self._capture(part.source)).rstrip("\n")
        if isinstance(part, Arithmetic):
            expression = await self.text(double_quoted(part.expression))
            try:
                return str(evaluate(expression, self._state.variables))
            except ArithmeticError as error:
                await self._streams.complain(f"{self._state.prefix}{error}")
                raise Exit(2) from None
        return await self._parameter(part)

    def _file_of(self, text: str) -> str:
        """A file that holds `text`, as <( ) has it."""
        files = self._machine.files
        files.make_folder("/dev/fd")
        number = next(number for number in range(63, 0, -1) if not files.is_file(f"/dev/fd/{number}"))
        files.write(f"/dev/fd/{number}", text.encode())
        return f"/dev/fd/{number}"

    async def _parameter(self, part: Parameter) -> str:
        operator = part.operator
        base, index = arrays.split(part.name)
        if index in arrays.EVERY:
            found = (arrays.keys if operator == "!" else arrays.elements)(self._state.variables, base)
            if operator in ("#length", "!"):
                return str(len(found)) if operator == "#length" else " ".join(found)
            value: str | None = " ".join(found) if found else None
        else:
            value = self.lookup(await self._element(base, index) if index else part.name)
        if operator == "#length":
            return str(len(value or ""))
        if operator == "!":
            return self.lookup(value or "") or ""
        if part.word is None:
            if value is None and "u" in self._state.options:
                await self._streams.complain(f"{self._state.prefix}{part.name}: parameter not set")
                raise Exit(2)
            return value or ""
        if operator in ("%", "%%", "#", "##"):
            trim = globs.without_prefix if operator[0] == "#" else globs.without_suffix
            return trim(value or "", await self.pattern(part.word), longest=len(operator) == 2)
        if operator in (",,", "^^"):
            return (value or "").lower() if operator == ",," else (value or "").upper()
        if operator == ":":
            return self._part(value or "", await self.text(part.word))
        if operator in ("/", "//"):
            return await self._replaced(value or "", await self.pattern(part.word), operator)
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
            await self._streams.complain(f"{self._state.prefix}{part.name}: {word or 'parameter not set'}")
            raise Exit(2)
        return word

    async def _element(self, base: str, index: str) -> str:
        """The variable of an element; the first is also the array's own name."""
        name = arrays.key(self._state, base, await self.text(double_quoted(index)))
        return base if name == f"{base}[0]" and name not in self._state.variables else name

    async def _replaced(self, value: str, rule: str, operator: str) -> str:
        """${name/old/new}, and for every match ${name//old/new}."""
        old, _, new = _divided(rule)
        pieces, start = [], 0
        for match in globs.compiled(old).finditer(value):
            if match[0]:
                pieces += [value[start : match.start], new]
                start = match.end
                await self._machine.cpu.spend()
            if pieces and operator == "/":
                break
        return "".join([*pieces, value[start:]])

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
            "?": str(state.status),
            "#": str(len(state.arguments)),
            "$": str(state.process.pid),
            "!": str(state.last_background or ""),
            "@": " ".join(state.arguments),
            "*": " ".join(state.arguments),
            "-": "".join(sorted(state.options)),
        }
        if name == "RANDOM" and name not in state.variables:
            return str(state.random())
        if name in special:
            return special[name]
        return state.variables.get(name, state.variables.get(f"{name}[0]"))


_BRACES = re.compile(
    r"\{(?:(?P<first>-?\d{1,18}|[a-zA-Z])\.\.(?P<last>-?\d{1,18}|[a-zA-Z])(?:\.\.(?P<step>-?\d{1,18}))?|(?P<list>[^{}]*,[^{}]*))\}"
)


def braces(word: Word) -> Iterator[Word]:
    """a{b,c} is ab and ac, {1..3} is 1, 2 and 3; one after the other, since they may be many."""
    for index, part in enumerate(word):
        if isinstance(part, Text) and not part.quoted and (found := _BRACES.search(part.text)):
            before, after = part.text[: found.start()], part.text[found.end() :]
            for choice in _choices(found):
                yield from braces((*word[:index], Text(before + choice + after), *word[index + 1 :]))
            return
    yield word


def _choices(found: re.Match[str]) -> Iterator[str]:
    if found["list"] is not None:
        yield from found["list"].split(",")
        return
    first, last, letters = found["first"], found["last"], found["first"].isalpha()
    low, high = (ord(first), ord(last)) if letters else (int(first), int(last))
    step = abs(int(found["step"] or 1)) or 1
    padded = any(re.match("-?0\\d", bound) for bound in (first, last))
    width = max(len(first), len(last)) if padded else 0
    for number in range(low, high + (1 if high >= low else -1), step if high >= low else -step):
        yield chr(number) if letters else f"{number:0{width}d}"


def _pieces(value: str, separators: str) -> Iterator[str]:
    """What stands between separators, one after the other."""
    if not separators:
        yield value
        return
    start = 0
    for found in re.finditer(f"[{re.escape(separators)}]", value):
        yield value[start : found.start()]
        start = found.end()
    yield value[start:]


def _divided(rule: str) -> tuple[str, str, str]:
    """At the first slash that no backslash is before; what follows is no pattern any more."""
    found = re.search(r"(?<!\\)/", rule)
    if found is None:
        return rule, "", ""
    return rule[: found.start()], "/", re.sub(r"\\(.)", r"\1", rule[found.end() :], flags=re.DOTALL)
