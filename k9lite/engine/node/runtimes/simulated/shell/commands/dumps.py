"""Commands that show bytes as numbers."""

from collections.abc import AsyncIterator, Mapping

from k9lite.engine.node.runtimes.simulated.pipes import Reader
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.numbers import size
from k9lite.engine.node.runtimes.simulated.shell.commands.options import Options
from k9lite.engine.node.runtimes.simulated.shell.commands.text import inputs

ROW = 16
NAMED = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}


async def _rows(process: Process, given: Options, width: int = ROW) -> AsyncIterator[tuple[int, bytes]]:
    """Where each row begins, and its bytes; the last is empty and says how many there were."""
    left = size(given.values["n"]) if "n" in given.values else size(given.values.get("N", "-1"))
    at, rest = 0, b""
    async for _, reader in inputs(process, given.rest):
        async for chunk in _chunks(reader):
            rest += chunk[: left - at - len(rest)] if left >= 0 else chunk
            while len(rest) >= width:
                await process.machine.cpu.spend()
                yield at, rest[:width]
                at, rest = at + width, rest[width:]
            if 0 <= left <= at + len(rest):
                break
    if rest:
        yield at, rest
    yield at + len(rest), b""


async def _chunks(reader: Reader) -> AsyncIterator[bytes]:
    while chunk := await reader.read():
        for start in range(0, len(chunk), 4096):
            yield chunk[start : start + 4096]


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


async def hexdump(process: Process) -> int:
    given = options.read(process.argv, "ns")
    canonical = "C" in given.flags or process.argv[0].rpartition("/")[2] == "hd"
    async for at, row in _rows(process, given):
        if not row:
            if at:
                await process.say(f"{at:0{8 if canonical else 7}x}\n")
        elif canonical:
            halves = "  ".join(" ".join(f"{byte:02x}" for byte in half) for half in (row[:8], row[8:]))
            await process.say(f"{at:08x}  {halves:<48}  |{_printable(row)}|\n")
        else:
            await process.say(f"{at:07x} {_words(row)}\n")
    return int(process.failed)


def _words(row: bytes) -> str:
    pairs = [int.from_bytes(row[start : start + 2], "little") for start in range(0, len(row), 2)]
    return " ".join(f"{pair:04x}" for pair in pairs)


async def od(process: Process) -> int:
    given = options.read(process.argv, "AtNjw")
    kind, base = given.values.get("t", "c" if "c" in given.flags else "x1" if "x" in given.flags else "o2"), "o"
    base = {"x": "x", "d": "d", "n": ""}.get(given.values.get("A", "o"), "o")
    async for at, row in _rows(process, given):
        place = f"{at:07{base}}" if base else ""
        if kind.startswith("c"):
            cells = "".join(f"{NAMED.get(byte, chr(byte) if 32 <= byte < 127 else f'{byte:03o}'):>4}" for byte in row)
        elif kind == "o2":
            cells = "".join(
                f" {int.from_bytes(row[start : start + 2], 'little'):06o}" for start in range(0, len(row), 2)
            )
        else:
            form = {"x": "02x", "d": "4d", "u": "3d"}.get(kind[0], "03o")
            width = max(1, min(8, int(kind[1:]) if kind[1:].isdigit() else 1))
            form = f"0{2 * width}x" if kind[0] == "x" else form
            cells = "".join(
                f" {int.from_bytes(row[start : start + width], 'little'):{form}}" for start in range(0, len(row), width)
            )
        if row or place:
            await process.say(f"{place}{cells}\n")
    return int(process.failed)


async def xxd(process: Process) -> int:
    given = options.read(process.argv, "lc")
    plain = "p" in given.flags
    if "l" in given.values:
        given.values["n"] = given.values["l"]
    async for at, row in _rows(process, given, 30 if plain else ROW):
        if not row:
            break
        if plain:
            await process.say(f"{row.hex()}\n")
            continue
        pairs = " ".join(row[start : start + 2].hex() for start in range(0, len(row), 2))
        await process.say(f"{at:08x}: {pairs:<39}  {_printable(row)}\n")
    return int(process.failed)


COMMANDS: Mapping[str, Program] = {"hd": hexdump, "hexdump": hexdump, "od": od, "xxd": xxd}
