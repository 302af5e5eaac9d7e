"""Logs, commands and connections into pods are the same over HTTPS as in process."""

import asyncio
import base64
from contextlib import aclosing

import aiohttp
import pytest

from k9lite.aio.clock import INSTANT
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.client.protocol import Selector
from k9lite.client.remote import HttpClient, load
from k9lite.client.streams import LogOptions
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.engine.http.server import HttpServer
from k9lite.engine.http.streams.channels import ANSWERING, CLOSE


def pod(name, image, *command):
    container = {"name": "c", "image": image} | ({"command": list(command)} if command else {})
    return {"metadata": {"name": name}, "spec": {"restartPolicy": "Never", "containers": [container]}}


@pytest.fixture
async def cluster(tmp_path):
    options = ClusterOptions(state_folder=tmp_path, server=HttpServer, speed=INSTANT)
    cluster = Cluster(options, network=MemoryNetwork())
    await cluster.start()
    yield cluster
    await cluster.close()


@pytest.fixture(params=["local", "http"])
async def any_client(request, cluster):
    if request.param == "local":
        yield cluster.client
        return
    remote = HttpClient(load(cluster.serving.kubeconfig))
    await remote.connect()
    yield remote
    await remote.close()


@pytest.fixture
async def streams(any_client):
    """Of a cluster in which `web` serves, `talk` has spoken, and `absent` never starts."""
    web = await any_client.create(kinds.POD, pod("web", "nginx"), "default")
    await any_client.create(kinds.POD, pod("talk", "busybox", "sh", "-c", "echo one; echo two"), "default")
    await any_client.create(kinds.POD, pod("absent", "no-such-image:v1"), "default")
    awaited = {("web", "Running"), ("talk", "Succeeded"), ("absent", "Pending")}
    watch = any_client.watch(kinds.POD, Selector("default"), since=web.revision - 1)
    async with asyncio.timeout(30), aclosing(watch) as batches:
        while awaited:
            awaited -= {(event.object.name, event.object.view.status.phase) for event in await anext(batches)}
    return any_client.streams


async def finished(process):
    written = {1: b"", 2: b""}
    async for stream, data in process.output():
        written[stream] += data
    code = await process.wait()
    await process.close()
    return written[1], written[2], code


async def test_logs(streams):
    async def read(**options):
        return [line.text async for batch in streams.logs("default", "talk", LogOptions(**options)) for line in batch]

    assert await read() == ["one", "two"]
    assert await read(tail=1, follow=True) == ["two"]
    with pytest.raises(StatusError, match="previous terminated container"):
        await read(previous=True)


async def test_commands(streams):
    process = await streams.exec("default", "web", "c", ["sh", "-c", "cat; echo bad >&2; exit 7"], stdin=True)
    await process.stdin.write(b"through\n")
    await process.stdin.close()
    assert await finished(process) == (b"through\n", b"bad\n", 7)


@pytest.mark.parametrize("answers", ["pong", "input", "nothing"])
async def test_a_client_is_told_nothing_before_it_reads(cluster, streams, answers):
    """kubectl throws away what comes before it has made its streams."""
    endpoint = load(cluster.serving.kubeconfig)
    path = "/api/v1/namespaces/default/pods/web/exec?command=cat&stdin=true&stdout=true"
    headers = {"Authorization": f"Bearer {endpoint.token}"}
    async with (
        aiohttp.ClientSession(endpoint.url, headers=headers) as http,
        http.ws_connect(path, ssl=endpoint.tls(), protocols=("v5.channel.k8s.io",), autoping=False) as socket,
    ):
        first = await socket.receive(10)
        assert first.type is aiohttp.WSMsgType.PING
        if answers == "pong":
            await socket.pong(first.data)
        if answers == "nothing":
            await asyncio.sleep(ANSWERING)
        await socket.send_bytes(b"\x00said")
        assert (await socket.receive(10)).data == b"\x01said"
        await socket.send_bytes(bytes([CLOSE, 0]))
        assert b"Success" in (await socket.receive(10)).data


async def test_commands_that_cannot_be(streams):
    with pytest.raises(StatusError, match=r'container not found \("c"\)'):
        await streams.exec("default", "absent", "c", ["ls"])
    with pytest.raises(StatusError, match="executable file not found"):
        await finished(await streams.exec("default", "web", "c", ["nosuch"]))


async def test_connections(streams):
    stream = await streams.connect("default", "web", 80)
    await stream.write(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
    answer = b""
    while piece := await stream.read():
        answer += piece
    await stream.close()
    assert answer.startswith(b"HTTP/1.1 200")


async def test_connections_where_nobody_listens(streams):
    with pytest.raises(ConnectionRefusedError):
        await (await streams.connect("default", "web", 81)).read()


async def test_usage(streams):
    used = await streams.usage("default", "web")
    assert used["c"].memory > 0


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("binary.k8s.io", [b"", b"one\ntwo\n"]),
        ("base64.binary.k8s.io", ["", base64.b64encode(b"one\ntwo\n").decode()]),
    ],
)
async def test_logs_come_over_a_websocket_too(cluster, streams, protocol, expected):
    endpoint = load(cluster.serving.kubeconfig)
    headers = {"Authorization": f"Bearer {endpoint.token}"}
    url = f"{endpoint.url}/api/v1/namespaces/default/pods"
    async with aiohttp.ClientSession(headers=headers) as session:
        tls = endpoint.tls()
        async with session.ws_connect(f"{url}/talk/log", protocols=[protocol], ssl=tls) as socket:
            assert socket.protocol == protocol
            messages = [message.data async for message in socket]
        assert [messages[0], type(messages[0])().join(messages[1:])] == expected
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{url}/none/log", protocols=[protocol], ssl=tls)
        assert refused.value.status == 404
