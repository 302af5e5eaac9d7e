"""A fresh API server under a clock that stands still until told: what most tests of the engine start from."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.client.informer import Informers
from k9lite.client.streams import PodStreams
from k9lite.engine.apiserver.bootstrap import bootstrap
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer


class NoStreams:
    """A cluster whose nodes run nothing: asking for a stream is a mistake of the test."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no node here to ask for {name}")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def randomness() -> Randomness:
    return Randomness("tests")


@pytest.fixture
def server(clock: ManualClock, randomness: Randomness) -> ApiServer:
    """Holds the namespaces default, kube-system, kube-public and kube-node-lease, with their service accounts."""
    server = ApiServer(clock, randomness)
    bootstrap(server)
    for namespace in server.select(kinds.NAMESPACE).items:
        server.create(Request(kinds.SERVICE_ACCOUNT, namespace.name), {"metadata": {"name": "default"}})
    return server


@pytest.fixture
def streams() -> PodStreams:
    """Override it to have something behind `client.streams`."""
    return NoStreams()


@pytest.fixture
def client(server: ApiServer, streams: PodStreams) -> LocalClient:
    return LocalClient(server, streams)


@pytest.fixture
def api(client: LocalClient) -> LocalClient:
    return client


@pytest.fixture
async def tasks() -> AsyncIterator[TaskSet]:
    """Tasks that end with the test; one that crashes fails it."""
    crashes: list[tuple[str, BaseException]] = []
    tasks = TaskSet(lambda name, error: crashes.append((name, error)))
    yield tasks
    await tasks.close()
    assert not crashes, crashes


@pytest.fixture
def informers(client: LocalClient, clock: ManualClock, tasks: TaskSet) -> Informers:
    return Informers(client, clock, tasks)
