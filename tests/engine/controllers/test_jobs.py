"""Jobs on a real store: pods that end are counted once, conditions come in pairs."""

from typing import Any

import pytest
from controller_world import FakeNodes, World

from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.client.protocol import PatchType
from k9lite.engine.controllers.garbage.collector import GarbageCollector
from k9lite.engine.controllers.job import indexes, members
from k9lite.engine.controllers.job.back_off import Failures
from k9lite.engine.controllers.job.controller import JobController
from k9lite.engine.controllers.job.ttl import TtlAfterFinishedController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    loops = (JobController, TtlAfterFinishedController, GarbageCollector)
    world.run(*(loop(client, informers, clock) for loop in loops))
    return world


async def start(world: World, *, restart: str = "Never", **spec: Any) -> Object[Any]:
    template = {"spec": {"restartPolicy": restart, "containers": [{"name": "c", "image": "i"}]}}
    body = {"metadata": {"name": "j"}, "spec": {"template": template, **spec}}
    created = await world.client.create(kinds.JOB, body, "default")
    await world.clock.advance(2)
    return created


async def end(world: World, nodes: FakeNodes, code: int = 0, index: int | None = None, restarts: int = 0) -> None:
    """Let the first active pod (of the index) end with `code`."""
    wanted = None if index is None else str(index)
    [pod, *_] = [
        pod
        for pod in await active(world)
        if wanted in (None, pod.labels.get("batch.kubernetes.io/job-completion-index"))
    ]
    ended = {"terminated": {"exitCode": code, "finishedAt": times.time(world.clock.now())}}
    status = {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": restarts, "state": ended}
    patch = {"status": {"phase": "Failed" if code else "Succeeded", "containerStatuses": [status], "conditions": []}}
    await world.client.patch(kinds.POD, pod.name, patch, PatchType.MERGE, "default", subresource="status")
    await world.clock.advance(2)


async def active(world: World) -> list[Object[Any]]:
    return [p for p in await world.all(kinds.POD) if p.view.status.phase in ("Pending", "Running") and not p.deleting]


async def status(world: World) -> dict[str, Any]:
    found: dict[str, Any] = (await world.client.get(kinds.JOB, "j", "default")).data()["status"]
    return found


async def told(world: World) -> list[tuple[str, str]]:
    return [(one["type"], one["reason"]) for one in (await status(world)).get("conditions", [])]


async def test_it_completes_once_enough_pods_succeeded(running: World, nodes: FakeNodes) -> None:
    await start(running, completions=3, parallelism=2)
    assert len(await active(running)) == 2
    for _ in range(3):
        await end(running, nodes)
    [job] = await running.all(kinds.JOB)
    assert job.labels["batch.kubernetes.io/job-name"] == "j"
    found = await status(running)
    assert (found["succeeded"], found.get("active"), found["uncountedTerminatedPods"]) == (3, None, {})
    assert await told(running) == [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]
    assert "completionTime" in found
    pods = await running.all(kinds.POD)
    assert len(pods) == 3
    assert not any(pod.meta.finalizers for pod in pods)
    assert "Completed x1: Job completed" in await running.events()


async def test_a_failed_pod_is_replaced_later_and_later_until_there_were_too_many(
    running: World, nodes: FakeNodes
) -> None:
    await start(running, backoffLimit=2)
    for wait in (10, 20):
        await end(running, nodes, 1)
        await running.clock.advance(wait - 4)
        assert await active(running) == []
        await running.clock.advance(5)
        assert len(await active(running)) == 1
    await end(running, nodes, 1)
    assert await told(running) == [("FailureTarget", "BackoffLimitExceeded"), ("Failed", "BackoffLimitExceeded")]
    assert (await status(running))["failed"] == 3
    assert len(await running.all(kinds.POD)) == 3


async def test_every_index_has_its_pod(running: World, nodes: FakeNodes) -> None:
    await start(running, completions=3, parallelism=2, completionMode="Indexed")
    first = next(pod for pod in await active(running) if pod.annotations[members.INDEX] == "0")
    assert first.name.startswith("j-0-")
    assert first.view.spec.hostname == "j-0"
    [variable] = first.data()["spec"]["containers"][0]["env"]
    assert variable["name"] == "JOB_COMPLETION_INDEX"
    await end(running, nodes, index=1)
    assert (await status(running))["completedIndexes"] == "1"
    await end(running, nodes, index=0)
    await end(running, nodes, index=2)
    found = await status(running)
    assert (found["completedIndexes"], found["succeeded"]) == ("0-2", 3)
    assert ("Complete", "CompletionsReached") in await told(running)


async def test_indexes_fail_for_themselves(running: World, nodes: FakeNodes) -> None:
    await start(running, completions=2, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1)
    await end(running, nodes, 1, index=0)
    await running.clock.advance(12)
    [retried] = [pod for pod in await active(running) if pod.name.startswith("j-0-")]
    assert retried.annotations["batch.kubernetes.io/job-index-failure-count"] == "1"
    await end(running, nodes, 1, index=0)
    assert (await status(running))["failedIndexes"] == "0"
    await end(running, nodes, index=1)
    assert await told(running) == [("FailureTarget", "FailedIndexes"), ("Failed", "FailedIndexes")]
    found = await status(running)
    assert (found["completedIndexes"], found["failed"]) == ("1", 2)


async def test_too_many_failed_indexes_end_it(running: World, nodes: FakeNodes) -> None:
    limits = {"backoffLimitPerIndex": 0, "maxFailedIndexes": 0}
    await start(running, completions=3, parallelism=3, completionMode="Indexed", **limits)
    await end(running, nodes, 1, index=1)
    await running.clock.advance(5)
    assert await told(running) == [
        ("FailureTarget", "MaxFailedIndexesExceeded"),
        ("Failed", "MaxFailedIndexesExceeded"),
    ]
    assert await active(running) == []


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ({"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}, "PodFailurePolicy"),
        ({"action": "Ignore", "onExitCodes": {"operator": "NotIn", "values": [1]}}, ""),
        ({"action": "Count", "onExitCodes": {"operator": "In", "values": [42]}}, "BackoffLimitExceeded"),
    ],
)
async def test_rules_about_failed_pods(running: World, nodes: FakeNodes, rule: Any, outcome: str) -> None:
    await start(running, backoffLimit=0, podReplacementPolicy="Failed", podFailurePolicy={"rules": [rule]})
    [pod] = await active(running)
    await end(running, nodes, 42)
    assert [reason for _, reason in await told(running)] == ([outcome] * 2 if outcome else [])
    if outcome == "PodFailurePolicy":
        message = f"Container c for pod default/{pod.name} failed with exit code 42 matching FailJob rule at index 0"
        assert (await status(running))["conditions"][0]["message"] == message
    if not outcome:
        assert (await status(running)).get("failed") is None


async def test_some_indexes_may_be_enough(running: World, nodes: FakeNodes) -> None:
    rules = [{"succeededIndexes": "0,2", "succeededCount": 1}]
    await start(running, completions=3, parallelism=3, completionMode="Indexed", successPolicy={"rules": rules})
    await end(running, nodes, index=1)
    assert await told(running) == []
    await end(running, nodes, index=2)
    await running.clock.advance(3)
    assert await told(running) == [("SuccessCriteriaMet", "SuccessPolicy"), ("Complete", "SuccessPolicy")]
    assert await active(running) == []
    assert (await status(running)).get("failed") is None


async def test_a_deadline_ends_what_is_active(running: World) -> None:
    await start(running, activeDeadlineSeconds=30)
    await running.clock.advance(32)
    assert await told(running) == [("FailureTarget", "DeadlineExceeded"), ("Failed", "DeadlineExceeded")]
    assert await running.all(kinds.POD) == []
    assert (await status(running))["failed"] == 1


async def test_it_can_be_suspended_and_resumed(running: World) -> None:
    job = await start(running)
    await running.merge(job, {"spec": {"suspend": True}})
    await running.clock.advance(3)
    found = await status(running)
    assert ("startTime" in found, found.get("active")) == (False, None)
    assert await told(running) == [("Suspended", "JobSuspended")]
    assert await running.all(kinds.POD) == []
    await running.merge(job, {"spec": {"suspend": False}})
    await running.clock.advance(3)
    assert await told(running) == [("Suspended", "JobResumed")]
    assert len(await active(running)) == 1
    assert (await status(running)).get("failed") is None
    events = [event.partition(" ")[0] for event in await running.events()]
    assert events == ["SuccessfulCreate", "SuccessfulDelete", "Suspended", "SuccessfulCreate", "Resumed"]


async def test_it_goes_some_time_after_it_finished(running: World, nodes: FakeNodes) -> None:
    await start(running, ttlSecondsAfterFinished=60)
    await end(running, nodes)
    await running.clock.advance(50)
    assert len(await running.all(kinds.JOB)) == 1
    await running.clock.advance(15)
    assert await running.all(kinds.JOB) == []
    assert await running.all(kinds.POD) == []


async def test_its_pods_do_not_outlive_it(running: World) -> None:
    await start(running, parallelism=2)
    await running.client.delete(kinds.JOB, "j", "default")  # leaves its pods alone, as the API has it for Jobs
    await running.clock.advance(3)
    pods = await running.all(kinds.POD)
    assert [pod.meta.finalizers or [] for pod in pods] == [[], []]


async def test_who_manages_it_himself_is_left_alone(running: World) -> None:
    await start(running, managedBy="example.com/queue")
    assert await running.all(kinds.POD) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("1", {1}),
        ("0,1", {0, 1}),
        ("0-2,5", {0, 1, 2, 5}),
        ("a,3", {3}),
    ],
)
def test_indexes_are_read_as_they_are_written(text: str, expected: set[int]) -> None:
    assert indexes.parse(text) == expected
    assert indexes.parse(indexes.text(expected)) == expected


def test_the_wait_doubles_and_a_success_ends_it() -> None:
    failures = Failures().and_then([(100.0, False), (130.0, False)])
    assert failures.left(130.0) == 20.0
    assert Failures(20, 0.0).left(0.0) == 600.0
    assert failures.and_then([(140.0, True)]).left(140.0) == 0.0
