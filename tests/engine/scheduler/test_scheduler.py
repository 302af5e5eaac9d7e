"""The scheduler at work on a real API server: bindings, messages, retries, preemption."""

from random import Random
from typing import Any

import pytest

from k9lite.aio.clock import settle
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.api.quantity import milli
from k9lite.client.protocol import DeleteOptions, PatchType

DELETE_NOW = DeleteOptions(grace=0)
HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
NO_HELP = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"


def unavailable(nodes: int, why: str, then: str) -> str:
    prefix = f"0/{nodes} nodes are available: {why}. no new claims to deallocate, preemption: "
    return f"{prefix}0/{nodes} nodes are available: {then}."


async def test_a_pod_is_bound_told_and_its_condition_set(world, pod):
    await world.add_node("one")
    await world.add(pod("web"))
    assert await world.where("web") == "one"
    assert (await world.scheduled("web"))["status"] == "True"
    assert await world.events("web") == [("Scheduled", "Successfully assigned default/web to one")]


async def test_pods_spread_over_nodes_of_the_same_size(world, pod):
    for name in ("one", "two", "three"):
        await world.add_node(name)
    for number in range(9):
        await world.add(pod(f"web-{number}"))
    nodes = [await world.where(f"web-{number}") for number in range(9)]
    assert {name: nodes.count(name) for name in set(nodes)} == {"one": 3, "two": 3, "three": 3}


async def test_without_nodes_the_pod_waits_for_one(world, pod):
    await world.add(pod("web"))
    assert await world.events("web") == [("FailedScheduling", "no nodes available to schedule pods")]
    await world.add_node("one")
    assert await world.where("web") == "one"


async def test_the_message_counts_every_reason(world, pod):
    await world.add_node("a", cpu="1")
    await world.add_node("b", cpu="1", memory="1Gi")
    await world.add_node("c", unschedulable=True)
    await world.add_node("d", taints=[{"key": "k", "effect": "NoSchedule"}])
    await world.add_node("e", pods=0)
    await world.add(pod("big", cpu="2", memory="2Gi"))
    text = unavailable(
        5,
        "1 Insufficient memory, 1 Too many pods, 1 node(s) had untolerated taint(s), "
        "1 node(s) were unschedulable, 2 Insufficient cpu",
        f"1 {NO_VICTIMS}, 4 {NO_HELP}",
    )
    assert await world.events("big") == [("FailedScheduling", text)]
    condition = await world.scheduled("big")
    assert (condition["status"], condition["reason"], condition["message"]) == ("False", "Unschedulable", text)
    assert (await world.pod("big"))["status"]["phase"] == "Pending"


REJECTIONS: list[tuple[str, Data, str, str]] = [
    ("selector", {"nodeSelector": {"disk": "ssd"}}, "node(s) didn't match Pod's node affinity/selector", NO_HELP),
    (
        "port",
        {"container": {"ports": [{"containerPort": 80, "hostPort": 80}]}},
        "node(s) didn't have free ports for the requested pod ports",
        NO_VICTIMS,
    ),
    (
        "spread",
        {
            "topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
            ]
        },
        "node(s) didn't match pod topology spread constraints (missing required label)",
        NO_HELP,
    ),
    (
        "friend",
        {
            "affinity": {
                "podAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "nobody"}}}
                    ]
                }
            }
        },
        "node(s) didn't match pod affinity rules",
        NO_HELP,
    ),
    (
        "foe",
        {
            "affinity": {
                "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "first"}}}
                    ]
                }
            }
        },
        "node(s) didn't match pod anti-affinity rules",
        NO_VICTIMS,
    ),
    (
        "unloved",
        {"metadata": {"labels": {"app": "unloved"}}},
        "node(s) didn't satisfy existing pods anti-affinity rules",
        NO_VICTIMS,
    ),
    (
        "claim",
        {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]},
        'persistentvolumeclaim "data" not found',
        NO_HELP,
    ),
]


