"""How much of this process simulated containers get: their work is counted in steps, and done in slices.

A step is the smallest thing a script does, some 20 microseconds here: a command of the shell, a round of a loop, a few
lines, some kilobytes. One slice of one container runs per turn of the event loop, so that nobody waits for longer.
"""

import asyncio
from collections import deque

from k9lite.aio.clock import Clock

SLICE = 60  # steps between two turns of the loop
LAUNCH_STEPS = 5  # what starting a process takes
BURST = 2_000  # steps that a container may take at once; what it saves while it does little
STEPS_PER_SECOND = 10_000  # steps that a container goes on at with a whole core


class Processor:
    """Hands slices to the containers of a cluster in the order in which they ask."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._armed = False
        self.busy: set[object] = set()  # who has used up what it saved

    async def turn(self) -> None:
        """Wait for the next slice."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiter)
        if not self._armed:
            self._armed = True
            loop.call_soon(self._next)
        await waiter

    def _next(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break
        self._armed = bool(self._waiting)
        if self._armed:
            asyncio.get_running_loop().call_soon(self._next)


class CpuTime:
    """What one container may do.

    limit: cores that it may use, 0 for no limit; it gets one at most, however many its node has
    """

    def __init__(self, processor: Processor, clock: Clock, limit: float = 0.0) -> None:
        self._processor, self._clock = processor, clock
        self.limit = limit
        self.total = 0  # steps so far
        self._pending = 0  # steps since the last turn
        self._saved, self._since = float(BURST), clock.now()

    async def spend(self, steps: int = 1) -> None:
        """Count steps that were done; waits where it is the turn of others."""
        self._pending += steps
        if self._pending >= SLICE:
            await self._pause()

    async def begin(self) -> None:
        """A process starts: it waits for a slice first, since many may start at once."""
        self._pending += LAUNCH_STEPS
        await self._pause()

    async def sleep(self, seconds: float) -> None:
        """Do nothing for so long, and wait for a slice then: many may wake at once."""
        await self._clock.sleep(seconds)
        await self._processor.turn()

    async def _pause(self) -> None:
        steps, self._pending = self._pending, 0
        self.total += steps
        rate = STEPS_PER_SECOND * min(self.limit or 1.0, 1.0)
        now = self._clock.now()
        self._saved = min(BURST, self._saved + (now - self._since) * rate) - steps
        self._since = now
        if self._saved < 0:
            await self._throttled(rate)
        await self._processor.turn()

    async def _throttled(self, rate: float) -> None:
        """Pay for what was overdrawn; all that are busy share one core."""
        busy = self._processor.busy
        busy.add(self)
        try:
            await self._clock.sleep(-self._saved / rate * len(busy))
        finally:
            busy.discard(self)
