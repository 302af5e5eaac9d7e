"""Files that have no end."""

from k9lite.engine.node.runtimes.simulated.machine import Machine
from k9lite.engine.node.runtimes.simulated.pipes import STEP, Pipe, Reader

ZEROS, DRAWS = bytes(65536), 256  # what is read at once of zeros; draws of eight bytes for what is read at random
ENDLESS = ("/dev/zero", "/dev/urandom", "/dev/random")


class Endless:
    """A reader of /dev/zero, or of random bytes."""

    def __init__(self, path: str, machine: Machine) -> None:
        self._path, self._machine, self._count, self._rest = path, machine, 0, b""

    async def read(self) -> bytes:
        await self._machine.cpu.spend(len(ZEROS) // STEP if self._path == "/dev/zero" else DRAWS // 4)
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
