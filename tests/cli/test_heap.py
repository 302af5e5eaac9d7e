"""When the heap is trimmed."""

import asyncio
from contextlib import suppress

import pytest

from k9lite.cli import heap

MB = 1 << 20


@pytest.mark.parametrize(
    ("now", "trimmed", "worth"),
    [
        (100 * MB, 100 * MB, False),
        (107 * MB, 100 * MB, False),  # too little in bytes
        (215 * MB, 200 * MB, False),  # too little beside the rest
        (111 * MB, 100 * MB, True),
        (50 * MB, 100 * MB, False),
    ],
)
def test_when_it_is_worth_it(now: int, trimmed: int, worth: bool):
    assert heap.is_worth_it(now, trimmed) is worth


async def test_the_heap_is_trimmed_after_it_grew(monkeypatch: pytest.MonkeyPatch):
    class Ended(Exception):
        pass

    monkeypatch.setattr(heap, "INTERVAL", 0)
    size, trims = 100 * MB, []
    sizes = iter([105 * MB, 200 * MB, 80 * MB, 100 * MB])  # the last is growth only from 80

    def measure() -> int:
        return size

    def trim() -> None:
        nonlocal size
        trims.append(size)
        size = 100 * MB

    trimming = asyncio.create_task(heap.keep_trimmed(measure, trim))
    await asyncio.sleep(0)
    for size in sizes:  # noqa: B007
        for _ in range(4):
            await asyncio.sleep(0)
    trimming.cancel()
    with suppress(asyncio.CancelledError):
        await trimming
    assert trims == [200 * MB, 100 * MB]
