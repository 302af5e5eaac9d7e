"""Who is tried next, and what makes those who wait try again."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.cause import UNKNOWN
from k9lite.api.object import Data, Object
from k9lite.engine.scheduler.events import ClusterEvent
from k9lite.engine.scheduler.pod_info import pod_info
from k9lite.engine.scheduler.queue import SchedulingQueue

FIT = frozenset(("NodeResourcesFit",))
TAINT = frozenset(("TaintToleration",))


class Waiting:
    """A queue of pods that are known by their name."""

    def __init__(self, clock: ManualClock, pod: Callable[..., Data]) -> None:
        self.wakes = 0
        self.clock, self._pod = clock, pod
        self.queue = SchedulingQueue(clock, self._wake)

    def _wake(self) -> None:
        self.wakes += 1

    def add(self, name: str, **spec: Any) -> None:
        data = self._pod(name, **spec)
        data["metadata"]["uid"] = name
        obj = Object(kinds.POD, msgspec.json.encode(data), 1)
        self.queue.add(obj, pod_info(obj), UNKNOWN)

    def pop(self) -> str | None:
        popped = self.queue.pop()
        return popped.info.uid if popped else None

    def fail(self, plugins: frozenset[str] = FIT) -> str | None:
        """Take the next one and find no node for it."""
        popped = self.queue.pop()
        if popped is not None:
            self.queue.park(popped, plugins)
        return popped.info.uid if popped else None


@pytest.fixture
def waiting(clock: ManualClock, pod: Callable[..., Data]) -> Waiting:
    return Waiting(clock, pod)


async def test_the_more_important_then_the_older_goes_first(waiting: Waiting):
    waiting.add("first")
    waiting.add("urgent", priority=10)
    await waiting.clock.advance(1)
    waiting.add("second")
    assert [waiting.pop() for _ in range(4)] == ["urgent", "first", "second", None]
    assert waiting.wakes == 3


async def test_a_rejected_pod_waits_for_what_may_lift_its_rejection(waiting: Waiting):
    waiting.add("full")
    waiting.add("tainted")
    assert (waiting.fail(FIT), waiting.fail(TAINT)) == ("full", "tainted")
    assert waiting.pop() is None
    waiting.queue.move(ClusterEvent.POD_ADDED, UNKNOWN)
    assert waiting.pop() is None
    waiting.queue.move(ClusterEvent.POD_GONE, UNKNOWN)
    assert (waiting.fail(), waiting.pop()) == ("full", None)
    waiting.queue.move(ClusterEvent.NODE_ADDED, UNKNOWN)
    assert {waiting.pop(), waiting.pop()} == {"full", "tainted"}


async def test_new_pods_go_before_those_that_back_off_which_go_when_nobody_else_wants_to(waiting: Waiting):
    waiting.add("failed", priority=10)
    waiting.fail()
    waiting.queue.move(ClusterEvent.POD_GONE, UNKNOWN)
    waiting.add("new")
    assert [waiting.pop(), waiting.pop()] == ["new", "failed"]


async def test_after_its_back_off_a_pod_is_as_good_as_any(waiting: Waiting):
    waiting.add("failed", priority=10)
    waiting.fail()
    waiting.queue.move(ClusterEvent.POD_GONE, UNKNOWN)
    waiting.add("new")
    await waiting.clock.advance(2)
    assert [waiting.pop(), waiting.pop()] == ["failed", "new"]


async def test_after_five_minutes_a_pod_is_tried_whatever_happened(waiting: Waiting):
    waiting.add("web")
    waiting.fail()
    await waiting.clock.advance(299)
    assert waiting.pop() is None
    await waiting.clock.advance(1)
    assert waiting.pop() == "web"


async def test_errors_are_retried_after_a_growing_back_off(waiting: Waiting):
    waiting.add("web")
    for seconds in (1, 2, 4, 8, 10, 10):
        popped = waiting.queue.pop()
        assert popped is not None
        waiting.queue.retry(popped)
        await waiting.clock.advance(seconds - 0.5)
        assert waiting.pop() is None
        await waiting.clock.advance(0.5)


async def test_gated_pods_wait_for_their_gates_alone(waiting: Waiting):
    waiting.add("gated", schedulingGates=[{"name": "g"}])
    waiting.queue.move(ClusterEvent.NODE_ADDED, UNKNOWN)
    assert waiting.pop() is None
    assert len(waiting.queue) == 1
    waiting.add("gated")
    assert waiting.pop() == "gated"


async def test_what_is_removed_is_forgotten_with_its_timers(waiting: Waiting):
    for name in ("active", "parked", "backing-off"):
        waiting.add(name)
    waiting.queue.remove("active")
    assert (waiting.fail(TAINT), waiting.fail()) == ("parked", "backing-off")
    waiting.queue.move(ClusterEvent.POD_GONE, UNKNOWN)
    for name in ("parked", "backing-off", "never-was"):
        waiting.queue.remove(name)
    await waiting.clock.advance(1000)
    assert waiting.pop() is None
    assert len(waiting.queue) == 0
