"""Real sockets, as whoever runs the tests and, when that is root, as nobody in particular."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from k9lite.aio import sockets
from k9lite.aio.clock import settle
from k9lite.aio.loopback import LoopbackNetwork, socket_budget
from k9lite.aio.network import Stream

LINUX = sys.platform == "linux"


async def echo(stream: Stream) -> None:
    while data := await stream.read():
        await stream.write(data)
    await stream.write(f" from {stream.peer}".encode())


async def ask(host: str, port: int, text: bytes, source: str | None = None) -> bytes:
    """What a plain TCP client hears."""
    reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0) if source else None)
    writer.write(text)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.fixture
async def net():
    network = LoopbackNetwork(budget=100)
    yield network
    await network.close()


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


@pytest.mark.skipif(not LINUX, reason="only Linux has all of 127.0.0.0/8")
async def test_addresses_in_loopback_are_reached_from_inside_and_outside(net: LoopbackNetwork):
    port = free_port("127.199.3.4")
    listener = await net.listen("127.199.3.4", port, echo)
    assert listener.reachable == listener.address == ("127.199.3.4", port)
    assert await ask("127.199.3.4", port, b"hi", "127.199.9.9") == b"hi from 127.199.9.9"
    stream = await net.connect("127.199.3.4", port, source="127.199.7.7")
    await stream.write(b"ho")
    await stream.write_eof()
    assert await stream.read() + await stream.read() == b"ho from 127.199.7.7"
    await listener.close()
    with pytest.raises(ConnectionRefusedError):
        await net.connect("127.199.3.4", port)


async def test_a_held_address_is_mapped_onto_a_free_port(net: LoopbackNetwork):
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        port = holder.getsockname()[1]
        listener = await net.listen("127.0.0.1", port, echo)
        assert listener.address == ("127.0.0.1", port)
        assert listener.reachable
        assert listener.reachable[0] == "127.0.0.1"
        assert listener.reachable[1] != port
        assert net.reachable("127.0.0.1", port) == listener.reachable
        assert await ask(*listener.reachable, b"hi") == b"hi from 127.0.0.1"
        stream = await net.connect("127.0.0.1", port)
        await stream.write(b"in")
        assert await stream.read() == b"in"


async def test_a_stranger_on_every_address_does_not_pass_for_a_pod(net: LoopbackNetwork):
    with socket.socket() as stranger:
        stranger.bind(("0.0.0.0", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        with pytest.raises(ConnectionRefusedError):
            await net.connect("127.199.3.4", port)
        with pytest.raises(ConnectionRefusedError):
            await net.connect("127.0.0.1", port)
        net.lead_out(("127.199.3.4", port), ("127.0.0.1", port))
        await (await net.connect("127.199.3.4", port)).close()


async def test_nothing_listens_beyond_loopback(net: LoopbackNetwork):
    with pytest.raises(OSError, match="not a loopback"):
        sockets.bind("0.0.0.0", 0)
    listener = await net.listen("10.96.0.1", 80, echo)
    assert listener.reachable
    assert listener.reachable[0] == "127.0.0.1"
    assert await ask(*listener.reachable, b"x") == b"x from 127.0.0.1"


async def test_listeners_beyond_the_budget_live_in_memory_only():
    net = LoopbackNetwork(budget=1)
    first, second = await net.listen("127.0.0.1", 0, echo), await net.listen("127.0.0.1", 0, echo)
    assert first.reachable
    assert second.reachable is None
    assert net.reachable(*second.address) is None
    stream = await net.connect(*second.address)
    await stream.write(b"memory")
    assert await stream.read() == b"memory"
    await first.close()
    assert (await net.listen("127.0.0.1", 0, echo)).reachable
    await net.close()


async def test_an_address_is_listened_on_once(net: LoopbackNetwork):
    listener = await net.listen("127.0.0.1", 0, echo)
    with pytest.raises(OSError, match="in use"):
        await net.listen(*listener.address, echo)


async def test_closing_ends_connections_even_of_readers_that_never_read(net: LoopbackNetwork):
    async def flood(stream: Stream) -> None:
        while True:
            await stream.write(b"x" * 65536)

    listener = await net.listen("127.0.0.1", 0, flood)
    assert listener.reachable
    reader, writer = await asyncio.open_connection(*listener.reachable)
    assert await reader.read(1) == b"x"
    await listener.close()
    while await reader.read(65536):  # what was under way, then the end
        pass
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await ask(*listener.reachable, b"")


async def test_connections_out_go_to_foreign_listeners_with_the_source_asked_for(net: LoopbackNetwork):
    listener = await sockets.listen(sockets.bind("127.0.0.1", 0), echo)
    net.lead_out(("127.199.3.4", 6443), listener.reachable)
    for source, seen in (("", b"127.0.0.1"), ("127.0.0.1", b"127.0.0.1"), ("203.0.113.7", b"127.0.0.1")):
        stream = await net.connect("127.199.3.4", 6443, source=source)
        await stream.write_eof()
        assert await stream.read() == b" from " + seen
        await stream.close()
    await listener.close()


def test_the_budget_is_half_of_what_may_be_opened():
    assert 64 <= socket_budget() <= 32768


AS_NOBODY = """
import asyncio, os, sys
sys.path.insert(0, os.getcwd())
from k9lite.aio.loopback import LoopbackNetwork, socket_budget
os.setgid(65534); os.setuid(65534)

