"""Commands that read, change and write text."""

import re
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping

from k9lite.api.patterns import PatternError
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.pipes import Lines, Reader
from k9lite.engine.node.runtimes.simulated.process import Process, Program, forever
from k9lite.engine.node.runtimes.simulated.shell import regex
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.numbers import size
from k9lite.engine.node.runtimes.simulated.shell.devices import opened
from k9lite.engine.node.runtimes.simulated.shell.escapes import unescaped

LINES_AT_ONCE = 4096  # bytes that `yes` writes
LINE = 64  # bytes that a line takes beside its text
MOST_DIGITS = 20  # of a width


async def echo(process: Process) -> int:
    arguments = process.argv[1:]
    newline, escapes = True, False
    while arguments and re.fullmatch(r"-[neE]+", arguments[0]):
        flags = arguments.pop(0)
        newline, escapes = newline and "n" not in flags, escapes or "e" in flags
    text = " ".join(arguments)
    await process.say((unescaped(text) if escapes else text) + ("\n" if newline else ""))
    return 0


async def printf(process: Process) -> int:
    if len(process.argv) < 2:
        await process.complain("printf: usage: printf FORMAT [ARG]...")
        return 1
    form, arguments = process.argv[1], deque(process.argv[2:])
    while True:
        await process.machine.memory.hold(process, sum(_widths(form, arguments)))
        text, used = _formatted(form, arguments)
        await process.say(text)
        if not arguments or not used:
            return int(process.failed)


def _widths(form: str, arguments: Iterable[str]) -> list[int]:
    """How many letters the conversions of a format take at least."""
    return [int(number) for number in re.findall(r"\d+", form) if len(number) < MOST_DIGITS] + [
        int(one) for one in arguments if "*" in form and one.isdigit() and len(one) < MOST_DIGITS
    ]


def _formatted(form: str, arguments: deque[str]) -> tuple[str, bool]:
    """One pass over the format; whether it took any arguments."""
    used = False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        if match[2] == "%":
            return "%"
        used = True
        width = match[1].replace("*", arguments.popleft() if "*" in match[1] and arguments else "")
        value = arguments.popleft() if arguments else ""
        if match[2] in "di":
            return f"%{width}d" % _integer(value)
        if match[2] in "xXouc":
            number = _integer(value)
            return value[:1] if match[2] == "c" else f"%{width}{match[2].replace('u', 'd')}" % number
        if match[2] in "feg":
            return f"%{width}{match[2]}" % float(value or 0)
        return f"%{width}s" % (unescaped(value) if match[2] == "b" else value)

    return re.sub(r"%([-+ 0#]*(?:\d*|\*)(?:\.\d+)?)([a-zA-Z%])", replace, unescaped(form)), used


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0


async def inputs(process: Process, names: list[str]) -> AsyncIterator[tuple[str, Reader]]:
    """The files named, else standard input; what is missing is complained about."""
    for name in names or ["-"]:
        if name == "-":
            yield "-", process.stdin
            continue
        try:
            reader = opened(process.machine, absolute(name, process.folder))
        except NoFile as error:
            command = process.argv[0].rpartition("/")[2]
            if command == "cat" or error.problem == "Is a directory":
                await process.complain(
                    f"{command}: can't open '{name}': {error}"
                    if "No such" in error.problem
                    else f"{command}: read error: {error}"
                )
            else:
                await process.complain(f"{command}: {name}: {error}")
            process.failed = True
            continue
        yield name, reader


async def everything(process: Process, reader: Reader) -> bytes:
    """What is read until the end, held in memory."""
    data = bytearray()
    while chunk := await reader.read():
        data += chunk
        await process.machine.memory.hold(process, len(data))
    return bytes(data)


async def pass_on(process: Process, reader: Reader, size: int) -> int:
    """Write the first bytes of a reader, and say how many there were; the rest stays where it is."""
    left = size
    while left > 0 and (chunk := await reader.read()):
        await process.stdout.write(chunk[:left])
        reader.give_back(chunk[left:])
        left -= min(left, len(chunk))
    return size - left


async def cat(process: Process) -> int:
    given, number = options.read(process.argv), 0
    async for _, reader in inputs(process, given.rest):
        lines = Lines(reader, process.machine)
        while "n" in given.flags and (line := await lines.line()) is not None:
            number += 1
            await process.stdout.write(f"{number:6d}\t".encode() + line + b"\n")
        while chunk := await reader.read():
            await process.stdout.write(chunk)
    return int(process.failed)


