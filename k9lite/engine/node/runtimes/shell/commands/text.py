"""Commands that read, change and write text."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping

from k9lite.engine.node.runtimes.files import NoFile, absolute
from k9lite.engine.node.runtimes.pipes import Lines, Pipe, Reader
from k9lite.engine.node.runtimes.process import Process, Program, forever
from k9lite.engine.node.runtimes.shell.commands import options

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


def unescaped(text: str) -> str:
    """Backslash sequences replaced."""

    def replace(match: re.Match[str]) -> str:
        if match[1].startswith("0") or match[1].isdigit():
            return chr(int(match[1], 8) & 0xFF)
        if match[1].startswith("x"):
            return chr(int(match[1][1:], 16))
        return ESCAPES.get(match[1], match[0])

    return re.sub(r"\\(0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", replace, text)


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
    form, arguments = process.argv[1], process.argv[2:]
    while True:
        text, arguments, used = _formatted(form, arguments)
        await process.say(text)
        if not arguments or not used:
            return 0


def _formatted(form: str, arguments: list[str]) -> tuple[str, list[str], bool]:
    """One pass over the format; what is left of the arguments; whether it took any."""
    rest, used = list(arguments), False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        if match[2] == "%":
            return "%"
        used = True
        value = rest.pop(0) if rest else ""
        if match[2] in "di":
            return f"%{match[1]}d" % _integer(value)
        if match[2] in "xXouc":
            number = _integer(value)
            return value[:1] if match[2] == "c" else f"%{match[1]}{match[2].replace('u', 'd')}" % number
        if match[2] in "feg":
            return f"%{match[1]}{match[2]}" % float(value or 0)
        return f"%{match[1]}s" % (unescaped(value) if match[2] == "b" else value)

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([a-zA-Z%])", replace, unescaped(form)), rest, used


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
            data = process.machine.files.read(absolute(name, process.folder))
        except NoFile as error:
            command = process.argv[0].rpartition("/")[2]
            if command == "cat" or error.problem == "Is a directory":
                await process.complain(f"{command}: can't open '{name}': {error}" if "No such" in error.problem
                                       else f"{command}: read error: {error}")  # fmt: skip
            else:
                await process.complain(f"{command}: {name}: {error}")
            process.failed = True
            continue
        yield name, Pipe(data, closed=True)


async def _all(reader: Reader) -> bytes:
    data = bytearray()
    while chunk := await reader.read():
        data += chunk
    return bytes(data)


async def _lines(process: Process, names: list[str]) -> list[str]:
    found: list[str] = []
    async for _, reader in inputs(process, names):
        found += (await _all(reader)).decode(errors="replace").splitlines()
    return found


async def cat(process: Process) -> int:
    async for _, reader in inputs(process, options.read(process.argv).rest):
        while chunk := await reader.read():
            await process.stdout.write(chunk)
    return int(process.failed)


async def head(process: Process) -> int:
    given = options.read(_old_style(process.argv), "nc")
    async for _, reader in inputs(process, given.rest):
        if "c" in given.values:
            await process.stdout.write((await _all(reader))[: int(given.values["c"])])
            continue
        lines = Lines(reader)
        for _ in range(int(given.values.get("n", 10))):
            line = await lines.line()
            if line is None:
                break
            await process.stdout.write(line + b"\n")
    return int(process.failed)


async def tail(process: Process) -> int:
    given = options.read(_old_style(process.argv), "ncs")
    count = given.values.get("n", "10")
    async for _, reader in inputs(process, given.rest):
        data = await _all(reader)
        if "c" in given.values:
            await process.stdout.write(data[-int(given.values["c"]) :])
            continue
        lines = data.splitlines(keepends=True)
        kept = lines[int(count) - 1 :] if count.startswith("+") else lines[-int(count) :] if int(count) else []
        await process.stdout.write(b"".join(kept))
    if given.flags & {"f", "F"}:
        await _follow(process, given.rest)
    return int(process.failed)


async def _follow(process: Process, names: list[str]) -> None:
    """Write what is appended to the files, for ever."""
    files = process.machine.files
    paths = [absolute(name, process.folder) for name in names]
    if all(path == "/dev/null" for path in paths):
        await forever()
    seen = {path: len(files.read(path)) if files.is_file(path) else 0 for path in paths}
    while True:
        await process.machine.clock.sleep(1.0)
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
    flags, ignore = given.flags, re.IGNORECASE if "i" in given.flags else 0
    found = re.compile(re.escape(pattern) if "F" in flags else pattern, ignore)
    hits, many = 0, len(rest) > 1 and "h" not in flags
    async for name, reader in inputs(process, rest):
        matched = 0
        lines = Lines(reader)
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


async def wc(process: Process) -> int:
    given = options.read(process.argv)
    wanted = [flag for flag in "lwc" if flag in given.flags] or list("lwc")
    totals = dict.fromkeys("lwc", 0)
    count = 0
    async for name, reader in inputs(process, given.rest):
        data = await _all(reader)
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        totals = {flag: totals[flag] + counts[flag] for flag in totals}
        count += 1
        await process.say(_counts(counts, wanted, "" if name == "-" else name))
    if count > 1:
        await process.say(_counts(totals, wanted, "total"))
    return int(process.failed)


def _counts(counts: Mapping[str, int], wanted: list[str], name: str) -> str:
    if len(wanted) == 1:
        return f"{counts[wanted[0]]}{' ' + name if name else ''}\n"
    return " ".join(f"{counts[flag]:9d}" for flag in wanted) + (f" {name}" if name else "") + "\n"


async def sort(process: Process) -> int:
    given = options.read(process.argv, "kt")
    lines = await _lines(process, given.rest)
    if "u" in given.flags:
        lines = list(dict.fromkeys(lines))
    column = int(given.values["k"].split(",")[0].rstrip("nr")) - 1 if "k" in given.values else None

    def key(line: str) -> tuple[float, str]:
        part = line
        if column is not None:
            parts = line.split(given.values.get("t"))
            part = parts[column] if column < len(parts) else ""
        number = re.match(r"\s*-?\d+(\.\d+)?", part) if "n" in given.flags else None
        return (float(number[0]) if number else 0.0, part)

    for line in sorted(lines, key=key, reverse="r" in given.flags):
        await process.say(line + "\n")
    return int(process.failed)


async def uniq(process: Process) -> int:
    given = options.read(process.argv)
    groups: list[tuple[str, int]] = []
    for line in await _lines(process, given.rest):
        if groups and groups[-1][0] == line:
            groups[-1] = (line, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    for line, count in groups:
        await process.say((f"{count:7d} " if "c" in given.flags else "") + line + "\n")
    return 0


async def cut(process: Process) -> int:
    given = options.read(process.argv, "dfc")
    separator, wanted = given.values.get("d", "\t"), given.values.get("f") or given.values.get("c", "1")
    for line in await _lines(process, given.rest):
        pieces = list(line) if "c" in given.values else line.split(separator)
        if "c" not in given.values and len(pieces) == 1:
            await process.say(line + "\n")
            continue
        chosen = [piece for number, piece in enumerate(pieces, 1) if _in_ranges(number, wanted)]
        await process.say(("" if "c" in given.values else separator).join(chosen) + "\n")
    return int(process.failed)


def _in_ranges(number: int, ranges: str) -> bool:
    for one in ranges.split(","):
        first, dash, last = one.partition("-")
        if (int(first or 1) <= number <= int(last or number)) if dash else number == int(first):
            return True
    return False


async def tr(process: Process) -> int:
    given = options.read(process.argv)
    old = _letters(given.rest[0]) if given.rest else ""
    new = _letters(given.rest[1]) if len(given.rest) > 1 else ""
    table = {ord(a): (None if "d" in given.flags else new[min(i, len(new) - 1)]) for i, a in enumerate(old)}
    while chunk := await process.stdin.read():
        text = chunk.decode(errors="replace").translate(table)
        if "s" in given.flags:
            text = re.sub(rf"([{re.escape(new or old)}])\1+", r"\1", text)
        await process.say(text)
    return 0


def _letters(spec: str) -> str:
    spec = unescaped(spec).replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z").replace("[:digit:]", "0-9")
    spec = spec.replace("[:space:]", " \t\n\r")
    return re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), spec)


async def tee(process: Process) -> int:
    given = options.read(process.argv)
    data = await _all(process.stdin)
    await process.stdout.write(data)
    for name in given.rest:
        process.machine.files.write(absolute(name, process.folder), data, "a" in given.flags)
    return 0


async def seq(process: Process) -> int:
    numbers = [int(one) for one in process.argv[1:]]
    first, step, last = [(1, 1, numbers[0]), (numbers[0], 1, numbers[-1]), tuple(numbers)][len(numbers) - 1]
    for number in range(first, last + (1 if step > 0 else -1), step):
        await process.say(f"{number}\n")
    return 0


async def yes(process: Process) -> int:
    while True:
        await process.say(" ".join(process.argv[1:] or ["y"]) + "\n")
        await asyncio.sleep(0)


COMMANDS: Mapping[str, Program] = {
    "cat": cat, "cut": cut, "echo": echo, "grep": grep, "head": head, "printf": printf, "seq": seq, "sort": sort,
    "tail": tail, "tee": tee, "tr": tr, "uniq": uniq, "wc": wc, "yes": yes,
}  # fmt: skip
