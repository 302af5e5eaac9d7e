"""Budgets, expiring events and the clock on a real store."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, deployment, pod_template

from k9lite.aio.clock import INSTANT, ManualClock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.object import Object
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers import event_ttl
from k9lite.engine.controllers.clock import follow_clock
from k9lite.engine.controllers.deployment.controller import DeploymentController
from k9lite.engine.controllers.disruption import DisruptionController
from k9lite.engine.controllers.event_ttl import EventTtlController
from k9lite.engine.controllers.manager import controllers
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController

# -- PodDisruptionBudgets -------------------------------------------------------------------------------------------


@pytest.fixture
async def budgeted(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    loops = (ReplicaSetController, DeploymentController, DisruptionController)
    world.run(*(loop(client, informers, clock) for loop in loops))
    await client.create(kinds.DEPLOYMENT, deployment("web", 4), "default")
    await world.settle()
    return world


async def budget(world: World, **spec: Any) -> dict[str, Any]:
    body = {"metadata": {"name": "b"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec}}
    await world.client.create(kinds.POD_DISRUPTION_BUDGET, body, "default")
    return await told(world)


async def told(world: World) -> dict[str, Any]:
    await world.clock.advance(1)
    return (await world.client.get(kinds.POD_DISRUPTION_BUDGET, "b", "default")).data()["status"]


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [
        ({"minAvailable": 3}, 3, 1),
        ({"minAvailable": "50%"}, 2, 2),
        ({"minAvailable": "51%"}, 3, 1),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": "30%"}, 2, 2),
        ({"maxUnavailable": 9}, 0, 4),
        ({"minAvailable": 9}, 9, 0),
        ({"minAvailable": "100%"}, 4, 0),
    ],
)
async def test_how_many_pods_may_be_evicted(budgeted: World, spec: Any, desired: int, allowed: int) -> None:
    status = await budget(budgeted, **spec)
    [condition] = status.pop("conditions")
    expected = {"disruptionsAllowed": allowed, "desiredHealthy": desired, "currentHealthy": 4, "expectedPods": 4}
    assert status == expected | {"observedGeneration": 1}
    assert (condition["type"], condition["status"], condition["reason"]) == (
        "DisruptionAllowed",
        str(allowed > 0),
        "SufficientPods" if allowed else "InsufficientPods",
    )


async def test_a_lost_pod_counts_at_once(budgeted: World, nodes: FakeNodes) -> None:
    await budget(budgeted, minAvailable=3)
    nodes.starts = False
    [first, *_] = await budgeted.all(kinds.POD)
    await budgeted.client.delete(kinds.POD, first.name, "default")
    assert (await told(budgeted))["disruptionsAllowed"] == 0


async def test_pods_without_a_controller_have_no_known_size(budgeted: World) -> None:
    bare = {"metadata": {"name": "bare", "labels": {"app": "bare"}}, "spec": pod_template()["spec"]}
    await budgeted.client.create(kinds.POD, bare, "default")
    status = await budget(budgeted, maxUnavailable=1, selector={"matchLabels": {"app": "bare"}})
    assert status["disruptionsAllowed"] == 0
    assert status["conditions"][0]["reason"] == "SyncFailed"
    message = 'Failed to calculate the number of expected pods: found no controller ref for pod "bare"'
    assert any(event.endswith(message) for event in await budgeted.events())


# -- events ---------------------------------------------------------------------------------------------------------


async def test_events_live_an_hour_from_their_last_count(
    world: World, client: Client, informers: Informers, clock: ManualClock, tasks: Any
) -> None:
    world.run(EventTtlController(client, informers, clock))
    recorder = Recorder(client, clock, "test")
    tasks.start(recorder.run(), "events")
    about = {"kind": "Pod", "apiVersion": "v1", "name": "p", "namespace": "default", "uid": "u"}
    for reason in ("A", "B"):
        recorder.normal(about, reason, "message", Cause("test"))
    await clock.advance(1800)
    recorder.normal(about, "A", "message", Cause("test"))
    recorder.normal(about, "C", "message", Cause("test"))

    async def left() -> list[str]:
        return sorted(event.view.reason for event in await world.all(kinds.EVENT))

    await clock.advance(1790)
    assert await left() == ["A", "B", "C"]
    await clock.advance(20)
    assert await left() == ["A", "C"]
    await clock.advance(1800)
    assert await left() == []


async def test_the_oldest_of_very_many_events_do_not_live_so_long(
    world: World, client: Client, informers: Informers, clock: ManualClock, tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_ttl, "MOST_EVENTS", 3)
    world.run(EventTtlController(client, informers, clock))
    recorder = Recorder(client, clock, "test")
    tasks.start(recorder.run(), "events")
    about = {"kind": "Pod", "apiVersion": "v1", "name": "p", "namespace": "default", "uid": "u"}
    for reason in ("A", "B", "C", "A", "D"):  # what is said again is not old
        recorder.normal(about, reason, "message", Cause("test"))
        await clock.advance(1)
    assert sorted(event.view.reason for event in await world.all(kinds.EVENT)) == ["A", "C", "D"]


@pytest.mark.parametrize(
    ("written", "now", "count", "seconds"),
    [(100.0, 100.0, 1, 3600.0), (100.0, 3600.0, 20_000, 100.0), (100.0, 3600.0, 20_001, 0.0), (100.0, 9000.0, 1, 0.0)],
)
def test_how_long_the_oldest_event_lives(written: float, now: float, count: int, seconds: float) -> None:
    assert event_ttl.remaining(written, now, count) == seconds


# -- the clock ------------------------------------------------------------------------------------------------------


class Dial:
    """Notes how it is turned."""

    def __init__(self) -> None:
        self.turns: list[Any] = []
        self.speed = 1.0

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "speed":
            self.turns.append(value)
        super().__setattr__(name, value)

    def pause(self) -> None:
        self.turns.append("pause")

    def resume(self) -> None:
        self.turns.append("resume")

    def step(self) -> None:
        self.turns.append("step")


async def test_the_clock_object_turns_the_clock(world: World, client: Client, informers: Informers) -> None:
    dial = Dial()
    follow_clock(informers, dial)
    await informers.wait_synced()
    clock: Object[Any] = await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 2.0}})
    for spec in ({"paused": True}, {"steps": 2}, {"speed": 0, "steps": 3}, {"paused": False}, {"steps": 9}):
        await world.merge(clock, {"spec": spec})
    await client.delete(kinds.CLOCK, "cluster")
    await world.settle()
    assert dial.turns == [1.0, 2.0, "pause", "step", "step", INSTANT, "step", "resume", 1.0]


# -- all together ---------------------------------------------------------------------------------------------------


async def test_all_loops_start_and_stop(
    world: World, client: Client, informers: Informers, clock: Any, tasks: Any
) -> None:
    loops = controllers(client, informers, clock)
    assert len({loop.name for loop in loops}) == len(loops)
    world.run(*loops)
    await informers.wait_synced()
    await clock.advance(1)
    assert all(loop.idle for loop in loops)
    await client.create(kinds.NAMESPACE, {"metadata": {"name": "team"}})
    await clock.advance(1)
    assert len(await world.all(kinds.SERVICE_ACCOUNT, "team")) == 1
    await client.delete(kinds.NAMESPACE, "team")
    await clock.advance(1)
    assert all(loop.idle for loop in loops)
    assert "team" not in [namespace.name for namespace in await world.all(kinds.NAMESPACE, "")]
