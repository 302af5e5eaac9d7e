"""A process as somebody outside holds it: `kubectl exec` and `attach`."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from k9lite.client.streams import Sink
from k9lite.engine.node.runtimes.pipes import Pipe
from k9lite.engine.node.runtimes.process import KILL, SIGNALS, Process

INTERRUPT = b"\x03"


class Attached:
    """Implements `client.streams.Process`. `owner`: leaving it kills the process."""

    def __init__(self, process: Process, stdin: Pipe | None, owner: bool = True) -> None:
        self.process = process
        self._stdin, self._owner = stdin, owner
        self._chunks: deque[tuple[int, bytes]] = deque()
        self._changed = asyncio.Event()
        self._ended = False
        process.when_over(self._end)

    @property
    def stdin(self) -> Sink:
        return Keyboard(self.process, self._stdin)

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        while True:
            while self._chunks:
                yield self._chunks.popleft()
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

    def take(self, number: int, data: bytes) -> None:
        """Output of the process on stream `number`; on a terminal every newline becomes a return and a newline."""
        if self._ended:
            return
        if self.process.tty:
            number, data = 1, data.replace(b"\n", b"\r\n")
        self._chunks.append((number, data))
        self._changed.set()

    def _end(self) -> None:
        self._ended = True
        self._changed.set()


class Keyboard:
    """The input of a process; on a terminal it is echoed by nobody, but Ctrl-C interrupts."""

    def __init__(self, process: Process, pipe: Pipe | None) -> None:
        self._process, self._pipe = process, pipe

    async def write(self, data: bytes) -> None:
        if self._process.tty and INTERRUPT in data:
            self._process.kill(SIGNALS["INT"])
            data = data.replace(INTERRUPT, b"")
        if self._pipe is not None and data:
            await self._pipe.write(data.replace(b"\r", b"\n") if self._process.tty else data)

    async def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