@pytest.mark.parametrize(("name", "spec", "why", "then"), REJECTIONS, ids=[case[0] for case in REJECTIONS])
async def test_each_filter_gives_its_reason(world, pod, name: str, spec: Data, why: str, then: str):
    await world.add_node("only")
    term = {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": "unloved"}}}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    ports = [{"containerPort": 80, "hostPort": 80}]
    await world.add(pod("first", labels={"app": "first"}, container={"ports": ports}, affinity=affinity))
    assert await world.where("first") == "only"
    await world.add(pod(name, **spec))
    count = "" if name == "claim" else "1 "
    assert await world.events(name) == [("FailedScheduling", unavailable(1, count + why, f"1 {then}"))]


async def update_node(world, name: str, **spec: Any) -> None:
    await world.client.patch(kinds.NODE, name, {"spec": spec}, PatchType.MERGE)
    await settle()


async def test_what_changes_in_the_cluster_lets_waiting_pods_try_again(world, pod):
    await world.add_node("one", cpu="1")
    await world.add(pod("first", cpu="800m"))
    await world.add(pod("second", cpu="800m"))
    assert not await world.where("second")
    await world.client.delete(kinds.POD, "first", "default", options=DELETE_NOW)
    await settle()
    assert await world.where("second") == "one"

    await update_node(world, "one", unschedulable=True)
    await world.add(pod("third"))
    assert not await world.where("third")
    await update_node(world, "one", unschedulable=None)
    assert await world.where("third") == "one"


async def test_a_node_that_says_nothing_new_makes_nobody_try_again(world, pod):
    await world.add_node("one", cpu="1")
    await world.add(pod("big", cpu="2"))
    patch = {"metadata": {"annotations": {"heart": "beat"}}}
    await world.client.patch(kinds.NODE, "one", patch, PatchType.MERGE)
    await settle()
    assert len(await world.events("big")) == 1
    assert (await world.client.list(kinds.EVENT)).items[-1].view.count == 1


async def test_gated_pods_wait_until_the_gates_are_gone(world, pod):
    await world.add_node("one")
    await world.add(pod("gated", schedulingGates=[{"name": "example.com/wait"}]))
    assert not await world.where("gated")
    assert await world.events("gated") == []
    data = await world.pod("gated")
    del data["spec"]["schedulingGates"]
    await world.client.update(kinds.POD, data, "default")
    await settle()
    assert await world.where("gated") == "one"


async def test_others_schedulers_pods_are_left_alone_but_count(world, pod):
    await world.add_node("one", cpu="1")
    await world.add(pod("theirs", schedulerName="other", cpu="800m"))
    assert not await world.where("theirs")
    await world.add(pod("set", nodeName="one", cpu="800m"))
    await world.add(pod("ours", cpu="800m"))
    assert not await world.where("ours")


async def test_a_pod_that_found_no_node_is_tried_again_after_five_minutes(world, pod):
    await world.add_node("one", cpu="1")
    await world.add(pod("big", cpu="2"))
    await world.clock.advance(299)
    assert (await world.client.list(kinds.EVENT)).items[-1].view.count == 1
    await world.clock.advance(2)
    assert (await world.client.list(kinds.EVENT)).items[-1].view.count == 2


async def test_the_more_important_pod_goes_first(world, pod):
    await world.client.create(kinds.PRIORITY_CLASS, priority("high", 100))
    await world.add(pod("low", cpu="800m"))
    await world.add(pod("high", cpu="800m", priorityClassName="high"))
    await world.add_node("one", cpu="1")
    assert (await world.where("low"), await world.where("high")) == ("", "one")


async def test_a_pod_that_somebody_else_binds_at_the_same_moment_is_theirs(world, pod, monkeypatch):
    bind = world.client.create_subresource

    async def bind_twice(kind, name, subresource, body, namespace, **more):
        await bind(kind, name, subresource, body | {"target": {"kind": "Node", "name": "two"}}, namespace, **more)
        return await bind(kind, name, subresource, body, namespace, **more)

    await world.add_node("one", cpu="1")
    monkeypatch.setattr(world.client, "create_subresource", bind_twice)
    await world.add(pod("web", cpu="1"))
    monkeypatch.undo()
    assert await world.where("web") == "two"
    assert [reason for reason, _ in await world.events("web")] == ["FailedScheduling"]
    await world.clock.advance(20)
    await world.add(pod("next", cpu="1"))
    assert await world.where("next") == "one"


async def test_a_refused_binding_is_tried_again_after_a_back_off(world, pod, monkeypatch):
    async def refuse(*args, **more):
        raise StatusError("Forbidden", "not now")

    await world.add_node("one")
    monkeypatch.setattr(world.client, "create_subresource", refuse)
    await world.add(pod("web"))
    monkeypatch.undo()
    condition = await world.scheduled("web")
    text = 'binding rejected: running Bind plugin "DefaultBinder": not now'
    assert (condition["reason"], condition["message"]) == ("SchedulerError", text)
    await world.clock.advance(0.9)
    assert not await world.where("web")
    await world.clock.advance(0.1)
    assert await world.where("web") == "one"


def priority(name: str, value: int, **more: Any) -> Data:
    kind = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass"}
    return kind | {"metadata": {"name": name}, "value": value} | more


async def test_preemption_removes_the_least_and_gives_its_node_to_the_preemptor(world, pod):
    await world.client.create(kinds.PRIORITY_CLASS, priority("high", 100))
    await world.client.create(kinds.PRIORITY_CLASS, priority("middle", 50))
    await world.add_node("one", cpu="2")
    await world.add_node("two", cpu="2")
    await world.add(pod("low-1", cpu="1800m", nodeSelector={HOST: "one"}))
    await world.add(pod("middle-1", cpu="1800m", nodeSelector={HOST: "two"}, priorityClassName="middle"))
    await world.add(pod("high", cpu="1", priorityClassName="high"))
    preemptor = await world.pod("high")
    assert preemptor["status"]["nominatedNodeName"] == "one"
    assert await world.events("high") == [("FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu.")]
    assert ("Preempted", f"Preempted by pod {preemptor['metadata']['uid']} on node one") in await world.events("low-1")
    victim = await world.pod("low-1")
    assert victim["metadata"]["deletionTimestamp"]
    disrupted = next(one for one in victim["status"]["conditions"] if one["type"] == "DisruptionTarget")
    assert disrupted["reason"] == "PreemptionByScheduler"

    await world.add(pod("late", cpu="1500m"))  # what was cleared is not for just anybody
    await world.client.delete(kinds.POD, "low-1", "default", options=DELETE_NOW)
    await settle()
    assert (await world.where("high"), await world.where("late")) == ("one", "")
    assert "nominatedNodeName" not in (await world.pod("high"))["status"]


async def test_a_pod_that_may_not_preempt_says_so(world, pod):
    await world.client.create(kinds.PRIORITY_CLASS, priority("meek", 100, preemptionPolicy="Never"))
    await world.add_node("one", cpu="1")
    await world.add(pod("low", cpu="1"))
    await world.add(pod("meek", cpu="1", priorityClassName="meek"))
    [(_, text)] = await world.events("meek")
    assert text.endswith("preemption: not eligible due to preemptionPolicy=Never.")


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_comes_and_goes_no_node_is_overcommitted_and_no_room_is_wasted(world, pod, seed: int):
    random = Random(seed)
    for name in ("one", "two"):
        await world.add_node(name, cpu="4", pods=6)
    for number in range(40):
        pods = (await world.client.list(kinds.POD)).items
        if pods and random.random() < 0.4:
            gone = random.choice(pods)
            await world.client.delete(kinds.POD, gone.name, "default", options=DELETE_NOW)
            await settle()
        else:
            await world.add(pod(f"web-{number}", cpu=f"{random.randint(1, 20)}00m"))
        free = {"one": [4000, 6], "two": [4000, 6]}
        waiting = []
        for one in (await world.client.list(kinds.POD)).items:
            cpu = milli(one.view.spec.containers[0].resources.requests["cpu"])
            if one.view.spec.nodeName:
                free[one.view.spec.nodeName][0] -= cpu
                free[one.view.spec.nodeName][1] -= 1
            else:
                waiting.append(cpu)
        assert all(cpu >= 0 and count >= 0 for cpu, count in free.values())
        assert not any(cpu <= rest and count for cpu in waiting for rest, count in free.values())
