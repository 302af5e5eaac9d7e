"""How fast the whole dashboard is over a cluster of many pods that change all the time: key and change to paint."""

import asyncio
import time
from typing import Any

import msgspec

from k9lite.aio.clock import LiveClock
from k9lite.aio.randomness import Randomness
from k9lite.api import kinds
from k9lite.api.object import Object, controller_reference
from k9lite.cli.bench import rendering
from k9lite.cli.collector import settle
from k9lite.engine.apiserver.bootstrap import bootstrap
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.node.streams import NodeStreams
from k9lite.tui.app import Dashboard
from k9lite.tui.widgets.kind_table import KindTable

GRID = tuple((pods, changes) for pods in (100, 1_000, 10_000) for changes in (0, 1_000))
SIZE = (160, 50)
KEYS, CHANGES = 60, 60  # samples
BATCHES = 100  # of changes, per second
SETTLE = 1.0  # seconds before the first sample

NODES = ("worker-1", "worker-2", "worker-3")
LABELS = {"app": "bench"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "node-app:v1"}]}}
SPEC = {"replicas": 0, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}


class GridRow(msgspec.Struct):
    """A dashboard over so many pods, so many of which change per second.

    longest_stall_ms: the longest time in which the loop answered to nobody, the API server's work included
    """

    pods: int
    changes_per_s: int
    key_to_paint_ms: rendering.Latency
    change_to_paint_ms: rendering.Latency
    longest_stall_ms: float


async def measure_grid() -> list[GridRow]:
    return [await measure_one(pods, changes) for pods, changes in GRID]


async def measure_one(pods: int, changes: int) -> GridRow:
    settle()  # as the program does; and what another measurement left goes
    client, clock = await _filled(pods)
    app = Dashboard(client, clock, driver_class=rendering.RenderingDriver)
    async with rendering.rendering(app, SIZE) as driver:
        table = app.screen.query_one("#pods KindTable", KindTable)
        await driver.painted(lambda: len(table) >= pods)
        await asyncio.sleep(SETTLE)
        table.focus()
        changing = asyncio.create_task(_keep_changing(client, pods, changes))
        watching = rendering.Stalls()
        keys = await _keys(app, driver, table)
        stall = watching.stop()
        painted = await _changes(client, driver, table)
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)
    clock.close()
    return GridRow(pods, changes, rendering.latency(keys), rendering.latency(painted), stall)


async def _keys(app: Dashboard, driver: rendering.RenderingDriver, table: KindTable) -> list[float]:
    seconds = []
    for number in range(KEYS):
        await asyncio.sleep(0.02 + number % 7 * 0.004)
        key = "down" if number < KEYS // 2 else "up"
        seconds.append(await rendering.key_to_paint(app, driver, key, lambda: table.cursor))
    return seconds


async def _changes(client: LocalClient, driver: rendering.RenderingDriver, table: KindTable) -> list[float]:
    """The pod under the cursor, the first one, changes, and is on the screen with that."""
    seconds = []
    for number in range(CHANGES):
        await asyncio.sleep(0.07 + number % 5 * 0.01)
        pod, reason = await client.get(kinds.POD, table.cursor.name, table.cursor.namespace), f"Bench{number}"
        change = client.update_status(pod, _status(reason))
        seconds.append(await rendering.change_to_paint(driver, change, lambda reason=reason: reason in driver.last))  # type: ignore[misc]
    return seconds


async def _filled(pods: int) -> tuple[LocalClient, LiveClock]:
    """An API server without controllers, that holds three nodes and a Deployment of so many pods that all run."""
    clock = LiveClock(time.time())
    server = ApiServer(clock, Randomness("bench"))
    bootstrap(server)
    client = LocalClient(server, NodeStreams({}))
    for name in NODES:
        await client.create(kinds.NODE, {"metadata": {"name": name}})
    await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "default"}}, "default")
    deployment = await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "bench"}, "spec": SPEC}, "default")
    metadata = {"name": "bench-6d8f7c9b5", "labels": LABELS, "ownerReferences": [controller_reference(deployment)]}
    owner = await client.create(kinds.REPLICA_SET, {"metadata": metadata, "spec": SPEC}, "default")
    for number in range(pods):
        pod = await client.create(kinds.POD, _pod(_name(number), NODES[number % len(NODES)], owner), "default")
        await client.update_status(pod, _status())
    return client, clock


def _name(number: int) -> str:
    return f"bench-6d8f7c9b5-{number:05}"


def _pod(name: str, node: str, owner: Object[Any]) -> dict[str, Any]:
    metadata = {"name": name, "labels": LABELS, "ownerReferences": [controller_reference(owner)]}
    return {"metadata": metadata, "spec": TEMPLATE["spec"] | {"nodeName": node}}  # type: ignore[operator]


def _status(reason: str = "") -> dict[str, Any]:
    """Of a pod that runs, or that `reason` keeps from running."""
    state = {"waiting": {"reason": reason}} if reason else {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    container = {"name": "c", "image": "node-app:v1", "imageID": "", "ready": not reason, "restartCount": 0}
    conditions = [{"type": "Ready", "status": "False" if reason else "True"}]
    return {"phase": "Running", "conditions": conditions, "containerStatuses": [container | {"state": state}]}


async def _keep_changing(client: LocalClient, pods: int, per_second: int) -> None:
    """Pods fail and recover in turn, all but the first, as many each second as the loop allows up to that."""
    loop = asyncio.get_running_loop()
    due, number = loop.time(), 0
    while per_second:
        due += 1 / BATCHES
        for _ in range(per_second // BATCHES):
            number += 1
            pod = await client.get(kinds.POD, _name(1 + number * 7_919 % (pods - 1)), "default")
            await client.update_status(pod, _status("CrashLoopBackOff" if number % 3 == 0 else ""))
        due = max(due, loop.time() - 1)  # what could not be done in time is not made up for
        await asyncio.sleep(max(0.0, due - loop.time()))
