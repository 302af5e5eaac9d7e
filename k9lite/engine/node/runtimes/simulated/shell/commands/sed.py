"""sed: a stream of lines, edited."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options, patterns
from k9lite.engine.node.runtimes.simulated.shell.commands.text import everything, inputs

Address = Callable[["_Stream"], bool]


@dataclass
class _Stream:
    """Where sed is: `line` is what it works on, `out` what it has written, `after` what follows the line."""

    lines: list[str]
    number: int = 0
    line: str | None = ""
    out: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    over: bool = False

    @property
    def is_last(self) -> bool:
        return self.number == len(self.lines)


Edit = Callable[[_Stream], None]


class _Unreadable(Exception):
    """The script is none."""


class _Script:
    """Reads a script from left to right."""

    def __init__(self, text: str, extended: bool) -> None:
        self._rest, self._extended = text, extended

    def edits(self) -> list[Edit]:
        found: list[Edit] = []
        while self._rest.lstrip(" ;\n\t"):
            self._rest = self._rest.lstrip(" ;\n\t")
            found.append(self._edit())
        return found

    def _edit(self) -> Edit:
        chosen = self._range()
        negated = self._take(r"\s*!\s*") != ""
        act = self._command()

        def edit(stream: _Stream) -> None:
            if stream.line is not None and chosen(stream) != negated:
                act(stream)

        return edit

    def _range(self) -> Address:
        first = self._address()
        if first is None:
            return lambda stream: True
        if not self._take(r"\s*,\s*"):
            return first
        last, inside = self._address(), False
        if last is None:
            raise _Unreadable("unexpected ','")

        def chosen(stream: _Stream) -> bool:
            nonlocal inside
            if inside:
                inside = not last(stream)
                return True
            inside = first(stream) and not last(stream)
            return first(stream)

        return chosen

    def _address(self) -> Address | None:
        if number := self._take(r"\d+"):
            return lambda stream: stream.number == int(number)
        if self._take(r"\$"):
            return lambda stream: stream.is_last
        if not self._rest.startswith("/"):
            return None
        pattern = patterns.compiled(self._parts(1)[0], self._extended)
        return lambda stream: bool(pattern.search(stream.line or ""))

    def _command(self) -> Edit:
        name = self._take(r"\s*[a-zA-Z=]").strip()
        if name == "s":
            return self._substitute()
        if name == "y":
            return _translating(*self._parts(2))
        if name in ("a", "i", "c"):
            return _inserting(name, self._take(r"[^\n]*").lstrip().removeprefix("\\").lstrip("\n "))
        if name not in _PLAIN:
            raise _Unreadable(f"unsupported command {name or self._rest[:1]}")
        return _PLAIN[name]

    def _substitute(self) -> Edit:
        old, new = self._parts(2)
        flags = self._take(r"[gpiI0-9]*")
        pattern = patterns.compiled(old, self._extended, re.IGNORECASE if {"i", "I"} & set(flags) else 0)
        number = re.search(r"\d+", flags)
        which = int(number[0]) if number else 1

        def act(stream: _Stream) -> None:
            seen = 0

            def put(match: re.Match[str]) -> str:
                nonlocal seen
                seen += 1
                return _filled(new, match) if seen == which or ("g" in flags and seen > which) else match[0]

            stream.line = pattern.sub(put, stream.line or "")
            if "p" in flags and seen >= which:
                stream.out.append(stream.line)

        return act

    def _parts(self, count: int) -> list[str]:
        """What stands between delimiters, of which the first letter is one."""
        mark, self._rest, found = self._rest[:1], self._rest[1:], []
        for _ in range(count):
            match = re.match(rf"((?:\\.|\[[^]]*\]|[^{re.escape(mark)}\\])*){re.escape(mark)}", self._rest, re.DOTALL)
            if not mark or match is None:
                raise _Unreadable("unterminated s command")
            found.append(match[1].replace(f"\\{mark}", mark))
            self._rest = self._rest[match.end() :]
        return found

    def _take(self, pattern: str) -> str:
        match = re.match(pattern, self._rest)
        text = match[0] if match else ""
        self._rest = self._rest[len(text) :]
        return text


def _filled(template: str, match: re.Match[str]) -> str:
    """The replacement: & and \\0 are the whole match, \\1 a group."""

    def part(found: re.Match[str]) -> str:
        text = found[0]
        if text == "&":
            return match[0]
        return (match[int(text[1])] or "") if text[1].isdigit() else {"n": "\n", "t": "\t"}.get(text[1], text[1])

    return re.sub(r"&|\\.", part, template, flags=re.DOTALL)


def _inserting(name: str, text: str) -> Edit:
    def act(stream: _Stream) -> None:
        (stream.after if name == "a" else stream.out).append(text)
        if name == "c":
            stream.line = None

    return act


def _translating(old: str, new: str) -> Edit:
    table = str.maketrans(old, new)

    def act(stream: _Stream) -> None:
        stream.line = (stream.line or "").translate(table)

    return act


def _delete(stream: _Stream) -> None:
    stream.line = None


def _quit(stream: _Stream) -> None:
    stream.over = True


_PLAIN: Mapping[str, Edit] = {
    "d": _delete, "p": lambda stream: stream.out.append(stream.line or ""),
    "q": _quit, "=": lambda stream: stream.out.append(str(stream.number)),
}  # fmt: skip


async def sed(process: Process) -> int:
    given = options.read(process.argv, "e")
    rest = list(given.rest)
    script = given.values["e"] if "e" in given.values else rest.pop(0) if rest else ""
    try:
        edits = _Script(script, bool(given.flags & {"E", "r"})).edits()
    except (_Unreadable, re.error) as error:
        await process.complain(f"sed: {error}")
        return 1
    async for name, reader in inputs(process, rest):
        text = (await everything(process, reader)).decode(errors="replace")
        edited = "".join(f"{line}\n" for line in _edited(text.splitlines(), edits, "n" in given.flags))
        if "i" in given.flags:
            process.machine.files.write(absolute(name, process.folder), edited.encode())
        else:
            await process.say(edited)
    return int(process.failed)


def _edited(lines: list[str], edits: list[Edit], quiet: bool) -> list[str]:
    stream = _Stream(lines)
    for stream.number, stream.line in enumerate(lines, 1):
        for edit in edits:
            edit(stream)
        if stream.line is not None and not quiet:
            stream.out.append(stream.line)
        stream.out += stream.after
        stream.after.clear()
        if stream.over:
            break
    return stream.out


COMMANDS: Mapping[str, Program] = {"sed": sed}
