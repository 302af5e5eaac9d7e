"""What a container writes, kept as lines with their times."""

import asyncio

from k9lite.aio.clock import Clock
from k9lite.client.streams import LogLine

KEPT = 10_000  # lines; older ones are dropped, as log rotation does
LONGEST_LINE = 16 * 1024  # bytes; longer ones are cut in pieces, as container runtimes do


class LogBuffer:
    """Takes bytes, gives lines."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lines: list[LogLine] = []
        self.dropped = 0
        self._partial = {"stdout": b"", "stderr": b""}
        self._ended = False
        self._changed: asyncio.Event | None = None

    def write(self, data: bytes, stream: str = "stdout") -> None:
        *lines, rest = (self._partial[stream] + data).split(b"\n")
        while len(rest) > LONGEST_LINE:
            lines.append(rest[:LONGEST_LINE])
            rest = rest[LONGEST_LINE:]
        self._partial[stream] = rest
        now = self._clock.now()
        self.lines.extend(LogLine(now, line.decode(errors="replace"), stream) for line in lines)
        if len(self.lines) > KEPT:
            excess = len(self.lines) - KEPT
            del self.lines[:excess]
            self.dropped += excess
        if lines:
            self._wake()

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