async def hello(stream):
    await stream.write(b"hello")

async def main():
    net = LoopbackNetwork(socket_budget())
    for port in (80, 0):
        listener = await net.listen("127.0.0.1", port, hello)
        inside = await net.connect(*listener.address)
        assert await inside.read() == b"hello"
        reader, writer = await asyncio.open_connection(*listener.reachable)
        assert await reader.read() == b"hello"
        writer.close()
        print(port, listener.address[1] == listener.reachable[1])
    await net.close()

asyncio.run(main())
"""


@pytest.mark.skipif(not LINUX or os.geteuid() != 0, reason="only root can become somebody else")
def test_without_rights_low_ports_are_mapped():
    limit = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    done = subprocess.run([sys.executable, "-c", AS_NOBODY], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["80", str(limit <= 80), "0", "True"]


async def test_a_listener_that_drains_lets_open_connections_go_on(net: LoopbackNetwork):
    listener = await net.listen("127.0.0.1", 0, echo)
    assert listener.reachable
    reader, writer = await asyncio.open_connection(*listener.reachable)
    inside = await net.connect(*listener.address)
    writer.write(b"b")
    assert await reader.read(1) == b"b"
    draining = asyncio.create_task(listener.drain())
    await settle()
    again = await net.listen(*listener.address, echo)  # the address is free at once
    assert again.reachable == listener.reachable
    for write in (b"still", b"there"):
        writer.write(write)
        assert await reader.read(5) == write
    writer.write_eof()
    assert await reader.read() == b" from 127.0.0.1"
    writer.close()
    assert not draining.done()
    await inside.close()
    await draining
    assert await ask(*listener.address, b"new") == b"new from 127.0.0.1"


OUT_OF_DESCRIPTORS = """
import asyncio, os, resource, sys
sys.path.insert(0, os.getcwd())
from k9lite.aio.loopback import LoopbackNetwork

async def hello(stream):
    await stream.write(b"hello")

async def main():
    net = LoopbackNetwork(1000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    listeners = [await net.listen("127.0.0.1", 0, hello) for _ in range(100)]
    for listener in listeners:
        stream = await net.connect(*listener.address)
        assert await stream.read() == b"hello"
    print(sum(listener.reachable is not None for listener in listeners) < 64)
    await net.close()

asyncio.run(main())
"""


def test_a_process_out_of_descriptors_goes_on_in_memory():
    done = subprocess.run([sys.executable, "-c", OUT_OF_DESCRIPTORS], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")
