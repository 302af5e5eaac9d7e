"""A process as somebody outside holds it: `kubectl exec` and `attach`."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from k9lite.client.streams import Sink
from k9lite.engine.node.runtimes.simulated.pipes import FULL, Outlet, Pipe
from k9lite.engine.node.runtimes.simulated.process import KILL, SIGNALS, Process

INTERRUPT, END_OF_FILE, FIRST_PRINTABLE = 3, 4, 32
MOST_UNREAD = 1024**2  # bytes that a slow reader may be behind
NEWLINES, ERASE = b"\r\n", b"\x08\x7f"


class Attached:
    """Implements `client.streams.Process`. `owner`: leaving it kills the process."""

    def __init__(self, process: Process, stdin: Pipe | None, owner: bool = True) -> None:
        self.process = process
        self._owner = owner
        self._keyboard = Keyboard(process, stdin, lambda data: self.take(1, data))
        self._chunks: deque[tuple[int, bytes]] = deque()
        self._size = 0  # bytes that nobody has read yet
        self._changed, self._read = asyncio.Event(), asyncio.Event()
        self._ended = False
        process.when_over(self._end)

    @property
    def stdin(self) -> Sink:
        return self._keyboard

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        while True:
            while self._chunks:
                number, data = self._chunks.popleft()
                self._size -= len(data)
                self._read.set()
                yield number, data
            if self._ended:
                return
            self._changed.clear()
            await self._changed.wait()

    async def resize(self, columns: int, rows: int) -> None:
        self.process.environment |= {"COLUMNS": str(columns), "LINES": str(rows)}

    async def wait(self) -> int:
        while self.process.exit_code is None or not self._ended:
            self._changed.clear()
            await self._changed.wait()
        return self.process.exit_code

    async def close(self) -> None:
        if self._owner:
            self.process.kill(KILL)
        self._end()

    def writer(self, number: int) -> Outlet:
        """Output of the process on stream `number`, which waits while nobody reads it."""

        async def write(data: bytes) -> None:
            self.take(number, data)
            while self._size > FULL and not self._ended:
                self._read.clear()
                await self._read.wait()

        return Outlet(write)

    def take(self, number: int, data: bytes) -> None:
        """Output on stream `number`; on a terminal every newline becomes a return and a newline.

        What is beyond `MOST_UNREAD` is lost: a process does not wait for those who watch it.
        """
        if self._ended or self._size > MOST_UNREAD:
            return
        if self.process.tty:
            number, data = 1, data.replace(b"\n", b"\r\n")
        self._chunks.append((number, data))
        self._size += len(data)
        self._changed.set()

    def _end(self) -> None:
        self._ended = True
        self._changed.set()
        self._read.set()


class Keyboard:
    """The input of a process: as it comes, or line by line where it is a terminal."""

    def __init__(self, process: Process, pipe: Pipe | None, echo: Callable[[bytes], None]) -> None:
        self._process, self._pipe, self._echo = process, pipe, echo
        self._line = bytearray()

    async def write(self, data: bytes) -> None:
        if self._pipe is None:
            return
        if not self._process.tty:
            await self._pipe.write(data)
            return
        for byte in data:
            await self._type(byte)

    async def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()

    async def _type(self, byte: int) -> None:
        """One key on a terminal: it is echoed, and the line is handed over with its end."""
        assert self._pipe is not None
        if byte in NEWLINES:
            self._echo(b"\n")
            line, self._line = bytes(self._line) + b"\n", bytearray()
            await self._pipe.write(line)
        elif byte == INTERRUPT:
            self._echo(b"^C\n")
            self._line.clear()
            self._process.kill(SIGNALS["INT"])
        elif byte == END_OF_FILE and not self._line:
            self._pipe.close()
        elif byte in ERASE:
            if self._line:
                self._line.pop()
                self._echo(b"\b \b")
        elif byte >= FIRST_PRINTABLE:
            self._line.append(byte)
            self._echo(bytes([byte]))
