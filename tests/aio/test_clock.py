import asyncio
from collections.abc import AsyncIterator

import pytest

from k9lite.aio.clock import INSTANT, LiveClock, ManualClock, settle, within


async def test_timers_fire_at_their_own_moments_in_order(clock: ManualClock) -> None:
    start, fired = clock.now(), []
    for name, delay in [("c", 3.0), ("a", 1.0), ("b", 2.0), ("late", 9.0)]:
        clock.call_later(delay, lambda name=name: fired.append((name, clock.now() - start)))
    await clock.advance(5)
    assert fired == [("a", 1.0), ("b", 2.0), ("c", 3.0)]
    assert clock.now() == start + 5


async def test_what_a_timer_causes_is_done_before_the_next_one(clock: ManualClock) -> None:
    log: list[str] = []

    async def work() -> None:
        await clock.sleep(1)
        for step in range(3):
            await asyncio.sleep(0)
            log.append(f"step {step}")
        await clock.sleep(0.5)
        log.append("slept")

    clock.call_later(2, lambda: log.append("timer"))
    task = asyncio.create_task(work())
    await clock.advance(2)
    assert log == ["step 0", "step 1", "step 2", "slept", "timer"]
    await task


async def test_a_cancelled_timer_does_nothing(clock: ManualClock) -> None:
    clock.call_later(1, lambda: pytest.fail("cancelled")).cancel()
    await clock.advance(2)


async def test_a_cancelled_sleep_leaves_no_timer(clock: ManualClock) -> None:
    task = asyncio.create_task(clock.sleep(100))
    await settle()
    task.cancel()
    await settle()
    assert clock._next_due() is None


async def test_delay_takes_no_time_when_instant(clock: ManualClock) -> None:
    assert clock.simulated(100) == 100
    clock.speed = INSTANT
    assert clock.simulated(100) == 0
    await clock.delay(100)


async def test_within_gives_the_result_or_times_out(clock: ManualClock) -> None:
    async def work(seconds: float) -> str:
        await clock.sleep(seconds)
        return "done"

    quick = asyncio.create_task(within(clock, 2, work(1)))
    slow = asyncio.create_task(within(clock, 2, work(3)))
    await clock.advance(5)
    assert await quick == "done"
    with pytest.raises(TimeoutError):
        await slow


async def test_cancelling_within_cancels_the_work(clock: ManualClock) -> None:
    ended = []

    async def work() -> None:
        try:
            await clock.sleep(100)
        finally:
            ended.append(True)

    task = asyncio.create_task(within(clock, 50, work()))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settle()
    assert ended == [True]


# -- turns --------------------------------------------------------------------------------------------------------


async def test_a_turn_is_free_unless_paused(clock: ManualClock) -> None:
    await clock.turn()
    clock.pause()
    assert clock.paused
    waiting = asyncio.create_task(clock.turn())
    await settle()
    assert not waiting.done()
    clock.resume()
    await waiting


async def test_a_step_hands_out_one_turn_to_who_waited_longest(clock: ManualClock) -> None:
    clock.pause()
    done: list[int] = []

    async def worker(number: int) -> None:
        await clock.turn()
        done.append(number)

    tasks = [asyncio.create_task(worker(number)) for number in range(3)]
    await settle()
    clock.step()
    await settle()
    assert done == [0]
    tasks[1].cancel()
    await settle()
    clock.step()
    await settle()
    assert done == [0, 2]


async def test_a_turn_given_to_a_cancelled_waiter_goes_on_to_the_next(clock: ManualClock) -> None:
    clock.pause()
    first, second = asyncio.create_task(clock.turn()), asyncio.create_task(clock.turn())
    await settle()
    clock.step()
    first.cancel()
    await settle()
    assert second.done()


# -- the live clock -----------------------------------------------------------------------------------------------


class FakeTime:
    """The event loop's time, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)


@pytest.fixture
async def time(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeTime]:
    yield FakeTime(monkeypatch)
    monkeypatch.undo()


async def test_speed_and_pause_bend_the_time_without_a_jump(time: FakeTime) -> None:
    clock = LiveClock(epoch=0.0)
    time.now += 10
    assert clock.now() == 10
    clock.speed = 10
    time.now += 1
    assert clock.now() == 20
    clock.pause()
    time.now += 100
    assert clock.now() == 20
    clock.speed = 2  # changed while it stands still: holds from the resume on
    clock.resume()
    time.now += 5
    assert clock.now() == 30
    clock.speed = INSTANT
    time.now += 1
    assert clock.now() == 31
    clock.close()


@pytest.mark.parametrize(("wish", "speed"), [(0.001, 0.1), (1000, 100), (3, 3), (INSTANT, INSTANT)])
async def test_speed_has_bounds(wish: float, speed: float) -> None:
    clock = LiveClock(epoch=0.0)
    clock.speed = wish
    assert clock.speed == speed
    clock.close()


async def test_a_timer_comes_sooner_when_time_runs_faster(time: FakeTime) -> None:
    clock = LiveClock(epoch=0.0)
    clock.call_later(10, lambda: None)
    assert clock._handle is not None
    assert clock._handle.when() == 1010
    clock.speed = 100
    assert clock._handle is not None
    assert clock._handle.when() == pytest.approx(1000.1)
    clock.pause()
    assert clock._handle is None
    clock.resume()
    assert clock._handle is not None
    clock.close()
    assert clock._handle is None


async def test_closing_wakes_who_waits_for_a_turn() -> None:
    clock = LiveClock(epoch=0.0)
    clock.pause()
    waiting = asyncio.create_task(clock.turn())
    await asyncio.sleep(0)
    clock.close()
    await waiting


async def test_timers_with_slack_fire_together() -> None:
    clock = LiveClock(0.0)
    fired: list[str] = []
    begin = clock.now()
    clock.call_later(0.01, lambda: fired.append("patient"), slack=3600)
    clock.call_later(0.02, lambda: fired.append("patient, too"), slack=3600)
    assert clock._handle is not None
    assert clock._handle.when() - asyncio.get_running_loop().time() > 3000  # nothing wakes for them alone
    await clock.sleep(0.03)
    assert fired == ["patient", "patient, too"]
    assert clock.now() - begin < 3000
    clock.close()


async def test_a_timer_with_slack_fires_by_itself_in_the_end() -> None:
    clock = LiveClock(0.0)
    fired = asyncio.Event()
    clock.call_later(0.01, fired.set, slack=0.01)
    await fired.wait()
    clock.close()


async def test_a_manual_clock_needs_no_slack() -> None:
    clock = ManualClock()
    fired: list[float] = []
    clock.call_later(1, lambda: fired.append(clock.now()), slack=5)
    begin = clock.now()
    await clock.advance(10)
    assert fired == [begin + 1]
