"""Commands that work line by line: counting, sorting, cutting."""

import re
from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.text import everything, inputs
from k9lite.engine.node.runtimes.simulated.shell.escapes import unescaped


async def _lines(process: Process, names: list[str]) -> list[str]:
    found: list[str] = []
    async for _, reader in inputs(process, names):
        found += (await everything(process, reader)).decode(errors="replace").splitlines()
    return found


async def wc(process: Process) -> int:
    given = options.read(process.argv)
    wanted = [flag for flag in "lwc" if flag in given.flags] or list("lwc")
    totals = dict.fromkeys("lwc", 0)
    count = 0
    async for name, reader in inputs(process, given.rest):
        data = await everything(process, reader)
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
    others = re.compile(f"[^{re.escape(old)}]") if given.flags & {"c", "C"} and old else None
    while chunk := await process.stdin.read():
        text = chunk.decode(errors="ignore")
        text = others.sub("" if "d" in given.flags else new[-1:], text) if others else text.translate(table)
        if "s" in given.flags:
            text = re.sub(rf"([{re.escape(new or old)}])\1+", r"\1", text)
        await process.say(text)
    return 0


def _letters(spec: str) -> str:
    spec = unescaped(spec).replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z").replace("[:digit:]", "0-9")
    spec = spec.replace("[:space:]", " \t\n\r")
    return re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), spec)


async def tac(process: Process) -> int:
    for line in reversed(await _lines(process, options.read(process.argv).rest)):
        await process.say(line + "\n")
    return int(process.failed)


COMMANDS: Mapping[str, Program] = {
    "cut": cut, "sort": sort, "tac": tac, "tr": tr, "uniq": uniq, "wc": wc,
}  # fmt: skip
