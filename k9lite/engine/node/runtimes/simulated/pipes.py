"""Byte streams between the processes of a container."""

import asyncio
from collections.abc import Callable
from typing import Protocol

FULL = 65536  # bytes a pipe holds before its writer waits


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
        data = bytes(self._data)
        self._data.clear()
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


class Lines:
    """Reads a `Reader` line by line, keeping what comes after."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._rest, self._ended = reader, b"", False

    async def line(self) -> bytes | None:
        """The next line without its newline; None at the end."""
        while b"\n" not in self._rest and not self._ended:
            chunk = await self._reader.read()
            self._ended = not chunk
            self._rest += chunk
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    async def read(self) -> bytes:
        """What is left over, then whatever comes."""
        if self._rest:
            rest, self._rest = self._rest, b""
            return rest
        return await self._reader.read()

    def give_back(self, data: bytes) -> None:
        self._rest = data + self._rest
