"""Files that have no end, and dd, which copies pieces of them."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.files import NoFile, absolute
from k9lite.engine.node.runtimes.machine import Machine
from k9lite.engine.node.runtimes.pipes import Pipe, Reader
from k9lite.engine.node.runtimes.process import Process, Program, forever

ZEROS, DRAWS = bytes(65536), 512  # what is read at once of zeros; draws of eight bytes for what is read at random
CHUNK_SECONDS = 0.01  # what that takes
ENDLESS = ("/dev/zero", "/dev/urandom", "/dev/random")
BLOCK = 512  # bytes that dd copies where nothing is said
UNITS = {"k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3}
MOST = 16 * 1024**2  # bytes that a file may get from dd


class Endless:
    """A reader of /dev/zero, or of random bytes."""

    def __init__(self, path: str, machine: Machine) -> None:
        self._path, self._machine, self._count, self._rest = path, machine, 0, b""

    async def read(self) -> bytes:
        await self._machine.clock.sleep(CHUNK_SECONDS)
        data, self._rest = self._rest, b""
        self._count += 1
        return data or (ZEROS if self._path == "/dev/zero" else self._random())

    def give_back(self, data: bytes) -> None:
        self._rest = data + self._rest

    def _random(self) -> bytes:
        draw = self._machine.randomness.number
        return b"".join(
            draw(self._path, f"{self._machine.unique}/{self._count}", part).to_bytes(8) for part in range(DRAWS)
        )


def opened(machine: Machine, path: str) -> Reader:
    """A reader of the file. NoFile."""
    return Endless(path, machine) if path in ENDLESS else Pipe(machine.files.read(path), closed=True)


async def dd(process: Process) -> int:
    given = dict(word.partition("=")[::2] for word in process.argv[1:])
    machine, endless = process.machine, given.get("if") in ENDLESS and "count" not in given
    if endless and given.get("of") == "/dev/null":
        await forever()
    size = _bytes(given.get("bs", str(BLOCK)))
    wanted = MOST if endless or "count" not in given else min(MOST, size * _bytes(given["count"]))
    try:
        reader = opened(machine, absolute(given["if"], process.folder)) if "if" in given else process.stdin
        data = bytearray()
        while len(data) < wanted and (chunk := await reader.read()):
            data += chunk
        copied = bytes(data[:wanted])
        if "of" in given:
            machine.files.write(absolute(given["of"], process.folder), copied)
        else:
            await process.stdout.write(copied)
    except NoFile as error:
        await process.complain(f"dd: can't open '{given.get('if', '')}': {error}")
        return 1
    blocks = f"{len(copied) // size}+{int(len(copied) % size > 0)} records"
    await process.complain(f"{blocks} in\n{blocks} out\n{len(copied)} bytes copied")
    return 0


def _bytes(text: str) -> int:
    unit = text[-1:]
    return int(text[:-1]) * UNITS[unit] if unit in UNITS else int(text)


COMMANDS: Mapping[str, Program] = {"dd": dd}
