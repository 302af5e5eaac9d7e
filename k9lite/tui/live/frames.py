"""The pace of painting: changes come as fast as they like, the screen follows at most 20 times a second."""

import asyncio
from collections.abc import Callable

INTERVAL = 1 / 18  # seconds between two paints of a flood; what comes after a pause is painted at once
BUDGET = 0.008  # seconds that one paint may keep the loop


class Frames:
    """Runs the work asked for since the last frame, each once, in the order asked.

    Work that has more to do than the budget allows returns True and is called again soon. `failed` is told of work
    that fails; it must not keep the rest from the screen. One paint may come before its time, for what the user looks
    at; those after it come later instead.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._wanted: dict[Callable[[], bool | None], None] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._due = float("-inf")  # of the next paint
        self.count = 0

    def request(self, work: Callable[[], bool | None], *, soon: bool = False) -> None:
        """Have `work` done with the next paint; `soon` for what the user looks at."""
        self._wanted[work] = None
        loop = asyncio.get_running_loop()
        due = max(loop.time(), self._due - (INTERVAL if soon else 0.0))
        if self._handle is None or due < self._handle.when():
            self._paint_at(due)

    def _paint_at(self, due: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_at(due, self._paint)

    def forget(self, work: Callable[[], bool | None]) -> None:
        self._wanted.pop(work, None)

    def close(self) -> None:
        self._wanted.clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _paint(self) -> None:
        now = asyncio.get_running_loop().time()
        self._handle, self._due = None, max(self._due, now) + INTERVAL
        self.count += 1
        wanted, self._wanted = self._wanted, {}
        unfinished = [work for work in wanted if self._is_unfinished(work)]
        if unfinished:
            self._wanted.update(dict.fromkeys(unfinished))
            self._due = now
            self._paint_at(asyncio.get_running_loop().time() + BUDGET)

    def _is_unfinished(self, work: Callable[[], bool | None]) -> bool:
        try:
            return bool(work())
        except Exception as error:
            self._failed(error)
            return False
