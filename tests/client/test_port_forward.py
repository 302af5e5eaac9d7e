"""Forwards on real sockets into pods that live in memory: they survive their pods, and say why they fail."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from k9lite.aio import sockets
from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Stream
from k9lite.api import errors, kinds
from k9lite.api.object import Data
from k9lite.client.forward_target import ForwardTarget, offered_ports
from k9lite.client.informer import Informers
from k9lite.client.port_forward import PATIENCE, PortForwards
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver.local_client import LocalClient


class MemoryStreams:
    """Connections into pods, each an address of a network in memory."""

    def __init__(self) -> None:
        self.network = MemoryNetwork()

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a port-forward needs no {name}")

    async def connect(self, namespace: str, pod: str, port: int) -> Stream:
        return await self.network.connect(pod, port)

    async def serve(self, pod: str, port: int = 8080) -> None:
        async def answer(stream: Stream) -> None:
            while data := await stream.read():
                await stream.write(f"{pod}: ".encode() + data)

        await self.network.listen(pod, port, answer)


@pytest.fixture
def streams() -> MemoryStreams:
    return MemoryStreams()


@pytest.fixture
async def forwards(client: LocalClient, informers: Informers, clock: ManualClock) -> AsyncIterator[PortForwards]:
    forwards = PortForwards(client, informers, clock)
    yield forwards
    await forwards.close()
    assert not len(forwards)


POD_SPEC: Data = {
    "containers": [
        {
            "name": "c",
            "image": "web",
            "ports": [{"containerPort": 8080, "name": "http"}, {"containerPort": 53, "protocol": "UDP"}],
        }
    ]
}
DEPLOYMENT = ForwardTarget(kinds.DEPLOYMENT, "default", "web")
SERVICE = ForwardTarget(kinds.SERVICE, "default", "web")


async def add_pod(client: LocalClient, name: str, ready: bool = True) -> None:
    metadata = {"name": name, "namespace": "default", "labels": {"app": "web"}}
    made = await client.create(kinds.POD, {"metadata": metadata, "spec": POD_SPEC}, "default")
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    await client.update_status(made, {"phase": "Running", "conditions": conditions})
    await settle()


async def add_deployment(client: LocalClient) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": POD_SPEC}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    await client.create(
        kinds.DEPLOYMENT, {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}, "default"
    )
    await settle()


async def ask(port: int, host: str = "127.0.0.1") -> str:
    """What a client of `port` hears, empty when it is turned away."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"hi")
    writer.write_eof()
    answer = b""
    with contextlib.suppress(ConnectionError):
        answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_a_forward_to_a_pod_counts_what_it_carries(
    client: LocalClient, forwards: PortForwards, streams: MemoryStreams
):
    await add_pod(client, "web-1", ready=False)  # it runs: enough for a pod that was named
    await streams.serve("web-1")
    forward = await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080)
    assert [await ask(forward.local_port), await ask(forward.local_port)] == ["web-1: hi"] * 2
    await settle()
    assert (forward.total, forward.open, forward.sent, forward.received) == (2, 0, 4, 18)
    assert list(forwards) == [forward]


def has_ipv6() -> bool:
    try:
        sockets.bind("::1", 0).close()
    except OSError:
        return False
    return True


async def test_both_loopback_addresses_lead_there(client: LocalClient, forwards: PortForwards, streams: MemoryStreams):
    await add_pod(client, "web-1")
    await streams.serve("web-1")
    forward = await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080)
    hosts = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]
    assert [await ask(forward.local_port, host) for host in hosts] == ["web-1: hi"] * len(hosts)


@pytest.mark.parametrize("target", [DEPLOYMENT, SERVICE], ids=str)
async def test_a_forward_survives_its_pod(
    client: LocalClient, forwards: PortForwards, streams: MemoryStreams, target: ForwardTarget
):
    await add_deployment(client)
    service = {"selector": {"app": "web"}, "ports": [{"port": 8080, "targetPort": "http"}]}
    await client.create(
        kinds.SERVICE, {"metadata": {"name": "web", "namespace": "default"}, "spec": service}, "default"
    )
    for name in ("web-1", "web-2"):
        await add_pod(client, name)
        await streams.serve(name)
    forward = await forwards.open(target, 8080)
    assert [await ask(forward.local_port), await ask(forward.local_port)] == ["web-1: hi"] * 2
    await client.delete(kinds.POD, "web-1", "default", options=DeleteOptions(grace=0))
    await settle()
    assert await ask(forward.local_port) == "web-2: hi"
    assert (forward.pod, forward.failed) == ("web-2", 0)


