"""How long the dashboard takes: from a key to the paint that shows its effect, and from a change to its paint.

Measured through a driver that really renders, since Textual's headless one skips that work.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from textual import events
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver

from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.live.frames import Frames
from k9lite.tui.widgets.table import Table

SIZE = (160, 50)
PATIENCE = 30.0  # seconds until a paint that does not come is given up
TICK = 0.01  # seconds between two batches of changes
LOOK = 0.001  # seconds between two looks at whether the loop still answers


class Latency(msgspec.Struct):
    """In milliseconds, over all samples."""

    p50: float
    p95: float


def latency(seconds: list[float]) -> Latency:
    ordered = sorted(seconds)
    return Latency(*(round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1) for part in (0.5, 0.95)))


class RenderingDriver(HeadlessDriver):
    """Renders everything as for a terminal, and tells when it has."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[float]]] = []
        self.written = 0  # characters
        self.last = ""  # what was written last

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written += len(data)
        self.last = data
        now = asyncio.get_running_loop().time()
        for shown, waiter in self._waiting:
            if not waiter.done() and shown():
                waiter.set_result(now)
        self._waiting = [(shown, waiter) for shown, waiter in self._waiting if not waiter.done()]

    async def painted(self, shown: Callable[[], bool]) -> float:
        """The loop's time of the first paint at which `shown()` is true."""
        waiter: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append((shown, waiter))
        return await asyncio.wait_for(waiter, PATIENCE)


@asynccontextmanager
async def rendering(app: App[Any], size: tuple[int, int] = SIZE) -> AsyncIterator[RenderingDriver]:
    """Run `app`, which was made with `driver_class=RenderingDriver`, at a size in columns and lines."""
    async with app.run_test(headless=False, size=size):
        driver: Driver | None = app._driver
        assert isinstance(driver, RenderingDriver)
        yield driver


async def first_frame(app: App[Any], shown: Callable[[], bool], size: tuple[int, int] = SIZE) -> float:
    """Seconds from now until `app` has painted something with `shown()` true."""
    started = asyncio.get_running_loop().time()
    async with rendering(app, size) as driver:
        return (started if shown() and driver.written else await driver.painted(shown)) - started


async def key_to_paint(app: App[Any], driver: RenderingDriver, key: str, state: Callable[[], object]) -> float:
    """Seconds from `key` until a paint at which `state()`, e.g. a table's cursor, is another."""
    before, started = state(), asyncio.get_running_loop().time()
    app.post_message(events.Key(key, key if len(key) == 1 else None))
    return await driver.painted(lambda: state() != before) - started


async def change_to_paint(driver: RenderingDriver, change: Awaitable[object], shown: Callable[[], bool]) -> float:
    """Seconds from the start of `change` until a paint at which `shown()`."""
    started = asyncio.get_running_loop().time()
    waiting = asyncio.create_task(driver.painted(shown))
    await change
    return await waiting - started


class Stalls:
    """Watches the loop from now until `stop`, which tells the longest time it kept everybody waiting."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._longest, self._last = 0.0, self._loop.time()
        self._handle = self._loop.call_soon(self._look)

    def _look(self) -> None:
        now = self._loop.time()
        self._longest, self._last = max(self._longest, now - self._last - LOOK), now
        self._handle = self._loop.call_later(LOOK, self._look)

    def stop(self) -> float:
        """Milliseconds."""
        self._handle.cancel()
        return round(self._longest * 1000, 1)


class Rows(App[None]):
    """A table of synthetic pods."""

    COLUMNS = tuple(
        Column(label)
        for label in ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED", "GATES", "QOS")
    )

    def __init__(self, rows: int) -> None:
        super().__init__(driver_class=RenderingDriver)
        self.rows = rows
        self.frames = Frames(self._handle_exception)
        self.table = Table(self.COLUMNS)
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        for number in range(self.rows):
            self.change(number)
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        self.table.move(1 if event.key == "down" else -1)

    def change(self, number: int) -> None:
        self.changes += 1
        name = f"node-deployment-6d8f7c9b5-{number:05}"
        status = ("Running", "Pending", "ContainerCreating")[self.changes % 3]
        values = (
            name,
            "1/1",
            status,
            str(self.changes),
            "12s",
            "127.244.1.7",
            f"node-{number % 3}",
            "",
            "",
            "Burstable",
        )
        self.table.put(name, tuple(Cell(value) for value in values))
        self.frames.request(self.table.paint)


async def _keep_changing(app: Rows, changes_per_second: int) -> None:
    number = 0
    due = asyncio.get_running_loop().time()
    while True:
        due += TICK
        for _ in range(int(changes_per_second * TICK)):
            number = (number + 7_919) % app.rows
            app.change(number)
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def table_latency(rows: int = 10_000, changes_per_second: int = 1_000, keys: int = 100) -> Latency:
    """Key to paint in a table of `rows` rows that change so often; a key about every 30 ms."""
    app = Rows(rows)
    samples: list[float] = []
    async with rendering(app) as driver:
        await driver.painted(lambda: app.table.cursor is not None)
        changing = asyncio.create_task(_keep_changing(app, changes_per_second))
        for number in range(min(keys, rows - 1)):
            await asyncio.sleep(0.02 + (number % 7) * 0.004)
            samples.append(await key_to_paint(app, driver, "down", lambda: app.table.cursor))
        changing.cancel()
        app.frames.close()
    return latency(samples)
