"""What one Deployment costs from creation to scale-down, with every controller at work; in a process of its own.

    python -m k9lite.cli.bench.deployments PODS

prints one row as JSON. A process per row keeps the peak of memory honest.
"""

import asyncio
import itertools
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from lightkube.models.apps_v1 import Deployment

from k9lite.aio.clock import INSTANT
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.object import Data, Object
from k9lite.cli.collector import settle
from k9lite.client.informer import Informer
from k9lite.client.protocol import EVERYTHING, PatchType
from k9lite.engine.cluster import Cluster, ClusterOptions

WORKERS, ROOM = 3, 4096  # nodes, and pods that fit on each
NAME, NAMESPACE = "bench", "default"
LONGEST_START = 5.0  # seconds between the last pod's readiness and its socket
CAUSE = Cause("bench")
PORT = 8080
STATUS = Path("/proc/self/status")  # where Linux tells of a process


class Row(msgspec.Struct):
    """Seconds until all pods are ready, until all run another image, until all are gone; peak memory of the process;
    writes per second over all three; whether pods held real sockets."""

    pods: int
    create_s: float
    rollout_s: float
    scale_down_s: float
    peak_mb: float
    writes_per_s: float
    real_sockets: bool


def deployment(pods: int) -> Data:
    labels = {"app": NAME}
    container = {"name": "web", "image": "node-app:v1", "ports": [{"containerPort": PORT}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": pods, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": NAME}, "spec": spec}


def image(name: str) -> Data:
    return {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": name}]}}}}


def has(pods: int, since: Object[Deployment]) -> Callable[[Object[Deployment]], bool]:
    """Whether a Deployment, written as `since` or later, has just so many ready pods, all of its newest template."""

    def check(obj: Object[Deployment]) -> bool:
        status = obj.view.status
        if status is None or (status.observedGeneration or 0) < since.meta.generation:
            return False
        counts = (status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas)
        return all((count or 0) == pods for count in counts)

    return check


def peak_memory() -> float:
    """The most megabytes that this process has held."""
    if STATUS.exists():  # a child's getrusage begins with what its parent held
        return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


async def until(informer: Informer[Any], reached: Callable[[Object[Any]], bool]) -> None:
    """Wait for a change that makes `reached` true of an object."""
    done = asyncio.Event()

    def changed(old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is not None and new.name == NAME and reached(new):
            done.set()

    informer.add_handler(changed)
    await done.wait()
    informer.remove_handler(changed)


async def all_listen(cluster: Cluster, pods: int) -> bool:
    """Wait until each pod's server listens on a real socket. False where the budget of sockets is smaller."""
    deadline = time.perf_counter() + LONGEST_START
    while cluster.real_sockets < pods and time.perf_counter() < deadline:  # noqa: ASYNC110 -- no event tells
        await asyncio.sleep(0.001)
    return cluster.real_sockets >= pods


async def measure(pods: int, state: Path) -> Row:
    options = ClusterOptions(workers=WORKERS, pods_per_node=ROOM, speed=INSTANT, state_folder=state, seed="bench")
    cluster = Cluster(options)
    await cluster.start()
    client = cluster.client
    tasks = TaskSet(lambda name, error: sys.exit(f"{name}: {error!r}"))
    deployments = Informer(client, kinds.DEPLOYMENT, cluster.clock)
    tasks.start(deployments.run(), "bench")
    await deployments.wait_synced()
    settle()
    revision = (await client.list(kinds.NODE)).revision
    marks = [time.perf_counter()]

    written = await client.create(kinds.DEPLOYMENT, deployment(pods), NAMESPACE, cause=CAUSE)
    await until(deployments, has(pods, written))
    real = await all_listen(cluster, pods)
    marks.append(time.perf_counter())

    for wanted, change in ((pods, image("node-app:v2")), (0, {"spec": {"replicas": 0}})):
        patch = PatchType.STRATEGIC
        written = await client.patch(kinds.DEPLOYMENT, NAME, change, patch, NAMESPACE, cause=CAUSE)
        await until(deployments, has(wanted, written))
        marks.append(time.perf_counter())

    writes = (await client.list(kinds.NODE, EVERYTHING)).revision - revision
    await tasks.close()
    await cluster.close()
    create, rollout, down = (end - start for start, end in itertools.pairwise(marks))
    return Row(pods, create, rollout, down, peak_memory(), writes / (create + rollout + down), real)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        row = asyncio.run(measure(int(sys.argv[1]), Path(folder)))
    print(msgspec.json.encode(row).decode())


if __name__ == "__main__":
    main()
