"""Silent nodes, taints, eviction and pod garbage on a real store, second by second."""

from typing import Any

import pytest
from controller_world import World, pod_template

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.client.protocol import PatchType
from k9lite.engine.controllers.nodes.lifecycle import NodeLifecycleController
from k9lite.engine.controllers.nodes.pod_gc import PodGcController
from k9lite.engine.controllers.nodes.taint_eviction import TaintEvictionController

PATIENT = [
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for key in ("not-ready", "unreachable")
]


class Fleet:
    """Nodes whose heartbeats a test sends."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.alive: dict[str, bool] = {}

    async def add(self, name: str, **labels: str) -> None:
        await self.world.client.create(kinds.NODE, {"metadata": {"name": name, "labels": labels}})
        lease = {"metadata": {"name": name}, "spec": {"holderIdentity": name, "leaseDurationSeconds": 40}}
        await self.world.client.create(kinds.LEASE, lease, "kube-node-lease")
        self.alive[name] = True
        await self.report(name)

    async def report(self, name: str) -> None:
        now = times.time(self.world.clock.now())
        ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": now, "lastTransitionTime": now}
        node = await self.world.client.get(kinds.NODE, name)
        await self.world.client.update_status(node, {"conditions": [ready]})

    async def run(self, seconds: float) -> None:
        """Pass time, with a heartbeat of every living node each ten seconds."""
        for _ in range(int(seconds // 10)):
            for name in [name for name, alive in self.alive.items() if alive]:
                spec = {"spec": {"renewTime": times.micro_time(self.world.clock.now())}}
                await self.world.client.patch(kinds.LEASE, name, spec, PatchType.MERGE, "kube-node-lease")
            await self.world.clock.advance(10)
        await self.world.clock.advance(seconds % 10)

    async def node(self, name: str) -> dict[str, Any]:
        return (await self.world.client.get(kinds.NODE, name)).data()

    async def ready(self, name: str) -> str:
        return next(c["status"] for c in (await self.node(name))["status"]["conditions"] if c["type"] == "Ready")

    async def taints(self, name: str) -> set[str]:
        taints = (await self.node(name))["spec"].get("taints", [])
        return {f"{taint['key'].removeprefix('node.kubernetes.io/')}:{taint['effect']}" for taint in taints}

    async def pod(self, name: str, node: str, tolerations: list[dict[str, Any]] = PATIENT) -> Object[Any]:
        spec = pod_template()["spec"] | {"nodeName": node, "tolerations": tolerations}
        await self.world.client.create(kinds.POD, {"metadata": {"name": name}, "spec": spec}, "default")
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        return await self.world.client.patch(
            kinds.POD, name, {"status": status}, PatchType.MERGE, "default", subresource="status"
        )


@pytest.fixture
async def fleet(world: World, client: Any, informers: Any, clock: Any) -> Fleet:
    world.run(
        *(
            loop(client, informers, clock)
            for loop in (NodeLifecycleController, TaintEvictionController, PodGcController)
        )
    )
    fleet = Fleet(world)
    for number in range(3):
        await fleet.add(f"n{number}")
    await world.settle()
    return fleet


async def test_nodes_are_announced(fleet: Fleet) -> None:
    await fleet.world.client.delete(kinds.NODE, "n2")
    await fleet.world.settle()
    assert sorted(await fleet.world.events()) == [
        "RegisteredNode x1: Node n0 event: Registered Node n0 in Controller",
        "RegisteredNode x1: Node n1 event: Registered Node n1 in Controller",
        "RegisteredNode x1: Node n2 event: Registered Node n2 in Controller",
        "RemovingNode x1: Node n2 event: Removing Node n2 from Controller",
    ]


async def test_a_cordon_shows_as_a_taint(fleet: Fleet) -> None:
    node = await fleet.world.client.get(kinds.NODE, "n0")
    await fleet.world.merge(node, {"spec": {"unschedulable": True}})
    await fleet.world.settle()
    assert await fleet.taints("n0") == {"unschedulable:NoSchedule"}
    await fleet.world.merge(await fleet.world.client.get(kinds.NODE, "n0"), {"spec": {"unschedulable": None}})
    await fleet.world.settle()
    assert await fleet.taints("n0") == set()


async def test_a_silent_node_is_unknown_after_50_seconds_and_its_pods_leave_300_later(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    await fleet.run(10)
    fleet.alive["n0"] = False
    heard = 10.0 - 0.1  # since the last heartbeat, which came at the beginning of those ten seconds
    await fleet.run(50 - heard - 1)
    assert await fleet.ready("n0") == "True"
    await fleet.run(1.2)
    assert await fleet.ready("n0") == "Unknown"
    assert await fleet.taints("n0") == {"unreachable:NoSchedule", "unreachable:NoExecute"}
    [pod] = await fleet.world.all(kinds.POD)
    assert pod.data()["status"]["conditions"][0]["status"] == "False"
    events = await fleet.world.events()
    assert "NodeNotReady x1: Node is not ready" in events
    assert "NodeNotReady x1: Node n0 status is now: NodeNotReady" in events

    await fleet.run(299)
    [pod] = await fleet.world.all(kinds.POD)
    assert not pod.deleting
    await fleet.run(1.2)
    [pod] = await fleet.world.all(kinds.POD)  # it terminates until its kubelet returns
    assert pod.deleting
    reasons = {condition["type"]: condition.get("reason") for condition in pod.data()["status"]["conditions"]}
    assert reasons["DisruptionTarget"] == "DeletionByTaintManager"
    assert "TaintManagerEviction x1: Marking for deletion Pod default/p" in await fleet.world.events()


async def test_a_node_that_returns_in_time_keeps_its_pods(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    fleet.alive["n0"] = False
    await fleet.run(120)
    assert "unreachable:NoExecute" in await fleet.taints("n0")
    fleet.alive["n0"] = True
    await fleet.report("n0")
    await fleet.run(400)
    assert await fleet.taints("n0") == set()
    [pod] = await fleet.world.all(kinds.POD)
    assert not pod.deleting
    assert "TaintManagerEviction x1: Cancelling deletion of Pod default/p" in await fleet.world.events()


async def test_tolerations_say_how_long_a_pod_stays(fleet: Fleet) -> None:
    for_ever = [{"operator": "Exists"}]
    short = [{"key": "maintenance", "operator": "Exists", "tolerationSeconds": 20, "effect": "NoExecute"}]
    for name, tolerations in {"for-ever": for_ever, "short": short, "not-at-all": PATIENT}.items():
        await fleet.pod(name, "n1", tolerations)
    await fleet.world.settle()
    node = await fleet.world.client.get(kinds.NODE, "n1")
    await fleet.world.merge(node, {"spec": {"taints": [{"key": "maintenance", "effect": "NoExecute"}]}})
    await fleet.run(10)

    async def staying() -> list[str]:
        return [pod.name for pod in await fleet.world.all(kinds.POD) if not pod.deleting]

    assert await staying() == ["for-ever", "short"]
    await fleet.run(11)
    assert await staying() == ["for-ever"]


async def test_nodes_are_emptied_one_every_ten_seconds(fleet: Fleet) -> None:
    for number in range(3, 7):
        await fleet.add(f"n{number}")
    fleet.alive |= {"n0": False, "n1": False}
    await fleet.run(52)
    evicted = [name for name in ("n0", "n1") if "unreachable:NoExecute" in await fleet.taints(name)]
    assert len(evicted) == 1
    await fleet.run(12)
    assert "unreachable:NoExecute" in await fleet.taints("n0") & await fleet.taints("n1")


async def test_when_every_node_falls_silent_nothing_is_evicted(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    fleet.alive = dict.fromkeys(fleet.alive, False)
    await fleet.run(600)
    assert await fleet.taints("n0") == {"unreachable:NoSchedule"}
    [pod] = await fleet.world.all(kinds.POD)
    assert not pod.deleting

    fleet.alive["n1"] = True
    await fleet.report("n1")
    await fleet.run(20)
    assert await fleet.ready("n1") == "True"
    assert {"unreachable:NoExecute"} <= (await fleet.taints("n0")) | (await fleet.taints("n2"))


async def test_a_partly_failed_zone_of_few_nodes_is_left_alone(fleet: Fleet) -> None:
    for number in range(3, 5):
        await fleet.add(f"n{number}")
    for name in ("n0", "n1", "n2"):
        await fleet.pod(f"on-{name}", name)
        fleet.alive[name] = False
    await fleet.run(600)
    # the first one may be emptied before the others are known to be silent too
    assert sum([pod.deleting for pod in await fleet.world.all(kinds.POD)]) <= 1


async def test_a_node_that_never_reports_is_given_up_after_a_minute(fleet: Fleet, clock: ManualClock) -> None:
    await fleet.world.client.create(kinds.NODE, {"metadata": {"name": "mute"}})
    await fleet.run(59)
    assert "conditions" not in (await fleet.node("mute")).get("status", {})
    await fleet.run(2)
    reasons = {c["reason"] for c in (await fleet.node("mute"))["status"]["conditions"]}
    assert reasons == {"NodeStatusNeverUpdated"}


async def test_pods_of_a_node_that_is_gone_go_after_40_seconds(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    fleet.alive.pop("n0")
    await fleet.world.client.delete(kinds.NODE, "n0")
    await fleet.world.client.delete(kinds.POD, "p", "default")
    await fleet.run(39)
    assert len(await fleet.world.all(kinds.POD)) == 1
    await fleet.run(2)
    assert await fleet.world.all(kinds.POD) == []


async def test_a_node_that_comes_back_in_time_keeps_its_pods(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    await fleet.world.client.delete(kinds.NODE, "n0")
    await fleet.run(10)
    await fleet.world.client.create(kinds.NODE, {"metadata": {"name": "n0"}})
    await fleet.report("n0")
    await fleet.run(60)
    assert len(await fleet.world.all(kinds.POD)) == 1


async def test_a_pod_bound_to_a_node_that_never_was_is_removed(fleet: Fleet) -> None:
    await fleet.pod("p", "nowhere")
    await fleet.run(41)
    assert await fleet.world.all(kinds.POD) == []


async def test_out_of_service_ends_what_terminates_there(fleet: Fleet) -> None:
    await fleet.pod("p", "n0")
    fleet.alive["n0"] = False
    await fleet.run(70)
    await fleet.world.client.delete(kinds.POD, "p", "default")
    await fleet.run(60)
    assert len(await fleet.world.all(kinds.POD)) == 1
    node = await fleet.world.client.get(kinds.NODE, "n0")
    taints = node.data()["spec"]["taints"] + [{"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"}]
    await fleet.world.merge(node, {"spec": {"taints": taints}})
    await fleet.run(1)
    assert await fleet.world.all(kinds.POD) == []
