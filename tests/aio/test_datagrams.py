"""UDP inside the cluster, and from programs beside it."""

import asyncio
import socket

import pytest

from k9lite.aio.datagrams import MOST_WAITING
from k9lite.aio.loopback import LoopbackNetwork
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Network


@pytest.mark.parametrize("network", [MemoryNetwork(), LoopbackNetwork(100)])
async def test_datagrams_come_and_are_answered(network: Network) -> None:
    server, client = await network.open_datagrams("127.199.1.1", 53), await network.open_datagrams("127.199.1.2", 0)
    client.send(b"question", server.address)
    client.send(b"lost", ("127.199.9.9", 53))
    data, sender = await server.receive()
    assert (data, sender) == (b"question", client.address)
    server.send(b"answer", sender)
    assert await client.receive() == (b"answer", server.address)
    with pytest.raises(OSError, match="in use"):
        await network.open_datagrams("127.199.1.1", 53)
    server.close()
    with pytest.raises(ConnectionAbortedError):
        await server.receive()
    (await network.open_datagrams("127.199.1.1", 53)).close()
    await network.close()


async def test_who_does_not_read_loses_some() -> None:
    network = MemoryNetwork()
    slow, fast = await network.open_datagrams("127.199.1.1", 53), await network.open_datagrams("127.199.1.2", 0)
    for number in range(MOST_WAITING + 10):
        fast.send(b"%d" % number, slow.address)
    received = [await slow.receive() for _ in range(MOST_WAITING)]
    assert received[-1][0] == b"%d" % (MOST_WAITING - 1)


async def test_programs_beside_the_cluster_ask_and_are_answered() -> None:
    network = LoopbackNetwork(100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.199.1.1", 0))
        port = free.getsockname()[1]
    server = await network.open_datagrams("127.199.1.1", port)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        for one in (client, stranger):
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(client, b"question", ("127.199.1.1", port))
        data, sender = await server.receive()
        assert (data, sender) == (b"question", client.getsockname())
        server.send(b"unasked", stranger.getsockname())  # who has not asked hears nothing
        server.send(b"answer", sender)
        assert (await loop.sock_recvfrom(client, 100))[0] == b"answer"
        with pytest.raises(BlockingIOError):
            stranger.recvfrom(100)
    await network.close()
