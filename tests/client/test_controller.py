import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import conflict
from k9lite.api.object import Key
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, PatchType


class Marker(Controller):
    """Notes what it is told; fails, waits or writes as a test wants."""

    name = "marker"

    def __init__(self, client: Client, informers: Informers, clock: ManualClock) -> None:
        super().__init__(client, informers, clock)
        self.calls: list[tuple[str, Cause]] = []
        self.errors: list[Exception] = []
        self.again: float | None = None
        self.marks = False
        self.objects = informers.of(kinds.CONFIG_MAP)
        self.watch(self.objects)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        self.calls.append((str(key), client.cause))
        if self.errors:
            raise self.errors.pop(0)
        seen = self.objects.get(key.name, key.namespace)
        if self.marks and seen is not None and "marks" not in seen.data().get("data", {}):
            patch = {"data": {"marks": str(len(self.calls))}}
            await client.patch(kinds.CONFIG_MAP, key.name, patch, PatchType.MERGE, key.namespace)
        return self.again


@pytest.fixture
async def marker(client: Client, informers: Informers, clock: ManualClock, tasks: TaskSet) -> AsyncIterator[Marker]:
    marker = Marker(client, informers, clock)
    marker.start(tasks)
    yield marker
    marker.stop()


async def make(client: Client, name: str = "a") -> Any:
    cause = Cause("user", "saved a.yaml:1")
    return await client.create(kinds.CONFIG_MAP, {"metadata": {"name": name}}, "default", cause=cause)


async def test_it_acts_under_the_cause_of_what_it_saw(client: Client, marker: Marker) -> None:
    created = await make(client)
    await settle()
    assert marker.calls == [("default/a", Cause("marker", "saved a.yaml:1", (created.revision,)))]


async def test_it_looks_again_when_it_says_so(client: Client, marker: Marker, clock: ManualClock) -> None:
    marker.again = 10
    await make(client)
    await clock.advance(25)
    assert len(marker.calls) == 3
    assert marker.idle


@pytest.mark.parametrize(
    ("error", "level"), [(conflict("", "configmaps", "a", "stale"), logging.DEBUG), (ValueError("bug"), logging.ERROR)]
)
async def test_a_failure_is_tried_again_with_a_growing_wait(
    client: Client, marker: Marker, clock: ManualClock, caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    caplog.set_level(logging.DEBUG, "k9lite.client.controller")
    marker.errors = [error, error]
    await make(client)
    await settle()
    assert len(marker.calls) == 1
    await clock.advance(0.005)
    assert len(marker.calls) == 2
    await clock.advance(0.009)
    assert len(marker.calls) == 2
    await clock.advance(0.002)
    assert len(marker.calls) == 3
    assert {record.levelno for record in caplog.records} == {level}


async def test_it_never_acts_on_a_past_in_which_it_had_not_acted(
    client: Client, marker: Marker, clock: ManualClock
) -> None:
    marker.marks = True
    await make(client)
    marker.queue.add(Key("default", "a"), Cause("test"))
    await clock.advance(1)
    found = await client.get(kinds.CONFIG_MAP, "a", "default")
    assert found.data()["data"] == {"marks": "1"}
    assert len(marker.calls) == 2  # the second time it saw its own mark


async def test_a_stopped_controller_leaves_no_task(client: Client, marker: Marker, tasks: TaskSet) -> None:
    running = len(tasks)
    marker.stop()
    await settle()
    assert len(tasks) == running - 1
