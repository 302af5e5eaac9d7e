"""The one clock of a cluster: it can run slower or faster than the wall's, stand still, and take single steps."""

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")

SLOWEST, FASTEST, INSTANT = 0.1, 100.0, math.inf


class Timer:
    """A callback that waits for its moment; `cancel` makes it do nothing."""

    __slots__ = ("callback", "due")

    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Clock(Protocol):
    """What every part of the engine is handed instead of `time` and `asyncio.sleep`."""

    @property
    def paused(self) -> bool:
        """Whether time stands still and turns are handed out one by one."""

    def now(self) -> float:
        """The cluster's time, in seconds since the Unix epoch."""

    def call_later(self, seconds: float, callback: Callable[[], None], slack: float = 0.0) -> Timer:
        """Run `callback` once, `seconds` of the cluster's time from now.

        A live clock may run it up to `slack` seconds later, together with others, so that it wakes less often.
        """

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of the cluster's time."""

    async def delay(self, seconds: float) -> None:
        """Let simulated work take `seconds`: like `sleep`, but no time at all at the speed "instant"."""

    def simulated(self, seconds: float) -> float:
        """How long a delay of `seconds` lasts that only simulates: none at all at the speed "instant"."""

    async def turn(self) -> None:
        """Wait for permission to do the next piece of work: at once, unless the clock is paused."""


Timers = list[tuple[float, int, Timer]]  # a heap


def _first(timers: Timers) -> float | None:
    """The earliest moment in a heap, from which timers vanish here that have fired or were cancelled."""
    while timers and timers[0][2].callback is None:
        heapq.heappop(timers)
    return timers[0][0] if timers else None


class TimerClock:
    """Timers and turns, as both clocks need them; a subclass says what time it is and when to fire."""

    def __init__(self) -> None:
        self._timers: Timers = []
        self._sequence = itertools.count()
        self._turns: deque[asyncio.Future[None]] = deque()
        self.paused = False

    def now(self) -> float:
        raise NotImplementedError

    def call_later(self, seconds: float, callback: Callable[[], None], slack: float = 0.0) -> Timer:
        timer = Timer(self.now() + max(0.0, seconds), callback)
        heapq.heappush(self._timers, (timer.due, next(self._sequence), timer))
        self._added(timer, slack)
        return timer

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        timer = self.call_later(seconds, wake)
        try:
            await done
        finally:
            timer.cancel()

    async def delay(self, seconds: float) -> None:
        await self.sleep(self.simulated(seconds))

    def simulated(self, seconds: float) -> float:
        return seconds

    async def turn(self) -> None:
        if not self.paused:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.step()  # the turn was ours and is not used: pass it on
            raise

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        while self._turns:
            self.step()

    def step(self) -> None:
        """Hand out one turn to whoever has waited longest."""
        while self._turns:
            waiter = self._turns.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _added(self, timer: Timer, slack: float) -> None:
        """Called with each new timer."""

    def _next_due(self) -> float | None:
        return _first(self._timers)

    def _fire_next(self) -> None:
        timer = heapq.heappop(self._timers)[2]
        callback, timer.callback = timer.callback, None
        if callback is not None:
            callback()


class LiveClock(TimerClock):
    """Time that follows the event loop's, at a speed of `SLOWEST` to `FASTEST`, or `INSTANT`.

    `epoch`: the cluster's time at the start, in seconds since the Unix epoch.
    At `INSTANT` the clock runs as the wall's, and simulated delays are skipped.
    """

    def __init__(self, epoch: float, speed: float = 1.0) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._latest: Timers = []  # by the moment at which each must have fired
        self._wall, self._cluster = self._loop.time(), epoch
        self._speed = speed

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._anchor()
        self._speed = speed if speed == INSTANT else min(max(speed, SLOWEST), FASTEST)
        self._rearm()

    def now(self) -> float:
        if self.paused:
            return self._cluster
        return self._cluster + (self._loop.time() - self._wall) * self._rate

    def simulated(self, seconds: float) -> float:
        return 0 if self._speed == INSTANT else seconds

    def pause(self) -> None:
        self._anchor()
        super().pause()
        self._rearm()

    def resume(self) -> None:
        self._anchor()
        super().resume()
        self._rearm()

    def close(self) -> None:
        """Fire no more timers and let nothing wait for a turn."""
        self._timers.clear()
        self._latest.clear()
        self._rearm()
        super().resume()

    @property
    def _rate(self) -> float:
        return 1.0 if self._speed == INSTANT else self._speed

    def _anchor(self) -> None:
        self._cluster = self.now()
        self._wall = self._loop.time()

    def _added(self, timer: Timer, slack: float) -> None:
        heapq.heappush(self._latest, (timer.due + slack, next(self._sequence), timer))
        self._rearm()

    def _rearm(self) -> None:
        due = None if self.paused else _first(self._latest)
        wall = None if due is None else self._wall + (due - self._cluster) / self._rate
        if self._handle is not None:
            if wall is not None and abs(self._handle.when() - wall) < 1e-9:
                return
            self._handle.cancel()
        self._handle = None if wall is None else self._loop.call_at(wall, self._fire)

    def _fire(self) -> None:
        self._handle = None
        now = self.now()
        # A timer may come due a hair before the loop thinks so; rounding must not make it spin.
        while (due := self._next_due()) is not None and due <= now + 1e-6:
            self._fire_next()
        self._rearm()


class ManualClock(TimerClock):
    """Time that moves only when told to: five minutes of back-off take a millisecond.

    It needs everything it drives to live in one event loop without real I/O.
    """

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        super().__init__()
        self._now = start
        self.speed = 1.0  # only `INSTANT` makes a difference

    def now(self) -> float:
        return self._now

    def simulated(self, seconds: float) -> float:
        return 0 if self.speed == INSTANT else seconds

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass: every timer fires at its own moment, and all work it causes is done before the next."""
        end = self._now + seconds
        await settle()
        while (due := self._next_due()) is not None and due <= end:
            self._now = max(self._now, due)
            self._fire_next()
            await settle()
        self._now = end


async def settle() -> None:
    """Wait until the running event loop has nothing left to do but to wait for time or I/O."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0)
        if not loop._ready:  # type: ignore[attr-defined]  # asyncio has no public way to ask
            return


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """The result of `work`; TimeoutError when it takes longer than `seconds` of the cluster's time."""
    task = asyncio.ensure_future(work)
    expired = False

    def expire() -> None:
        nonlocal expired
        expired = True
        task.cancel()

    timer = clock.call_later(seconds, expire)
    try:
        return await task
    except asyncio.CancelledError:
        if expired:
            raise TimeoutError from None
        task.cancel()
        raise
    finally:
        timer.cancel()
