"""Hooks of containers: what they do, how they fail, and what comes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.protocol import Client, DeleteOptions

FAILED = 'for Container "c" in Pod "p_default(UID)" failed - error: '


def hooked(**hooks: Data) -> Data:
    container = {"name": "c", "image": "node-app:v1", "ports": [{"containerPort": 8080}], "lifecycle": hooks}
    return {"containers": [container], "terminationGracePeriodSeconds": 5}


async def events(client: Client) -> list[tuple[str, str]]:
    return [(one.view.reason or "", one.view.message or "") for one in (await client.list(kinds.EVENT)).items]


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (
            {"exec": {"command": ["sh", "-c", "echo out; echo bad >&2; exit 3"]}},
            f"Exec lifecycle hook ([sh -c echo out; echo bad >&2; exit 3]) {FAILED}"
            "command 'sh -c echo out; echo bad >&2; exit 3' exited with 3: bad\n, message: \"out\\nbad\\n\"",
        ),
        (
            {"httpGet": {"path": "/ready", "port": "web"}},
            f'HTTP lifecycle hook (/ready) {FAILED}strconv.Atoi: parsing "web": invalid syntax',
        ),
        (
            {"tcpSocket": {"port": 8080}},
            "Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,"
            "TCPSocket:&TCPSocketAction{Port:{0 8080 },Host:,},Sleep:nil,}",
        ),
    ],
)
async def test_a_container_whose_post_start_hook_fails_is_killed(
    hook: Data, message: str, run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(hooked(postStart=hook), 9.0)
    found = await client.get(kinds.POD, "p", "default")
    (container,) = found.data()["status"]["containerStatuses"]
    assert container["state"]["waiting"]["reason"] in ("PostStartHookError", "CrashLoopBackOff")
    waiting = container["state"]["waiting"]
    if waiting["reason"] == "PostStartHookError":
        assert waiting["message"].replace(found.uid, "UID") == message
    told = await events(client)
    assert ("FailedPostStartHook", "PostStartHook failed") in told
    assert ("Killing", "FailedPostStartHook") in told


async def test_a_slow_post_start_hook_holds_the_pod_back(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    status = await run(hooked(postStart={"exec": {"command": ["sleep", "7"]}}), 5.0)
    assert status["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    await clock.advance(5)
    found = (await client.get(kinds.POD, "p", "default")).data()["status"]
    assert found["containerStatuses"][0]["ready"]


@pytest.mark.parametrize(
    ("hook", "gone_after", "told"),
    [
        ({"sleep": {"seconds": 3}}, 5.0, []),
        ({"exec": {"command": ["sleep", "100"]}}, 7.0, []),
        ({"exec": {"command": ["false"]}}, 7.0, [("FailedPreStopHook", "PreStopHook failed")]),
        ({"tcpSocket": {"port": 8080}}, 7.0, [("FailedPreStopHook", "PreStopHook failed")]),
        ({"httpGet": {"port": "web"}}, 7.0, [("FailedPreStopHook", "PreStopHook failed")]),
    ],
)
async def test_a_pre_stop_hook_runs_within_the_grace_period(
    hook: Data,
    gone_after: float,
    told: list[tuple[str, str]],
    run: Callable[..., Any],
    client: Client,
    clock: ManualClock,
) -> None:
    await run(hooked(preStop=hook))
    await client.delete(kinds.POD, "p", "default", options=DeleteOptions(grace=5))
    await clock.advance(2.5)
    assert (await client.list(kinds.POD)).items
    await clock.advance(gone_after + 1)
    assert not (await client.list(kinds.POD)).items
    assert [one for one in await events(client) if one[0] == "FailedPreStopHook"] == told


async def states(client: Client, since: int) -> list[tuple[str, int, bool, bool]]:
    """Reason or state, restarts, started and ready of the container `c` in every state of the pod that was stored."""
    found = []
    async for batch in client.watch(kinds.POD, since=since):
        for one in batch:
            for status in one.object.data()["status"].get("containerStatuses", []):
                [(state, inner)] = status["state"].items()
                found.append((inner.get("reason", state), status["restartCount"], status["started"], status["ready"]))
        break
    return found


async def test_a_failed_post_start_hook_is_told_before_its_back_off(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    """Both are stored, of every attempt but the first, which is followed by the next at once."""
    since = (await client.list(kinds.POD)).revision
    await run(hooked(postStart={"exec": {"command": ["sh", "-c", "exit 3"]}}), 40.0)
    reasons = [(reason, restarts) for reason, restarts, _, _ in await states(client, since)]
    assert list(dict.fromkeys(reasons))[:6] == [
        ("ContainerCreating", 0),
        ("PostStartHookError", 0),
        ("PostStartHookError", 1),
        ("CrashLoopBackOff", 1),
        ("PostStartHookError", 2),
        ("CrashLoopBackOff", 2),
    ]


async def test_a_container_is_started_before_it_is_ready(run: Callable[..., Any], client: Client) -> None:
    """A kubelet stores what the startup probe found before it looks at the pod again."""
    since = (await client.list(kinds.POD)).revision
    probe = {"tcpSocket": {"port": 8080}, "initialDelaySeconds": 2, "periodSeconds": 1}
    container = {"name": "c", "image": "node-app:v1", "ports": [{"containerPort": 8080}], "startupProbe": probe}
    await run({"containers": [container]}, 6.0)
    seen = [one for one in await states(client, since) if one[0] == "running"]
    assert seen == [("running", 0, False, False), ("running", 0, True, False), ("running", 0, True, True)]
