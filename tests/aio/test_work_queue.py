import asyncio

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.work_queue import LAST_RETRY, QueueClosed, WorkQueue

Queue = WorkQueue[str, tuple[str, ...]]


@pytest.fixture
def queue(clock: ManualClock) -> Queue:
    return WorkQueue(clock, lambda older, newer: older + newer)


async def test_a_key_that_waits_twice_is_handed_out_once_with_both_causes(queue: Queue) -> None:
    queue.add("a", ("one",))
    queue.add("b", ("two",))
    queue.add("a", ("three",))
    assert len(queue) == 2
    assert await queue.get() == ("a", ("one", "three"))
    assert await queue.get() == ("b", ("two",))


async def test_a_key_added_while_it_is_worked_on_waits_until_done(queue: Queue) -> None:
    queue.add("a", ("one",))
    await queue.get()
    queue.add("a", ("two",))
    other = asyncio.create_task(queue.get())
    await settle()
    assert not other.done()
    queue.done("a")
    assert await other == ("a", ("two",))


async def test_idle_means_nothing_but_timers(queue: Queue, clock: ManualClock) -> None:
    assert queue.idle
    queue.add_after("a", (), 5)
    assert queue.idle
    await clock.advance(5)
    assert not queue.idle
    await queue.get()
    assert not queue.idle
    queue.done("a")
    assert queue.idle


async def test_of_several_later_wishes_the_earliest_counts(queue: Queue, clock: ManualClock) -> None:
    for seconds in (10, 5, 20):
        queue.add_after("a", (str(seconds),), seconds)
    await clock.advance(4.9)
    assert len(queue) == 0
    await clock.advance(0.1)
    assert await queue.get() == ("a", ("5",))
    queue.done("a")
    await clock.advance(60)
    assert queue.idle


async def test_retries_double_up_to_a_limit_and_begin_anew_once_forgotten(queue: Queue, clock: ManualClock) -> None:
    waits = []
    for _ in range(20):
        start = clock.now()
        queue.retry("a", ())
        waits.append(queue._timers["a"].due - start)
        await clock.advance(waits[-1])
        await queue.get()
        queue.done("a")
    assert waits[:4] == pytest.approx([0.005, 0.01, 0.02, 0.04], abs=1e-6)
    assert waits[-1] == pytest.approx(LAST_RETRY)
    assert queue.failures("a") == 20
    queue.forget("a")
    queue.retry("a", ())
    assert queue._timers["a"].due - clock.now() == pytest.approx(0.005, abs=1e-6)


async def test_a_paused_clock_hands_out_a_key_per_step(queue: Queue, clock: ManualClock) -> None:
    clock.pause()
    queue.add("a", ())
    queue.add("b", ())
    got: list[str] = []

    async def worker() -> None:
        while True:
            key, _ = await queue.get()
            got.append(key)
            queue.done(key)

    task = asyncio.create_task(worker())
    await settle()
    assert got == []
    clock.step()
    await settle()
    assert got == ["a"]
    clock.resume()
    await settle()
    assert got == ["a", "b"]
    task.cancel()


async def test_causes_merge_while_the_clock_stands_still(queue: Queue, clock: ManualClock) -> None:
    clock.pause()
    queue.add("a", ("one",))
    getting = asyncio.create_task(queue.get())
    await settle()
    queue.add("a", ("two",))
    clock.step()
    assert await getting == ("a", ("one", "two"))


async def test_two_workers_get_two_keys(queue: Queue) -> None:
    first, second = asyncio.create_task(queue.get()), asyncio.create_task(queue.get())
    await settle()
    queue.add("a", ())
    queue.add("b", ())
    assert {(await first)[0], (await second)[0]} == {"a", "b"}


async def test_a_wake_up_for_a_cancelled_worker_is_passed_on(queue: Queue) -> None:
    first, second = asyncio.create_task(queue.get()), asyncio.create_task(queue.get())
    await settle()
    queue.add("a", ())
    first.cancel()
    await settle()
    assert second.done()


@pytest.mark.parametrize("paused", [False, True])
async def test_closing_ends_every_worker(queue: Queue, clock: ManualClock, paused: bool) -> None:
    if paused:
        clock.pause()
        queue.add("a", ())
    queue.add_after("late", (), 1)
    workers = [asyncio.create_task(queue.get()) for _ in range(2)]
    await settle()
    queue.close()
    clock.resume()
    for worker in workers:
        with pytest.raises(QueueClosed):
            await worker
    queue.add("b", ())
    queue.add_after("b", (), 1)
    await clock.advance(5)
    assert len(queue) == 0
