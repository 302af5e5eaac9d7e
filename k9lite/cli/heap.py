"""Memory that was freed goes back to the system; left alone, the C library would hold on to it."""

import asyncio
import ctypes
import resource
from collections.abc import Callable
from pathlib import Path

INTERVAL = 20.0  # seconds of wall time between looks
GROWTH, LEAST = 1.1, 8 << 20  # a heap is trimmed that has grown by so much since, as a factor and in bytes
STATUS = Path("/proc/self/statm")

Measure = Callable[[], int]
Trim = Callable[[], object]


def is_worth_it(now: int, trimmed: int) -> bool:
    """Whether to trim a process that takes `now` bytes, and took `trimmed` after the last time."""
    return now > trimmed * GROWTH and now - trimmed > LEAST


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(STATUS.read_text().split()[1]) * resource.getpagesize()


async def keep_trimmed(measure: Measure = resident, trim: Trim | None = None) -> None:
    """Trim the heap whenever that is worth it, for ever; return at once where the C library cannot do it."""
    trim = trim or _trimmer()
    if trim is None:
        return
    trimmed = measure()
    while True:
        await asyncio.sleep(INTERVAL)
        if is_worth_it(measure(), trimmed):
            trim()
            trimmed = measure()
        else:
            trimmed = min(trimmed, measure())


def _trimmer() -> Trim | None:
    if not STATUS.exists():
        return None
    try:
        release = ctypes.CDLL(None).malloc_trim
    except AttributeError:
        return None
    return lambda: release(0)
