"""The API over TLS: requests per second, one list of many pods, and how fast one change reaches a thousand watchers."""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.cli.bench import meanwhile
from k9lite.cli.bench.connection import Connection, Watcher, connect, request_head
from k9lite.cli.bench.serving import Server
from k9lite.client.remote import Endpoint
from k9lite.client.remote import load as endpoint_of
from k9lite.client.remote.session import path_of

CONNECTIONS = 32
REQUESTS, CREATES, LISTS = 6000, 2000, 30
LISTED_PODS, WATCHERS, CHANGES = 1000, 1000, 30
NAMESPACE = "default"
SUBJECT = "bench"


class Latency(msgspec.Struct):
    """Milliseconds: half of all stayed below `p50`, 95 and 99 of 100 below the others."""

    p50: float
    p95: float
    p99: float

    @staticmethod
    def of(seconds: list[float]) -> "Latency":
        cuts = statistics.quantiles(seconds, n=100)
        return Latency(*(round(1000 * cuts[index - 1], 2) for index in (50, 95, 99)))


class Load(msgspec.Struct):
    """Rates per second, and latencies."""

    get_per_s: float
    get_ms: Latency
    list_1000_pods_ms: Latency
    create_per_s: float
    create_ms: Latency
    watch_deliveries_per_s: float
    watch_fan_out_ms: Latency


class HttpFigures(Load):
    """And how long a key takes in the dashboard of a cluster that is under the same load."""

    key_to_paint_ms: Latency


async def measure(state: Path) -> HttpFigures:
    """Start a server in another process, load it from this one; then the other way round, with a dashboard here."""
    async with Server(state / "served") as server:
        figures = await load(server.kubeconfig)
    keys = Latency.of(await meanwhile.key_to_paint(state / "shown", __name__, LISTED_PODS))
    return HttpFigures(**msgspec.structs.asdict(figures), key_to_paint_ms=keys)


async def load(kubeconfig: Path) -> Load:
    """Put a cluster under every kind of load, one after the other."""
    endpoint = endpoint_of(kubeconfig)
    connections = await asyncio.gather(*(connect(endpoint, lambda: Connection(endpoint)) for _ in range(CONNECTIONS)))
    await _prepare(connections[0])
    get_rate, gets = await _rate(connections, REQUESTS, _get)
    _, lists = await _rate(connections[:1], LISTS, _list)
    create_rate, creates = await _rate(connections, CREATES, _create)
    deliveries, fan_out = await _fan_out(endpoint, connections[0])
    for connection in connections:
        connection.close()
    return Load(
        get_rate, Latency.of(gets), Latency.of(lists), create_rate, Latency.of(creates), deliveries, Latency.of(fan_out)
    )


async def _prepare(connection: Connection) -> None:
    """Pods that no scheduler touches, so that nothing but the API is measured."""
    container = {"name": "c", "image": "node-app:v1"}
    spec = {"schedulerName": "nobody", "containers": [container], "terminationGracePeriodSeconds": 0}
    for number in range(LISTED_PODS):
        body = {"metadata": {"name": f"pod-{number}", "labels": {"app": "bench"}}, "spec": spec}
        await _post(connection, path_of(kinds.POD, NAMESPACE), body)
    await _post(connection, path_of(kinds.CONFIG_MAP, NAMESPACE), {"metadata": {"name": SUBJECT}, "data": {"n": "0"}})


async def _post(connection: Connection, path: str, body: Data) -> None:
    await connection.request("POST", path, msgspec.json.encode(body))


async def _get(connection: Connection, number: int) -> None:
    await connection.request("GET", path_of(kinds.POD, NAMESPACE, "pod-0"))


async def _list(connection: Connection, number: int) -> None:
    await connection.request("GET", path_of(kinds.POD, NAMESPACE))


async def _create(connection: Connection, number: int) -> None:
    body = {"metadata": {"name": f"c-{number}"}, "data": {"a": "b"}}
    await _post(connection, path_of(kinds.CONFIG_MAP, NAMESPACE), body)


async def _rate(
    connections: Sequence[Connection], count: int, call: Callable[[Connection, int], Awaitable[None]]
) -> tuple[float, list[float]]:
    """Calls per second over all connections, and the seconds of each call."""
    seconds: list[float] = []
    numbers = iter(range(count))

    async def worker(connection: Connection) -> None:
        for number in numbers:
            start = time.perf_counter()
            await call(connection, number)
            seconds.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(worker(connection) for connection in connections))
    return count / (time.perf_counter() - start), seconds


async def _fan_out(endpoint: Endpoint, connection: Connection) -> tuple[float, list[float]]:
    """Deliveries per second while one object changes under many watchers, and how long a change takes to reach all."""
    arrivals = _Arrivals()
    path = path_of(kinds.CONFIG_MAP, NAMESPACE)
    head = request_head(endpoint, "GET", f"{path}?watch=true&fieldSelector=metadata.name%3D{SUBJECT}")
    watchers = await asyncio.gather(*(connect(endpoint, lambda: Watcher(head, arrivals.add)) for _ in range(WATCHERS)))
    await arrivals.reach(WATCHERS)  # each begins with the object as it is
    seconds = []
    for number in range(CHANGES):
        start = time.perf_counter()
        change = msgspec.json.encode({"data": {"n": str(number + 1)}})
        await connection.request("PATCH", f"{path}/{SUBJECT}", change, "application/merge-patch+json")
        await arrivals.reach((number + 2) * WATCHERS)
        seconds.append(time.perf_counter() - start)
    for watcher in watchers:
        watcher.close()
    return WATCHERS * CHANGES / sum(seconds), seconds


class _Arrivals:
    """Counts events, and wakes who waits for so many."""

    def __init__(self) -> None:
        self._count = self._wanted = 0
        self._reached = asyncio.Event()

    def add(self, count: int) -> None:
        self._count += count
        if self._count >= self._wanted:
            self._reached.set()

    async def reach(self, count: int) -> None:
        self._wanted = count
        self._reached.clear()
        self.add(0)
        await self._reached.wait()


if __name__ == "__main__":
    asyncio.run(load(Path(sys.argv[1])))