async def head(process: Process) -> int:
    given = options.read(_old_style(process.argv), "nc")
    async for _, reader in inputs(process, given.rest):
        if "c" in given.values:
            await pass_on(process, reader, size(given.values["c"]))
            continue
        lines = Lines(reader, process.machine)
        for _ in range(int(given.values.get("n", 10))):
            line = await lines.line()
            if line is None:
                break
            await process.stdout.write(line + b"\n")
    return int(process.failed)


async def tail(process: Process) -> int:
    given = options.read(_old_style(process.argv), "ncs")
    count = given.values.get("c") or given.values.get("n", "10")
    async for _, reader in inputs(process, given.rest):
        await _end(process, reader, count, by_bytes="c" in given.values)
    if given.flags & {"f", "F"}:
        await _follow(process, given.rest)
    return int(process.failed)


async def _end(process: Process, reader: Reader, count: str, *, by_bytes: bool) -> None:
    """What comes last, or with a plus what comes from there on; bytes or lines."""
    number, hold = size(count.lstrip("+-")), process.machine.memory.hold
    if by_bytes:
        data = await everything(process, reader)
        start = max(0, number - 1 if count.startswith("+") else len(data) - number)
        await process.stdout.write(data[start:])
        return
    lines = Lines(reader, process.machine)
    last: deque[bytes] = deque(maxlen=None if count.startswith("+") else number)
    held = 0
    while (line := await lines.line()) is not None:
        if count.startswith("+"):
            number -= 1
            if number <= 0:
                await process.stdout.write(line + b"\n")
            continue
        held += len(line) + LINE - (len(last[0]) + LINE if last and len(last) == number else 0)
        last.append(line)
        await hold(process, held)
    for line in last:
        await process.stdout.write(line + b"\n")


async def _follow(process: Process, names: list[str]) -> None:
    """Write what is appended to the files, for ever."""
    files = process.machine.files
    paths = [absolute(name, process.folder) for name in names]
    if all(path == "/dev/null" for path in paths):
        await forever()
    seen = {path: len(files.read(path)) if files.is_file(path) else 0 for path in paths}
    while True:
        await process.machine.cpu.sleep(1.0)
        for path in paths:
            data = files.read(path) if files.is_file(path) else b""
            await process.stdout.write(data[seen[path] :])
            seen[path] = len(data)


def _old_style(argv: list[str]) -> list[str]:
    """-5 means -n 5."""
    return [word for one in argv for word in (["-n", one[1:]] if re.fullmatch(r"-\d+", one) else [one])]


async def grep(process: Process) -> int:
    given = options.read(process.argv, "emABC")
    rest = list(given.rest)
    pattern = given.values.get("e") or (rest.pop(0) if rest else "")
    flags, command = given.flags, process.argv[0].rpartition("/")[2]
    extended = bool(flags & {"E", "P"}) or command == "egrep"
    try:
        found = regex.any_of(
            pattern.split("\n"), extended=extended, ignore_case="i" in flags, plain="F" in flags or command == "fgrep"
        )
    except PatternError as error:
        await process.complain(f"{command}: {error}")
        return 2
    hits, many = 0, len(rest) > 1 and "h" not in flags
    async for name, reader in inputs(process, rest):
        matched = 0
        lines = Lines(reader, process.machine)
        while (raw := await lines.line()) is not None:
            line = raw.decode(errors="replace")
            hit = found.fullmatch(line) if "x" in flags else found.search(line)
            if bool(hit) == ("v" in flags):
                continue
            matched += 1
            if "q" in flags:
                return 0
            if not flags & {"c", "l"}:
                shown = hit[0] if "o" in flags and hit else line
                await process.say((f"{name}:" if many else "") + shown + "\n")
        if "c" in flags:
            await process.say((f"{name}:" if many else "") + f"{matched}\n")
        if "l" in flags and matched:
            await process.say(f"{name}\n")
        hits += matched
    return 2 if process.failed else int(not hits)


async def tee(process: Process) -> int:
    given = options.read(process.argv)
    paths = [absolute(name, process.folder) for name in given.rest]
    for path in paths:
        process.machine.files.write(path, b"", "a" in given.flags)
    while chunk := await process.stdin.read():
        await process.stdout.write(chunk)
        for path in paths:
            process.machine.files.write(path, chunk, append=True)
    return 0


async def yes(process: Process) -> int:
    line = " ".join(process.argv[1:] or ["y"]) + "\n"
    while True:
        await process.say(line * max(1, LINES_AT_ONCE // len(line)))


COMMANDS: Mapping[str, Program] = {
    "cat": cat,
    "echo": echo,
    "egrep": grep,
    "fgrep": grep,
    "grep": grep,
    "head": head,
    "printf": printf,
    "tail": tail,
    "tee": tee,
    "yes": yes,
}
