"""The API over HTTPS in front of a store, under a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from k9lite.aio.clock import ManualClock
from k9lite.client.remote import Endpoint, load
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.http.server import HttpServer


@pytest.fixture
async def endpoint(client: LocalClient, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Endpoint]:
    served = HttpServer(client, clock, tmp_path, "test")
    serving = await served.start(0)
    yield load(serving.kubeconfig)
    await served.close()


@pytest.fixture
async def http(endpoint: Endpoint) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that holds the token."""
    connector = aiohttp.TCPConnector(ssl=endpoint.tls() or True, limit=0)
    headers = {"Authorization": f"Bearer {endpoint.token}"}
    async with aiohttp.ClientSession(endpoint.url, connector=connector, headers=headers) as session:
        yield session
