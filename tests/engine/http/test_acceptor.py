"""Connections that are not finished, or not allowed, take little and nobody's place."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from k9lite.client.remote import Endpoint
from k9lite.engine.http import acceptor, server
from k9lite.engine.http.acceptor import Strangers
from k9lite.engine.http.server import most_strangers


def test_the_oldest_stranger_gives_way():
    ended: list[str] = []
    strangers = Strangers(2)
    for name in ("a", "b", "c"):
        strangers.enter(name, lambda name=name: ended.append(name))
    assert ended == ["a"]
    strangers.leave("b")  # it has proved who it is
    strangers.enter("d", lambda: ended.append("d"))
    assert ended == ["a"]
    strangers.leave("a")  # it was ended
    assert len(strangers) == 2


@pytest.mark.parametrize(
    ("descriptors", "strangers"), [(1024, 256), (4096, 1024), (65536, 1500), (resource.RLIM_INFINITY, 1500)]
)
def test_strangers_leave_descriptors_for_others(descriptors: int, strangers: int):
    assert most_strangers(descriptors) == strangers


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "endpoint" in request.fixturenames:
        monkeypatch.setattr(server, "MOST_STRANGERS", 20)


@contextlib.contextmanager
def half_open(endpoint: Endpoint, count: int) -> Iterator[list[socket.socket]]:
    """Connections that never say a word."""
    port = int(endpoint.url.rpartition(":")[2])
    with contextlib.ExitStack() as opened:
        yield [opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]


async def reading(connection: socket.socket) -> bytes:
    connection.setblocking(False)
    try:
        return await asyncio.get_running_loop().sock_recv(connection, 1)
    except ConnectionError:
        return b""


async def test_half_open_connections_keep_nobody_out(endpoint: Endpoint, http: aiohttp.ClientSession):
    with half_open(endpoint, 60) as connections:
        async with http.get("/api/v1/namespaces") as answer:
            assert answer.status == 200
        assert await reading(connections[0]) == b""  # ended for want of room


async def test_a_handshake_ends_that_its_client_does_not_go_on_with(
    monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
):
    monkeypatch.setattr(acceptor, "HANDSHAKE", 0.05)
    with half_open(endpoint, 1) as [connection]:
        assert await reading(connection) == b""


@pytest.fixture
async def strangers(endpoint: Endpoint) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that holds no token."""
    connector = aiohttp.TCPConnector(ssl=endpoint.tls() or True, limit=0)
    async with aiohttp.ClientSession(endpoint.url, connector=connector) as session:
        yield session


async def test_who_holds_the_token_is_not_ended_by_those_who_do_not(
    endpoint: Endpoint, http: aiohttp.ClientSession, strangers: aiohttp.ClientSession
):
    async with http.get("/api/v1/namespaces?watch=true") as watch:
        answers = [await strangers.get("/api/v1/namespaces") for _ in range(30)]
        with half_open(endpoint, 40):
            async with http.get("/version") as answer:
                assert answer.status == 200
        assert {answer.status for answer in answers} == {401}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(watch.content.read(), 0.05)


async def test_a_thousand_handshakes_are_made_a_few_at_a_time(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    under_way = most = 0
    original = acceptor.Acceptor._shake_hands

    async def counted(self: acceptor.Acceptor, connection: socket.socket) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            await original(self, connection)
        finally:
            under_way -= 1

    monkeypatch.setattr(acceptor, "PATIENCE", 60)
    monkeypatch.setattr(acceptor.Acceptor, "_shake_hands", counted)
    port = int(endpoint.url.rpartition(":")[2])
    opened = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port, ssl=endpoint.tls()) for _ in range(20)))
    for _, writer in opened:
        writer.close()
    assert 1 <= most <= acceptor.AT_ONCE
