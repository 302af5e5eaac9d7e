"""Port-forwards that carry much, and many connections at once, and outlive those that break."""

import asyncio
import re
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import installed
from shell import Shell

from k9lite.api import kinds
from k9lite.engine.http.server import HttpServer

MEGABYTES = 20
KUBECTLS = [one for one in installed() if one.version in {"1.27", "1.33"}]  # plain SPDY; SPDY in a WebSocket


@pytest.fixture(params=KUBECTLS, ids=lambda one: one.version)
def k(request, any_images, tmp_path):
    shell = Shell(any_images, request.param, tmp_path)
    yield shell
    shell("delete", "namespace", shell.namespace, "--wait=false")


def port_in(line):
    found = re.search(r"Forwarding from 127\.0\.0\.1:(\d+)", line)
    assert found, line
    return int(found[1])


def get(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return answer.status, answer.read()


def test_the_lecture(k):
    """A service's port, named or mapped, as students forward it."""
    k("create", "deployment", "web", "--image=nginx", "--port=80")
    k("expose", "deployment", "web", "--port=8080", "--target-port=80")
    k("rollout", "status", "deployment/web", "--timeout=60s")
    with k.running("port-forward", "service/web", ":8080") as forward:
        assert get(port_in(forward.stdout.readline()))[0] == 200


def test_fifty_connections_at_once_and_one_that_breaks(k):
    k("run", "p", "--image=nginx")
    k("wait", "--for=condition=Ready", "pod/p", "--timeout=30s")
    with k.running("port-forward", "pod/p", ":80") as forward:
        port = port_in(forward.stdout.readline())
        broken = socket.create_connection(("127.0.0.1", port))
        broken.sendall(b"GET / HT")
        broken.close()
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: get(port), range(200)))
        assert {status for status, _ in answers} == {200}
        assert forward.poll() is None


class Echo:
    """A connection into a pod that sends back what it is sent."""

    peer = "127.0.0.1"

    def __init__(self):
        self._chunks = asyncio.Queue(16)

    async def read(self, limit=65536):
        return await self._chunks.get()

    async def write(self, data):
        await self._chunks.put(data)

    async def write_eof(self):
        await self._chunks.put(b"")

    async def close(self):
        pass


class EchoStreams:
    async def connect(self, namespace, pod, port):
        return Echo()


@pytest.fixture
def streams():
    return EchoStreams()


@pytest.mark.parametrize("kubectl", KUBECTLS, ids=lambda one: one.version)
async def test_megabytes_come_through_byte_for_byte(kubectl, client, clock, tmp_path):
    spec = {"nodeName": "n", "containers": [{"name": "c", "image": "echo"}]}
    pod = await client.create(kinds.POD, {"metadata": {"name": "p"}, "spec": spec}, "default")
    await client.update_status(pod, {"phase": "Running"})
    served = HttpServer(client, clock, tmp_path, "echo")
    serving = await served.start(0)
    process = await asyncio.create_subprocess_exec(
        kubectl.path,
        "--kubeconfig",
        serving.kubeconfig,
        "--cache-dir",
        tmp_path,
        "port-forward",
        "p",
        ":7",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        port = port_in((await process.stdout.readline()).decode())
        piece = bytes(range(256)) * 4096
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def send():
            for _ in range(MEGABYTES):
                writer.write(piece)
                await writer.drain()

        sending = asyncio.create_task(send())
        for _ in range(MEGABYTES):
            assert await reader.readexactly(len(piece)) == piece
        await sending
        writer.close()
    finally:
        process.kill()
        await process.communicate()
        await served.close()
