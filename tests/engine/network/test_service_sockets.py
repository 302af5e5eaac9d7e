"""Services on real sockets, asked by a real HTTP client: as whoever runs the tests, and without any rights."""

import asyncio
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.loopback import LoopbackNetwork, socket_budget
from k9lite.aio.network import Stream
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.client.informer import Informers
from k9lite.client.streams import PodStreams
from k9lite.engine.apiserver.bootstrap import bootstrap
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.network.service_proxy import ServiceProxy

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
POD_IPS = ("127.230.1.2", "127.230.1.3")
PORTS = [{"name": "http", "port": 80, "nodePort": 31080}, {"name": "alt", "port": 8080, "nodePort": 31081}]


def get(host: str, port: int) -> str:
    with urllib.request.urlopen(f"http://{host}:{port}/", timeout=10) as response:
        return response.read().decode()


async def serve(network: LoopbackNetwork, address: str) -> None:
    async def answer(stream: Stream) -> None:
        await stream.read()
        body = f"Hello from {address}"
        await stream.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    await network.listen(address, 8080, answer)


async def converge(client: LocalClient) -> None:
    spec = {"type": "NodePort", "ports": PORTS}
    data = {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}
    await client.create(kinds.SERVICE, data, "default")
    labels = {"kubernetes.io/service-name": "web"}
    slice = {
        "metadata": {"name": "web-1", "namespace": "default", "labels": labels},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}} for address in POD_IPS],
        "ports": [{"name": port["name"], "port": 8080, "protocol": "TCP"} for port in PORTS],
    }
    await client.create(kinds.ENDPOINT_SLICE, slice, "default")
    await settle()


async def story(streams: PodStreams | None = None) -> list[str]:
    """Ask every port of a service, as the cluster knows it or, where that could not be had, as it is mapped."""
    clock, randomness = ManualClock(), Randomness("sockets")
    server = ApiServer(clock, randomness)
    bootstrap(server)
    tasks = TaskSet(lambda name, error: print(name, repr(error)))
    client = LocalClient(server, streams)  # type: ignore[arg-type]  # nobody looks into pods here
    network = LoopbackNetwork(socket_budget())
    proxy = ServiceProxy(client, Informers(client, clock, tasks), clock, randomness, network)
    proxy.start(tasks)
    for address in POD_IPS:
        await serve(network, address)
    await converge(client)
    lines = []
    for port, host, number in sorted(proxy.reachable("default", "web")):
        answers = {await asyncio.to_thread(get, host, number) for _ in range(20)}
        lines.append(f"{port} {port == number} {sorted(answers) == [f'Hello from {ip}' for ip in POD_IPS]}")
    await proxy.close()
    await tasks.close()
    await network.close()
    return lines


async def test_every_port_of_a_service_answers_http():
    lines = await story()
    assert [line.split()[0] for line in lines] == ["80", "8080", "31080", "31081"]
    assert all(line.endswith("True") for line in lines)


AS_NOBODY = """
import asyncio, os, sys
sys.path[:0] = [os.getcwd(), os.path.join(os.getcwd(), "tests/engine/network")]
from test_service_sockets import story
asyncio.run(story())  # whatever Python loads only when it is used may be out of reach later
os.setgid(65534); os.setuid(65534)
print("\\n".join(asyncio.run(story())))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_without_rights_low_ports_are_mapped_and_answer_all_the_same():
    done = subprocess.run([sys.executable, "-c", AS_NOBODY], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    free = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80
    by_port = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert by_port.pop("80") == [str(free), "True"]
    assert set(by_port) == {"8080", "31080", "31081"}
    assert all(answered == "True" for _, answered in by_port.values())
