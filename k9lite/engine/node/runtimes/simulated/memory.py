"""What the processes of a container hold in memory."""

import asyncio
import weakref
from collections.abc import Callable

MOST_MEMORY = 16 * 1024**2  # bytes that a simulated container really takes of this process, whatever its limit


class Memory:
    """limit: the container's own in bytes, 0 for none; exhausted: ends the container when it holds more"""

    def __init__(self, limit: int = 0, exhausted: Callable[[], None] = lambda: None) -> None:
        self.limit, self.exhausted = limit, exhausted
        self.held = 0  # bytes really held
        self.claimed = 0  # bytes that programs only say they hold
        self._claims: dict[weakref.ref[object], tuple[int, int]] = {}

    async def hold(self, owner: object, size: int, claimed: int = 0) -> None:
        """`owner` holds so many bytes from now on, no longer what it held before, until it is gone.

        What is too much ends the container, and nothing comes after.
        """
        self.let_go(owner)
        if not size and not claimed:
            return
        self._claims[weakref.ref(owner, self._forget)] = size, claimed
        self.held += size
        self.claimed += claimed
        if self.held > MOST_MEMORY or (self.limit and self.used > self.limit):
            self.exhausted()
            await asyncio.get_running_loop().create_future()

    def let_go(self, owner: object) -> None:
        """`owner` holds nothing any more."""
        self._forget(weakref.ref(owner))

    def _forget(self, owner: "weakref.ref[object]") -> None:
        size, claimed = self._claims.pop(owner, (0, 0))
        self.held -= size
        self.claimed -= claimed

    @property
    def used(self) -> int:
        return self.held + self.claimed
