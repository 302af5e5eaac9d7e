import asyncio

from k9lite.aio.clock import settle
from k9lite.aio.tasks import TaskSet


async def test_closing_ends_all_even_those_that_start_others() -> None:
    crashes: list[str] = []
    tasks = TaskSet(lambda name, error: crashes.append(name))

    async def stubborn() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            tasks.start(asyncio.sleep(1000), "child")

    tasks.start(stubborn(), "parent")
    await settle()
    await tasks.close()
    assert len(tasks) == 0
    assert crashes == []


async def test_a_crash_is_told_with_its_name() -> None:
    crashes: list[tuple[str, str]] = []
    tasks = TaskSet(lambda name, error: crashes.append((name, str(error))))

    async def crash() -> None:
        raise ValueError("no")

    tasks.start(crash(), "worker")
    await settle()
    assert crashes == [("worker", "no")]
    assert len(tasks) == 0
