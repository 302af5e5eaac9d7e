"""Commands that work line by line: counting, sorting, cutting."""

import heapq
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from k9lite.engine.node.runtimes.simulated.pipes import Lines
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.options import Options
from k9lite.engine.node.runtimes.simulated.shell.commands.text import LINE, inputs
from k9lite.engine.node.runtimes.simulated.shell.escapes import unescaped

RUN = 1_000  # lines that are sorted at once; runs are merged afterwards
NUMBER = re.compile(r"\s*(-?\d{1,300}(?:\.\d{1,300})?)([KMGTPE]?)")
POWERS = {unit: 1024.0**power for power, unit in enumerate(("", "K", "M", "G", "T", "P", "E"))}
LETTERS = {
    "upper": "A-Z",
    "lower": "a-z",
    "digit": "0-9",
    "alpha": "A-Za-z",
    "alnum": "A-Za-z0-9",
    "space": " \t\n\r\v\f",
    "blank": " \t",
    "punct": "!-/:-@[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "cntrl": "\0-\x1f\x7f",
    "print": " -~",
    "graph": "!-~",
}


async def each_line(process: Process, names: list[str]) -> AsyncIterator[str]:
    """Every line of the files, one after the other."""
    async for _, reader in inputs(process, names):
        lines = Lines(reader, process.machine)
        while (line := await lines.line()) is not None:
            yield line.decode(errors="replace")


async def every_line(process: Process, names: list[str]) -> list[str]:
    """All lines at once, held in memory."""
    lines, size = list[str](), 0
    async for line in each_line(process, names):
        lines.append(line)
        size += len(line) + LINE
        await process.machine.memory.hold(process, size)
    return lines


async def write_lines(process: Process, lines: Iterable[str]) -> None:
    for line in lines:
        await process.say(f"{line}\n")


async def wc(process: Process) -> int:
    given = options.read(process.argv)
    wanted = [flag for flag in "lwcm" if flag in given.flags] or list("lwc")
    totals = dict.fromkeys("lwcm", 0)
    count = 0
    async for name, reader in inputs(process, given.rest):
        counts, inside = dict.fromkeys("lwcm", 0), False
        while chunk := await reader.read():
            words = len(chunk.split()) - (inside and not chunk[:1].isspace())
            counts["l"] += chunk.count(b"\n")
            counts["w"] += words
            counts["c"] += len(chunk)
            counts["m"] += sum(byte & 0xC0 != 0x80 for byte in chunk) if "m" in wanted else 0
            inside = not chunk[-1:].isspace()
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


Key = Callable[[str], tuple[float, str]]


def _key(given: Options) -> Key:
    """What lines are sorted by."""
    spec = given.values.get("k", "").split("\n")[0]
    first = int(re.match(r"\d*", spec)[0] or 0) if spec else 0  # type: ignore[index]
    last = int(found[1]) if (found := re.search(r",(\d+)", spec)) else 0
    flags = given.flags | set(re.sub(r"[^a-zA-Z]", "", spec))

    def key(line: str) -> tuple[float, str]:
        part = line
        if first:
            separator = given.values.get("t")
            parts = line.split(separator)
            part = (separator or " ").join(parts[first - 1 : last or None])
        if not flags & {"n", "g", "h"}:
            return 0.0, part.lower() if "f" in flags else part.lstrip() if "b" in flags else part
        number = NUMBER.match(part)
        return (float(number[1]) * POWERS[number[2] if "h" in flags else ""] if number else 0.0), ""

    return key


