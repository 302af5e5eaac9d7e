"""Lives of pods in a few words: what `kubectl get -w` shows, without repetitions, and what is told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from lifecycle import row, without_ages

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.client.protocol import Client
from k9lite.engine.node.kubelet import Kubelet

APP = {"image": "node-app:v1"}
LOOP = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1; done"]


def container(name: str, *command: str, **more: Any) -> dict[str, Any]:
    return APP | {"name": name} | ({"command": list(command)} if command else {}) | more


def failing(word: str) -> dict[str, Any]:
    return {word: {"exec": {"command": ["false"]}, "periodSeconds": 2, "failureThreshold": 2}}


SIDECAR = container("s", *LOOP, restartPolicy="Always")

# name -> spec; the seconds after which it is deleted, or None; what is shown; what is told beside starts
SCENARIOS: dict[str, tuple[dict[str, Any], float | None, list[str], list[str]]] = {
    "a sidecar ends after the others": (
        {"restartPolicy": "Never", "initContainers": [SIDECAR], "containers": [container("c", "sleep", "3")]},
        None,
        [
            "0/2 Pending 0 Pending",
            "0/2 Init:0/1 0 Pending",
            "1/2 PodInitializing 0 Pending",
            "2/2 Running 0 Running",
            "1/2 Completed 0 Running",
            "0/2 Completed 0 Running",
            "0/2 Completed 0 Succeeded",
        ],
        ["Killing: Stopping container s"],
    ),
    "a sidecar that does not start holds the pod back": (
        {
            "terminationGracePeriodSeconds": 2,
            "containers": [container("c")],
            "initContainers": [container("s", "sleep", "1000", restartPolicy="Always", **failing("startupProbe"))],
        },
        None,
        ["0/2 Pending 0 Pending", "0/2 Init:0/1 0 Pending", "0/2 Init:0/1 1 Pending", "0/2 Init:0/1 2 Pending"],
        ["Unhealthy: Startup probe failed: ", "Killing: Init container s failed startup probe"],
    ),
    "a failed init container ends a pod that is not restarted": (
        {"restartPolicy": "Never", "initContainers": [container("i", "false")], "containers": [container("c")]},
        None,
        ["0/1 Pending 0 Pending", "0/1 Init:0/1 0 Pending", "0/1 Init:Error 0 Pending", "0/1 Init:Error 0 Failed"],
        [],
    ),
    "a liveness probe ends a pod that is not restarted": (
        {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 2,
            "containers": [container("c", "sleep", "1000", **failing("livenessProbe"))],
        },
        None,
        [
            "0/1 Pending 0 Pending",
            "0/1 ContainerCreating 0 Pending",
            "1/1 Running 0 Running",
            "0/1 Error 0 Running",
            "0/1 Error 0 Failed",
        ],
        ["Unhealthy: Liveness probe failed: ", "Killing: Stopping container c"],
    ),
    "a readiness gate that nobody opens": (
        {"readinessGates": [{"conditionType": "example.com/gate"}], "containers": [container("c")]},
        None,
        ["0/1 Pending 0 Pending", "0/1 ContainerCreating 0 Pending", "1/1 Running 0 Running"],
        [],
    ),
    "a container of its own mind is restarted": (
        {
            "restartPolicy": "Never",
            "containers": [
                container(
                    "c",
                    "sh",
                    "-c",
                    "sleep 2; exit 7",
                    restartPolicy="Never",
                    restartPolicyRules=[{"action": "Restart", "exitCodes": {"operator": "In", "values": [7]}}],
                ),
            ],
        },
        8.0,
        [
            "0/1 Pending 0 Pending",
            "0/1 ContainerCreating 0 Pending",
            "1/1 Running 0 Running",
            "0/1 Error 0 Running",
            "1/1 Running 1 Running",
            "0/1 Error 1 Running",
            "0/1 Terminating 1 Running",
            "0/1 Error 1 Failed",
        ],
        ["BackOff: Back-off restarting failed container c in pod p_default(UID)"],
    ),
    "deleted before its image was there": (
        {"containers": [container("c", image="postgres:16")]},
        1.5,
        [
            "0/1 Pending 0 Pending",
            "0/1 ContainerCreating 0 Pending",
            "0/1 Terminating 0 Pending",
            "0/1 ContainerStatusUnknown 0 Failed",
        ],
        ['Pulling: Pulling image "postgres:16"'],
    ),
    "deleted while it initialises": (
        {
            "terminationGracePeriodSeconds": 2,
            "initContainers": [container("i", "sleep", "1000"), container("j")],
            "containers": [container("c")],
        },
        2.0,
        ["0/1 Pending 0 Pending", "0/1 Init:0/2 0 Pending", "0/1 Terminating 0 Pending", "0/1 Init:Error 0 Failed"],
        ["Killing: Stopping container i"],
    ),
    "a container that wants more memory than it may have": (
        {
            "restartPolicy": "Never",
            "containers": [
                container("c", "sh", "-c", "sleep 1; tail /dev/zero", resources={"limits": {"memory": "10Mi"}}),
            ],
        },
        None,
        [
            "0/1 Pending 0 Pending",
            "0/1 ContainerCreating 0 Pending",
            "1/1 Running 0 Running",
            "0/1 OOMKilled 0 Running",
            "0/1 OOMKilled 0 Failed",
        ],
        [],
    ),
    "secrets to pull with that are not there": (
        {"imagePullSecrets": [{"name": "one"}, {"name": "two"}], "containers": [container("c")]},
        None,
        ["0/1 Pending 0 Pending", "0/1 ContainerCreating 0 Pending", "1/1 Running 0 Running"],
        [
            "FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (one, two); "
            "attempting to pull the image may not succeed."
        ],
    ),
    "an image without such a tag": (
        {"containers": [container("c", image="nginx:no-such")]},
        5.0,
        [
            "0/1 Pending 0 Pending",
            "0/1 ContainerCreating 0 Pending",
            "0/1 ErrImagePull 0 Pending",
            "0/1 Terminating 0 Pending",
            "0/1 ContainerStatusUnknown 0 Failed",
        ],
        [
            'Pulling: Pulling image "nginx:no-such"',
            "Failed: Error: ErrImagePull",
            'Failed: Failed to pull image "nginx:no-such": failed to pull and unpack image '
            '"docker.io/library/nginx:no-such": failed to resolve reference "docker.io/library/nginx:no-such": '
            "docker.io/library/nginx:no-such: not found",
            'BackOff: Back-off pulling image "nginx:no-such"',
            "Failed: Error: ImagePullBackOff",
        ],
    ),
    "rejected by its node": (
        {"containers": [container("c", resources={"requests": {"cpu": "100"}})]},
        None,
        ["0/1 Pending 0 Pending", "0/1 OutOfcpu 0 Failed"],
        ["OutOfcpu: Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000"],
    ),
}
STARTS = {"Pulled", "Created", "Started"}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario(name: str, kubelet: Kubelet, client: Client, clock: ManualClock, tasks: TaskSet) -> None:
    spec, deleted_after, shown, told = SCENARIOS[name]
    seen: list[str] = []

    async def watch() -> None:
        async for batch in client.watch(kinds.POD, since=revision):
            for one in batch:
                text = _short(row(one.type, one.object, clock.now()))
                seen.extend([text] if text not in seen[-1:] else [])

    revision = (await client.list(kinds.POD)).revision
    tasks.start(watch(), "watch")
    await client.create(kinds.POD, {"metadata": {"name": "p"}, "spec": {"nodeName": "worker"} | spec}, "default")
    await clock.advance(deleted_after or 15.0)
    if deleted_after is not None:
        await client.delete(kinds.POD, "p", "default")
        await clock.advance(40)
    assert seen == shown
    events = [one.view for one in (await client.list(kinds.EVENT)).items if one.view.involvedObject.kind == "Pod"]
    assert {
        re.sub(r"\([0-9a-f-]{36}\)", "(UID)", f"{one.reason}: {one.message}")
        for one in events
        if one.reason not in STARTS
    } == set(told)


def _short(text: str) -> str:
    """READY STATUS RESTARTS and the phase."""
    cells, phase, *_ = without_ages(text).split(" | ")
    return " ".join([*cells.split(" ")[1:], phase.split(" ")[0]])


async def test_a_volume_whose_secret_comes_late(run: Callable[..., Any], client: Client, clock: ManualClock) -> None:
    mounted = container("c", volumeMounts=[{"name": "v", "mountPath": "/v", "readOnly": True}])
    spec = {"volumes": [{"name": "v", "secret": {"secretName": "late"}}], "containers": [mounted]}
    status = await run(spec, 5.0)
    assert status["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    await client.create(kinds.SECRET, {"metadata": {"name": "late"}, "stringData": {"a": "b"}}, "default")
    await clock.advance(5)
    status = (await client.get(kinds.POD, "p", "default")).data()["status"]
    assert status["containerStatuses"][0]["ready"]
    mounts = status["containerStatuses"][0]["volumeMounts"]
    assert mounts[0] == {"name": "v", "mountPath": "/v", "readOnly": True, "recursiveReadOnly": "Disabled"}


async def test_as_whom_containers_run(run: Callable[..., Any]) -> None:
    context = {"runAsUser": 1000, "supplementalGroups": [4000], "fsGroup": 2000}
    own = container("other", securityContext={"runAsUser": 0, "runAsGroup": 3000})
    status = await run({"securityContext": context, "containers": [container("c"), own]})
    assert [one["user"]["linux"] for one in status["containerStatuses"]] == [
        {"uid": 1000, "gid": 0, "supplementalGroups": [0, 4000, 2000]},
        {"uid": 0, "gid": 3000, "supplementalGroups": [3000, 4000, 2000]},
    ]
