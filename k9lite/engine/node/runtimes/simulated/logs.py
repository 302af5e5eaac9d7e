"""What a container writes, kept as lines with their times."""

import asyncio

from k9lite.aio.clock import Clock
from k9lite.client.streams import LogLine

KEPT, KEPT_BYTES = 10_000, 4 * 1024**2  # lines, and their size; older ones are dropped, as log rotation does
LONGEST_LINE = 16 * 1024  # bytes; longer ones are cut in pieces, as container runtimes do


class LogBuffer:
    """Takes bytes, gives lines."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lines: list[LogLine] = []
        self.dropped = 0
        self._size = 0  # of all lines
        self._partial = {"stdout": b"", "stderr": b""}
        self._ended = False
        self._changed: asyncio.Event | None = None

    @classmethod
    def ended(cls, clock: Clock, lines: list[LogLine]) -> "LogBuffer":
        """The log of a container that writes no more."""
        log = cls(clock)
        log.lines, log._ended = lines, True
        return log

    def write(self, data: bytes, stream: str = "stdout") -> None:
        *lines, rest = (self._partial[stream] + data).split(b"\n")
        while len(rest) > LONGEST_LINE:
            lines.append(rest[:LONGEST_LINE])
            rest = rest[LONGEST_LINE:]
        self._partial[stream] = rest
        now = self._clock.now()
        self.lines.extend(LogLine(now, line.decode(errors="replace"), stream) for line in lines)
        self._size += sum(map(len, lines))
        self._rotate()
        if lines:
            self._wake()

    def _rotate(self) -> None:
        """Drop the oldest lines of what is too much."""
        excess = max(0, len(self.lines) - KEPT)
        self._size -= sum(len(line.text) for line in self.lines[:excess])
        while self._size > KEPT_BYTES and excess < len(self.lines):
            self._size -= len(self.lines[excess].text)
            excess += 1
        del self.lines[:excess]
        self.dropped += excess

    def write_line(self, text: str) -> None:
        self.write(f"{text}\n".encode())

    def end(self) -> None:
        """Nothing more will be written."""
        for stream, rest in self._partial.items():
            if rest:
                self.write(b"\n", stream)
        self._ended = True
        self._wake()

    async def more(self, seen: int) -> bool:
        """Wait until there are more than `seen` lines, dropped ones counted; False when there will be none."""
        while self.dropped + len(self.lines) <= seen:
            if self._ended:
                return False
            if self._changed is None:
                self._changed = asyncio.Event()
            await self._changed.wait()
        return True

    def tail(self, lines: int, size: int) -> str:
        """The last lines, at most `size` characters of them."""
        return "\n".join(line.text for line in self.lines[-lines:])[-size:]

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None
