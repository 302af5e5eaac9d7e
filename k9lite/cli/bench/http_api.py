"""The API over TLS: requests per second, one list of many pods, and how fast one change reaches a thousand watchers."""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import msgspec

from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.cli.bench import meanwhile
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
    async with _session(endpoint_of(kubeconfig)) as http:
        await _prepare(http)
        get_rate, gets = await _rate(lambda number: _get(http), REQUESTS)
        _, lists = await _rate(lambda number: _list(http), LISTS, connections=1)
        create_rate, creates = await _rate(lambda number: _create(http, number), CREATES)
        deliveries, fan_out = await _fan_out(http)
    return Load(
        get_rate, Latency.of(gets), Latency.of(lists), create_rate, Latency.of(creates), deliveries, Latency.of(fan_out)
    )


def _session(endpoint: Endpoint) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=endpoint.tls() or True, limit=0)
    headers = {"Authorization": f"Bearer {endpoint.token}", "User-Agent": "bench"}
    return aiohttp.ClientSession(endpoint.url, connector=connector, headers=headers, read_bufsize=2**22)


async def _prepare(http: aiohttp.ClientSession) -> None:
    """Pods that no scheduler touches, so that nothing but the API is measured."""
    container = {"name": "c", "image": "node-app:v1"}
    spec = {"schedulerName": "nobody", "containers": [container], "terminationGracePeriodSeconds": 0}
    for number in range(LISTED_PODS):
        body = {"metadata": {"name": f"pod-{number}", "labels": {"app": "bench"}}, "spec": spec}
        await _post(http, path_of(kinds.POD, NAMESPACE), body)
    await _post(http, path_of(kinds.CONFIG_MAP, NAMESPACE), {"metadata": {"name": SUBJECT}, "data": {"n": "0"}})


async def _post(http: aiohttp.ClientSession, path: str, body: Data) -> None:
    async with http.post(path, json=body) as response:
        response.raise_for_status()
        await response.read()


async def _get(http: aiohttp.ClientSession) -> None:
    async with http.get(path_of(kinds.POD, NAMESPACE, "pod-0")) as response:
        response.raise_for_status()
        await response.read()


async def _list(http: aiohttp.ClientSession) -> None:
    async with http.get(path_of(kinds.POD, NAMESPACE)) as response:
        response.raise_for_status()
        await response.read()


async def _create(http: aiohttp.ClientSession, number: int) -> None:
    await _post(http, path_of(kinds.CONFIG_MAP, NAMESPACE), {"metadata": {"name": f"c-{number}"}, "data": {"a": "b"}})


async def _rate(
    call: Callable[[int], Awaitable[None]], count: int, *, connections: int = CONNECTIONS
) -> tuple[float, list[float]]:
    """Calls per second over all connections, and the seconds of each call."""
    seconds: list[float] = []
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            start = time.perf_counter()
            await call(number)
            seconds.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    return count / (time.perf_counter() - start), seconds


async def _fan_out(http: aiohttp.ClientSession) -> tuple[float, list[float]]:
    """Deliveries per second while one object changes under many watchers, and how long a change takes to reach all."""
    arrived: asyncio.Queue[None] = asyncio.Queue()
    query = {"watch": "true", "fieldSelector": f"metadata.name={SUBJECT}"}

    async def watcher() -> None:
        async with http.get(path_of(kinds.CONFIG_MAP, NAMESPACE), params=query) as response:
            async for _ in response.content:
                arrived.put_nowait(None)

    watchers = [asyncio.create_task(watcher()) for _ in range(WATCHERS)]
    await _take(arrived, WATCHERS)  # each begins with the object as it is
    seconds = []
    for number in range(CHANGES):
        start = time.perf_counter()
        change = msgspec.json.encode({"data": {"n": str(number + 1)}})
        headers = {"Content-Type": "application/merge-patch+json"}
        async with http.patch(path_of(kinds.CONFIG_MAP, NAMESPACE, SUBJECT), data=change, headers=headers) as response:
            response.raise_for_status()
        await _take(arrived, WATCHERS)
        seconds.append(time.perf_counter() - start)
    for task in watchers:
        task.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)
    return WATCHERS * CHANGES / sum(seconds), seconds


async def _take(arrived: asyncio.Queue[None], count: int) -> None:
    for _ in range(count):
        await arrived.get()


if __name__ == "__main__":
    asyncio.run(load(Path(sys.argv[1])))
