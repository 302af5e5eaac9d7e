"""Pods that get more or less of their node while they run."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import conditions, kinds
from k9lite.api.object import Data
from k9lite.client.protocol import Client, PatchType

AMOUNTS = {"requests": {"cpu": "100m", "memory": "20Mi"}, "limits": {"cpu": "200m", "memory": "40Mi"}}
POLICY = [{"resourceName": "memory", "restartPolicy": "RestartContainer"}]


def sized(resources: Data = AMOUNTS) -> Data:
    container = {"name": "c", "image": "node-app:v1", "resources": resources, "resizePolicy": POLICY}
    return {"terminationGracePeriodSeconds": 2, "containers": [container]}


async def resize(client: Client, name: str = "p", **resources: Data) -> None:
    spec = {"containers": [{"name": "c", "resources": resources}]}
    await client.patch(kinds.POD, name, {"spec": spec}, PatchType.STRATEGIC, "default", subresource="resize")


async def status(client: Client, name: str = "p") -> Data:
    return (await client.get(kinds.POD, name, "default")).status()


async def told(client: Client) -> list[tuple[str, str, str]]:
    every = (one.view for one in (await client.list(kinds.EVENT)).items)
    return [(one.type or "", one.reason or "", one.message or "") for one in every if "esiz" in (one.message or "")]


@pytest.mark.parametrize(
    ("wanted", "restarts"),
    [
        ({"requests": {"cpu": "150m"}, "limits": {"cpu": "300m"}}, 0),
        ({"requests": {"memory": "30Mi"}, "limits": {"memory": "60Mi"}}, 1),
    ],
)
async def test_a_container_gets_more(
    wanted: Data, restarts: int, run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(sized())
    await resize(client, **wanted)
    await clock.advance(0.05)
    assert conditions.find((await status(client))["conditions"], "PodResizeInProgress")
    await clock.advance(4)
    found = await status(client)
    (container,) = found["containerStatuses"]
    amounts = {part: AMOUNTS[part] | wanted[part] for part in ("limits", "requests")}
    assert container["resources"] == amounts
    assert container["allocatedResources"] == amounts["requests"]
    assert container["restartCount"] == restarts
    assert not conditions.find(found["conditions"], "PodResizeInProgress")
    told_of = {"containers": [{"name": "c", "resources": amounts}], "generation": 2}
    summary = json.dumps(told_of, separators=(",", ":"))
    assert [one for one in await told(client) if one[1] != "Killing"] == [
        ("Normal", "ResizeStarted", f"Pod resize started: {summary}"),
        ("Normal", "ResizeCompleted", f"Pod resize completed: {summary}"),
    ]
    killed = ("Normal", "Killing", "Container c resize requires restart")
    assert (killed in await told(client)) == bool(restarts)


async def test_more_than_the_node_has_is_never_given(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(sized({"requests": {"cpu": "100m"}}))
    await resize(client, requests={"cpu": "200"})
    await clock.advance(2)
    found = await status(client)
    pending = conditions.find(found["conditions"], "PodResizePending") or {}
    problem = "Node didn't have enough capacity: cpu, requested: 200000, capacity: 4000"
    assert (pending["reason"], pending["message"]) == ("Infeasible", problem)
    assert found["containerStatuses"][0]["resources"] == {"requests": {"cpu": "100m"}}
    ((type, reason, message),) = await told(client)
    assert (type, reason) == ("Warning", "ResizeInfeasible")
    assert message.endswith(f'"generation":2,"error":"{problem}"}}')
    await resize(client, requests={"cpu": "100m"})
    await clock.advance(2)
    assert not conditions.find((await status(client))["conditions"], "PodResizePending")


async def test_what_others_have_is_waited_for(run: Callable[..., Any], client: Client, clock: ManualClock) -> None:
    await run(sized({"requests": {"cpu": "3"}}), name="big")
    await run(sized({"requests": {"cpu": "500m"}}))
    await resize(client, requests={"cpu": "2"})
    await clock.advance(2)
    pending = conditions.find((await status(client))["conditions"], "PodResizePending") or {}
    problem = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"
    assert (pending["reason"], pending["message"]) == ("Deferred", problem)
    await client.delete(kinds.POD, "big", "default")
    await clock.advance(5)
    found = await status(client)
    assert not conditions.find(found["conditions"], "PodResizePending")
    assert found["containerStatuses"][0]["allocatedResources"] == {"cpu": "2"}