async def sort(process: Process) -> int:
    given = options.read(process.argv, "kto")
    spec = given.values.get("k", "").split("\n")[0]
    reverse = "r" in given.flags or "r" in spec
    key, whole = _key(given), not given.flags & {"u", "s"}

    def order(line: str) -> tuple[tuple[float, str], str]:
        return key(line), line if whole else ""

    lines = await every_line(process, given.rest)
    runs = []
    for start in range(0, len(lines), RUN):
        runs.append(sorted(lines[start : start + RUN], key=order, reverse=reverse))
        await process.machine.cpu.spend(RUN // 8)
    before: tuple[float, str] | None = None
    for line in heapq.merge(*runs, key=order, reverse=reverse):
        if "u" in given.flags and key(line) == before:
            continue
        before = key(line)
        await process.say(f"{line}\n")
    return int(process.failed)


async def uniq(process: Process) -> int:
    given = options.read(process.argv)
    before, count = "", 0

    async def write() -> None:
        if count and not ("d" in given.flags and count == 1) and not ("u" in given.flags and count > 1):
            await process.say((f"{count:7d} " if "c" in given.flags else "") + before + "\n")

    async for line in each_line(process, given.rest):
        same = line.lower() == before.lower() if "i" in given.flags else line == before
        if count and same:
            count += 1
            continue
        await write()
        before, count = line, 1
    await write()
    return int(process.failed)


async def cut(process: Process) -> int:
    given = options.read(process.argv, "dfcb")
    separator, ranges = given.values.get("d", "\t"), given.values.get("f") or given.values.get("c") or given.values["b"]
    spans = _ranges(ranges)
    async for line in each_line(process, given.rest):
        if "f" not in given.values:
            await process.say("".join(line[first - 1 : last] for first, last in spans) + "\n")
            continue
        if separator not in line:
            if "s" not in given.flags:
                await process.say(line + "\n")
            continue
        pieces = line.split(separator)
        await process.say(separator.join(piece for first, last in spans for piece in pieces[first - 1 : last]) + "\n")
    return int(process.failed)


def _ranges(text: str) -> list[tuple[int, int | None]]:
    """1,3-5,7- as (first, last) in ascending order, with those that overlap made one."""
    spans: list[tuple[int, int | None]] = []
    for one in text.split(","):
        first, dash, last = one.partition("-")
        spans.append((max(1, int(first or 1)), int(last) if last else None if dash else int(first)))
    merged: list[tuple[int, int | None]] = []
    for start, stop in sorted(spans, key=lambda span: span[0]):
        if merged and (merged[-1][1] is None or start <= (merged[-1][1] or 0)):
            before = merged[-1][1]
            merged[-1] = merged[-1][0], None if before is None or stop is None else max(before, stop)
        else:
            merged.append((start, stop))
    return merged


async def tr(process: Process) -> int:
    given = options.read(process.argv)
    old = _letters(given.rest[0]) if given.rest else ""
    new = _letters(given.rest[1]) if len(given.rest) > 1 else ""
    delete, others = "d" in given.flags, bool(given.flags & {"c", "C"})
    table = {ord(a): (None if delete else new[min(i, len(new) - 1)]) for i, a in enumerate(old)}
    outside = re.compile(f"[^{re.escape(old)}]") if others and old else None
    squeezed = re.compile(rf"([{re.escape(new or old)}])\1+") if "s" in given.flags else None
    last = ""
    while chunk := await process.stdin.read():
        text = chunk.decode(errors="ignore")
        if outside is not None:
            text = outside.sub("" if delete else new[-1:] or r"\g<0>", text)
        elif delete or new:
            text = text.translate(table)
        if squeezed is not None:
            text = squeezed.sub(r"\1", last + text)[len(last) :]
            last = text[-1:] or last
        await process.say(text)
    return 0


def _letters(spec: str) -> str:
    spec = unescaped(re.sub(r"\[:(\w+):\]", lambda found: LETTERS.get(found[1], ""), spec))
    return re.sub(r"(.)-(.)", _range, spec, flags=re.DOTALL)


def _range(found: re.Match[str]) -> str:
    first, last = ord(found[1]), ord(found[2])
    if last < first:
        raise ValueError(found[0])
    return "".join(map(chr, range(first, last + 1)))


async def tac(process: Process) -> int:
    await write_lines(process, reversed(await every_line(process, options.read(process.argv).rest)))
    return int(process.failed)


async def rev(process: Process) -> int:
    async for line in each_line(process, options.read(process.argv).rest):
        await process.say(line[::-1] + "\n")
    return int(process.failed)


async def number_lines(process: Process) -> int:
    number = 0
    async for line in each_line(process, options.read(process.argv, "bwsv").rest):
        number += bool(line)
        await process.say(f"{number:6d}\t{line}\n" if line else "\n")
    return int(process.failed)


async def paste(process: Process) -> int:
    given = options.read(process.argv, "d")
    separator = unescaped(given.values.get("d", "\t"))
    if "s" in given.flags:
        await process.say(separator.join(await every_line(process, given.rest)) + "\n")
        return int(process.failed)
    columns = [Lines(reader, process.machine) async for _, reader in inputs(process, given.rest)]
    while any(row := [await column.line() for column in columns]) or any(cell is not None for cell in row):
        await process.say(separator.join((cell or b"").decode(errors="replace") for cell in row) + "\n")
    return int(process.failed)


COMMANDS: Mapping[str, Program] = {
    "cut": cut,
    "nl": number_lines,
    "paste": paste,
    "rev": rev,
    "sort": sort,
    "tac": tac,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