async def test_a_connection_waits_for_a_pod_and_is_told_why_there_was_none(
    client: LocalClient, informers: Informers, streams: MemoryStreams, clock: ManualClock
):
    opened = asyncio.Event()
    forwards = PortForwards(client, informers, clock, lambda forward: opened.set() if forward.open else None)
    await add_deployment(client)
    await add_pod(client, "web-1", ready=False)
    await streams.serve("web-2")
    forward = await forwards.open(DEPLOYMENT, 8080)
    opened.clear()
    asking = asyncio.create_task(ask(forward.local_port))
    await opened.wait()
    await add_pod(client, "web-2")
    assert await asking == "web-2: hi"

    await client.delete(kinds.POD, "web-2", "default", options=DeleteOptions(grace=0))
    await settle()
    opened.clear()
    asking = asyncio.create_task(ask(forward.local_port))
    await opened.wait()
    await clock.advance(PATIENCE)
    assert await asking == ""
    assert (forward.failed, forward.error) == (1, "no pod of deployment/web is ready")
    await forwards.close()


async def test_a_pod_that_does_not_listen_is_passed_over(
    client: LocalClient, forwards: PortForwards, streams: MemoryStreams
):
    await add_deployment(client)
    await add_pod(client, "web-1")
    forward = await forwards.open(DEPLOYMENT, 8080)
    assert await ask(forward.local_port) == ""
    assert forward.error == "web-1: connection refused on port 8080"
    await add_pod(client, "web-2")
    await streams.serve("web-2")
    assert await ask(forward.local_port) == "web-2: hi"


async def test_a_port_in_use_is_named(client: LocalClient, forwards: PortForwards):
    await add_pod(client, "web-1")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} is already in use on 127.0.0.1"):
            await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080, port)
    assert not len(forwards)


async def test_closing_frees_the_port_and_ends_connections(
    client: LocalClient, forwards: PortForwards, streams: MemoryStreams
):
    await add_pod(client, "web-1")
    await streams.serve("web-1")
    forward = await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080)
    reader, writer = await asyncio.open_connection("127.0.0.1", forward.local_port)
    writer.write(b"hi")
    assert await reader.read(9) == b"web-1: hi"
    await forward.close()
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await ask(forward.local_port)
    again = await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080, forward.local_port)
    assert again.local_port == forward.local_port


async def test_the_ports_offered_are_those_of_tcp(client: LocalClient):
    await add_pod(client, "web-1")
    await add_deployment(client)
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}, {"name": "c", "port": 443}]
    made = await client.create(
        kinds.SERVICE, {"metadata": {"name": "web", "namespace": "default"}, "spec": {"ports": ports}}, "default"
    )
    assert offered_ports(made) == [(80, "a"), (443, "c")]
    for kind, name in ((kinds.POD, "web-1"), (kinds.DEPLOYMENT, "web")):
        assert offered_ports(await client.get(kind, name, "default")) == [(8080, "http")]


async def test_an_error_of_the_cluster_is_recorded(
    client: LocalClient, forwards: PortForwards, streams: MemoryStreams, monkeypatch: pytest.MonkeyPatch
):
    async def refuse(namespace: str, pod: str, port: int) -> Stream:
        raise errors.not_found("", "pods", pod)

    monkeypatch.setattr(streams, "connect", refuse)
    await add_pod(client, "web-1")
    forward = await forwards.open(ForwardTarget(kinds.POD, "default", "web-1"), 8080)
    assert await ask(forward.local_port) == ""
    assert 'pods "web-1" not found' in forward.error


AS_NOBODY = """
import os, sys
sys.path.insert(0, os.getcwd())
from k9lite.client import port_forward
os.setgid(65534); os.setuid(65534)
try:
    port_forward._bind(80)
except PermissionError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can become somebody else")
def test_without_rights_a_low_port_is_refused_in_words():
    done = subprocess.run([sys.executable, "-c", AS_NOBODY], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    free = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80
    assert done.stdout == ("" if free else "port 80 needs more rights: take one above 1023\n")
