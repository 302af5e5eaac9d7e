"""The pace of painting: changes come as fast as they like, the screen follows at most 20 times a second."""

import asyncio
from collections.abc import Callable

INTERVAL = 0.05  # seconds between two paints of a flood; what comes after a pause is painted at once
BUDGET = 0.008  # seconds that one paint may keep the loop


class Frames:
    """Runs the work asked for since the last frame, each once, in the order asked.

    Work that has more to do than the budget allows returns True and is called again soon. `failed` is told of work
    that fails; it must not keep the rest from the screen.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._wanted: dict[Callable[[], bool | None], None] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        self.count = 0

    def request(self, work: Callable[[], bool | None]) -> None:
        self._wanted[work] = None
        if self._handle is None:
            loop = asyncio.get_running_loop()
            self._handle = loop.call_at(max(loop.time(), self._last + INTERVAL), self._paint)

    def forget(self, work: Callable[[], bool | None]) -> None:
        self._wanted.pop(work, None)

    def close(self) -> None:
        self._wanted.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _paint(self) -> None:
        loop = asyncio.get_running_loop()
        self._handle, self._last = None, loop.time()
        self.count += 1
        wanted, self._wanted = self._wanted, {}
        unfinished = [work for work in wanted if self._is_unfinished(work)]
        if unfinished:
            if self._handle is not None:
                self._handle.cancel()
            self._last = float("-inf")
            self._wanted.update(dict.fromkeys(unfinished))
            self._handle = loop.call_later(BUDGET, self._paint)

    def _is_unfinished(self, work: Callable[[], bool | None]) -> bool:
        try:
            return bool(work())
        except Exception as error:
            self._failed(error)
            return False
