"""sed: a stream of lines, edited."""

import re
from collections.abc import Iterable, Iterator, Mapping

from k9lite.api.patterns import Match, PatternError
from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.pipes import STEP, Collector, Lines, Writer
from k9lite.engine.node.runtimes.simulated.process import Exit, Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.sed_script import Address, Edit, ScriptError, parse
from k9lite.engine.node.runtimes.simulated.shell.commands.text import inputs

_ESCAPES = {"n": "\n", "t": "\t"}


class _Stream:
    """Where sed is. `line` is what it works on, `held` its second buffer, `after` what follows the line."""

    def __init__(self, process: Process, edits: list[Edit], quiet: bool) -> None:
        self._process, self._edits, self._quiet = process, edits, quiet
        self.line, self.held, self.after = "", "", list[str]()
        self.number, self.replaced = 0, False
        self.writer: Writer = process.stdout
        self.over = False
        self.status = 0

    async def run(self, lines: Lines) -> None:
        """Edit every line of a file."""
        self._lines, self._following = lines, await lines.line()
        while not self.over and await self._read():
            await self._cycle()

    async def _cycle(self) -> None:
        at = 0
        while 0 <= at < len(self._edits):
            edit = self._edits[at]
            await self._process.machine.cpu.spend(1 + len(self.line) // STEP)
            chosen = self._chosen(edit) != edit.negated
            if edit.name == "{":
                at = at + 1 if chosen else edit.target
            elif chosen:
                at = await self._act(edit, at)
            else:
                at += 1
            await self._process.machine.memory.hold(self, len(self.line) + len(self.held))
        if at >= 0 and not self._quiet:
            await self._write(self.line)
        for text in self.after:
            await self._write(text)
        self.after.clear()

    async def _read(self) -> bool:
        """The next line becomes what is worked on; False where there is none."""
        if self._following is None:
            return False
        self.line, self._following = self._following.decode(errors="replace"), await self._lines.line()
        self.number += 1
        return True

    async def _write(self, text: str) -> None:
        await self.writer.write(f"{text}\n".encode())

    def _chosen(self, edit: Edit) -> bool:
        if edit.first is None:
            return True
        if edit.last is None:
            return self._at(edit.first)
        if edit.inside:
            edit.inside = not (self._at(edit.last) or (0 < edit.last.number <= self.number))
            return True
        if self._at(edit.first):
            edit.inside = edit.last.pattern is not None or not (
                self._at(edit.last) or (0 < edit.last.number <= self.number)
            )
            return True
        return False

    def _at(self, address: Address) -> bool:
        if address.pattern is not None:
            return address.pattern.search(self.line) is not None
        if address.last:
            return self._following is None
        if address.step:
            return self.number >= address.number and (self.number - address.number) % address.step == 0
        return self.number == address.number

    async def _act(self, edit: Edit, at: int) -> int:
        """Do it; returns the edit that is next, -1 where the line is done with and is not written."""
        match edit.name:
            case "s":
                await self._substitute(edit)
            case "y":
                self.line = self.line.translate(edit.table)
            case "p" | "P":
                await self._write(self.line if edit.name == "p" else self.line.partition("\n")[0])
            case "=":
                await self._write(str(self.number))
            case "a":
                self.after.append(edit.text)
            case "i":
                await self._write(edit.text)
            case "c":
                if not edit.inside:
                    await self._write(edit.text)
                return -1
            case "d":
                return -1
            case "D":
                _, newline, self.line = self.line.partition("\n")
                return 0 if newline else -1
            case "q":
                self.over, self.status = True, int(edit.text or 0)
                return len(self._edits)
            case "n" | "N":
                return await self._next(edit.name, at)
            case "b":
                return edit.target
            case "t" | "T":
                replaced, self.replaced = self.replaced, False
                return edit.target if replaced == (edit.name == "t") else at + 1
            case _:
                self._exchange(edit.name)
        return at + 1

    def _exchange(self, name: str) -> None:
        """Between the line and the second buffer."""
        match name:
            case "h":
                self.held = self.line
            case "H":
                self.held += f"\n{self.line}"
            case "g":
                self.line = self.held
            case "G":
                self.line += f"\n{self.held}"
            case "x":
                self.line, self.held = self.held, self.line

    async def _next(self, name: str, at: int) -> int:
        if self._following is None:
            self.over = True
            return len(self._edits)
        line = self.line
        if name == "n" and not self._quiet:
            await self._write(line)
        await self._read()
        if name == "N":
            self.line = f"{line}\n{self.line}"
        return at + 1

    async def _substitute(self, edit: Edit) -> None:
        assert edit.pattern is not None
        pieces: list[str] = []
        start = count = size = 0
        for match in _apart(edit.pattern.finditer(self.line)):
            await self._process.machine.cpu.spend()
            count += 1
            if count < edit.count:
                continue
            pieces += [self.line[start : match.start], _filled(edit.text, match)]
            start = match.end
            size += len(pieces[-2]) + len(pieces[-1])
            await self._process.machine.memory.hold(self, size)
            if "g" not in edit.flags:
                break
        if pieces:
            self.line = "".join([*pieces, self.line[start:]])
            self.replaced = True
            if "p" in edit.flags:
                await self._write(self.line)


def _apart(matches: Iterable[Match]) -> Iterator[Match]:
    """Without those that are empty and touch the one before."""
    end = -1
    for match in matches:
        if match[0] or match.start != end:
            yield match
        end = match.end


def _filled(template: str, match: Match) -> str:
    """The replacement: & and \\0 are the whole match, \\1 a group."""

    def part(found: re.Match[str]) -> str:
        letter = found[0][-1]
        if found[0] == "&":
            return match[0]
        if letter.isdigit():
            return match[int(letter)] if int(letter) < len(match.spans) else ""
        return _ESCAPES.get(letter, letter)

    return re.sub(r"&|\\.", part, template, flags=re.DOTALL)


async def sed(process: Process) -> int:
    given = options.read(process.argv, "e")
    rest = list(given.rest)
    script = given.values["e"] if "e" in given.values else rest.pop(0) if rest else ""
    try:
        edits = parse(script, bool(given.flags & {"E", "r"}))
        return await _edit(process, edits, rest, given.flags)
    except (ScriptError, PatternError) as error:
        await process.complain(f"sed: {error}")
        return 1


async def _edit(process: Process, edits: list[Edit], names: list[str], flags: set[str]) -> int:
    stream = _Stream(process, edits, "n" in flags)
    async for name, reader in inputs(process, names):
        collector = Collector(process.machine.memory)
        if "i" in flags:
            stream.writer, stream.number = collector, 0
        await stream.run(Lines(reader, process.machine))
        if "i" in flags:
            process.machine.files.write(absolute(name, process.folder), bytes(collector.data))
            collector.let_go()
        if stream.over:
            break
    process.machine.memory.let_go(stream)
    if stream.status:
        raise Exit(stream.status)
    return int(process.failed)


COMMANDS: Mapping[str, Program] = {"sed": sed}
