"""Byte streams between the processes of a container."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from k9lite.engine.node.runtimes.simulated.machine import Machine
from k9lite.engine.node.runtimes.simulated.memory import Memory
from k9lite.engine.node.runtimes.simulated.processor import CpuTime

FULL = 65536  # bytes a pipe holds before its writer waits, and gives at once
PIECE = 4096  # bytes that are written at once
STEP = 8192  # bytes that pass in one step
LINES_PER_STEP = 4


class Reader(Protocol):
    """Where a process reads its input."""

    async def read(self) -> bytes:
        """The next bytes; empty at the end."""

    def give_back(self, data: bytes) -> None:
        """Unread what was read too much."""


class Writer(Protocol):
    """Where a process writes its output."""

    async def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """This writer is done; calling it again does nothing."""


class Empty:
    """/dev/null: at its end from the start, takes everything."""

    async def read(self) -> bytes:
        return b""

    def give_back(self, data: bytes) -> None:
        return None

    async def write(self, data: bytes) -> None:
        return None

    def close(self) -> None:
        return None


class Into:
    """Hands every piece of output to a function."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    async def write(self, data: bytes) -> None:
        self._take(data)

    def close(self) -> None:
        return None


class Outlet:
    """Hands every piece of output to a function that may wait."""

    def __init__(self, take: Callable[[bytes], Awaitable[None]]) -> None:
        self._take = take

    async def write(self, data: bytes) -> None:
        await self._take(data)

    def close(self) -> None:
        return None


class Collector:
    """Keeps all output in memory."""

    def __init__(self, memory: Memory) -> None:
        self.data, self._memory = bytearray(), memory

    async def write(self, data: bytes) -> None:
        self.data += data
        await self._memory.hold(self, len(self.data))

    def close(self) -> None:
        return None

    def let_go(self) -> None:
        """What was kept is no longer the container's."""
        self._memory.let_go(self)


class Pipe:
    """Both ends of a pipe with one writer."""

    def __init__(self, data: bytes = b"", closed: bool = False) -> None:
        self._data = bytearray(data)
        self._closed = closed
        self._abandoned = False
        self._waiters: list[asyncio.Future[None]] = []

    async def read(self) -> bytes:
        while not self._data and not self._closed:
            await self._wait()
        data = bytes(self._data[:FULL])
        del self._data[:FULL]
        self._wake()
        return data

    def give_back(self, data: bytes) -> None:
        self._data[:0] = data

    async def write(self, data: bytes) -> None:
        if self._abandoned:
            raise BrokenPipeError
        self._data += data
        self._wake()
        while len(self._data) > FULL and not self._closed and not self._abandoned:
            await self._wait()

    def close(self) -> None:
        self._closed = True
        self._wake()

    def abandon(self) -> None:
        """Nobody will read any more."""
        self._abandoned = True
        self._wake()

    async def _wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class MeteredReader:
    """A reader whose bytes take processor time."""

    def __init__(self, reader: Reader, cpu: CpuTime) -> None:
        self._reader, self.cpu = reader, cpu

    @classmethod
    def of(cls, reader: Reader, cpu: CpuTime) -> "MeteredReader":
        return reader if isinstance(reader, MeteredReader) else cls(reader, cpu)

    async def read(self) -> bytes:
        data = await self._reader.read()
        await self.cpu.spend(1 + len(data) // STEP)
        return data

    def give_back(self, data: bytes) -> None:
        self._reader.give_back(data)


class MeteredWriter:
    """A writer whose bytes take processor time, and are written piece by piece."""

    def __init__(self, writer: Writer, cpu: CpuTime) -> None:
        self._writer, self._cpu = writer, cpu

    @classmethod
    def of(cls, writer: Writer, cpu: CpuTime) -> "MeteredWriter":
        return writer if isinstance(writer, MeteredWriter) else cls(writer, cpu)

    async def write(self, data: bytes) -> None:
        for start in range(0, len(data) or 1, PIECE):
            piece = data[start : start + PIECE]
            await self._cpu.spend(1 + len(piece) // STEP)
            await self._writer.write(piece)

    def close(self) -> None:
        self._writer.close()


class Lines:
    """Reads a `Reader` line by line, keeping what comes after."""

    def __init__(self, reader: Reader, machine: Machine) -> None:
        self._reader, self._machine = reader, machine
        self._data, self._at = b"", 0  # what was read, and where the next line begins in it
        self._ended = False
        self._count = 0

    async def line(self) -> bytes | None:
        """The next line without its newline; None at the end. A last line without a newline counts."""
        self._count += 1
        await self._machine.cpu.spend(self._count % LINES_PER_STEP == 0)
        beginning: list[bytes] = []
        while True:
            stop = self._data.find(b"\n", self._at)
            if stop >= 0:
                beginning.append(self._data[self._at : stop])
                self._at = stop + 1
                break
            beginning.append(self._data[self._at :])
            self._data, self._at = b"" if self._ended else await self._reader.read(), 0
            if not self._data:
                self._ended = True
                if not any(beginning):
                    return None
                break
            await self._machine.memory.hold(self, sum(map(len, beginning)))
        self._machine.memory.let_go(self)
        return b"".join(beginning)

    async def read(self) -> bytes:
        """What is left over, then whatever comes."""
        rest, self._data, self._at = self._data[self._at :], b"", 0
        return rest or await self._reader.read()

    def give_back(self, data: bytes) -> None:
        self._data, self._at = data + self._data[self._at :], 0
