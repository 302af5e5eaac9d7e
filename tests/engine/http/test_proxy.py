"""HTTP through the API to pods and services."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.http import proxy
from k9lite.engine.http.proxy import Proxy, Target

ROOT = "/api/v1/namespaces/default"
POD: Data = {
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "x", "ports": [{"containerPort": 8080, "name": "http"}]}]},
}
READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
PORTS = [{"name": "a", "port": 80, "targetPort": "http"}, {"name": "b", "port": 81, "targetPort": 99}]


class Echo:
    """A connection to a server that answers with what it was asked."""

    peer = "127.0.0.1"

    def __init__(self) -> None:
        self._asked = b""

    async def write(self, data: bytes) -> None:
        self._asked += data

    async def write_eof(self) -> None:
        return None

    async def read(self, limit: int = 65536) -> bytes:
        asked, self._asked = self._asked, b""
        line = asked.partition(b"\r\n")[0]
        return b"HTTP/1.1 202 Accepted\r\nContent-Type: text/x\r\nConnection: close\r\n\r\n" + line if asked else b""

    async def close(self) -> None:
        return None


class Streams:
    async def connect(self, namespace: str, pod: str, port: int) -> Echo:
        if port == 99:
            raise ConnectionRefusedError
        self.reached = pod, port
        return Echo()


@pytest.fixture
def streams() -> Any:
    return Streams()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"{ROOT}/pods/web/proxy/a/b", Target("pods", "default", "web", "", "/a/b")),
        (f"{ROOT}/pods/https:web:8443/proxy/", Target("pods", "default", "web", "8443", "/", "https")),
        (f"{ROOT}/services/web:http/proxy", Target("services", "default", "web", "http", "")),
        (f"{ROOT}/services/web%3Ahttp/proxy/%20", Target("services", "default", "web", "http", "/%20")),
        (f"{ROOT}/pods/web", None),
        (f"{ROOT}/configmaps/web/proxy/", None),
        (f"{ROOT}/pods/a:b:c:d/proxy/", None),
    ],
)
def test_paths(path: str, target: Target | None) -> None:
    assert proxy.parse(path) == target


async def ask(client: LocalClient, path: str) -> Any:
    request = make_mocked_request("GET", ROOT + path, headers={"Authorization": "Bearer t"})
    target = proxy.parse(request.raw_path.partition("?")[0])
    assert target is not None
    return await Proxy(client).answer(request, target)


async def test_what_is_passed_on(client: LocalClient, streams: Streams) -> None:
    made = await client.create(kinds.POD, POD, "default")
    await client.update_status(made, READY)
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": PORTS}}
    await client.create(kinds.SERVICE, service, "default")
    for path in ("/pods/web/proxy/x?y=%20z", "/pods/web:http/proxy/x?y=%20z", "/services/web:80/proxy/x?y=%20z"):
        answer = await ask(client, path)
        assert (answer.status, answer.body) == (202, b"GET /x?y=%20z HTTP/1.0")
        assert answer.headers["Content-Type"] == "text/x"
        assert streams.reached == ("web", 8080)
    assert (await ask(client, "/pods/web/proxy")).headers["Location"] == f"{ROOT}/pods/web/proxy/"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/services/web/proxy/", 'no service port "" found for service "web"'),
        ("/services/web:a/proxy/", 'no endpoints available for service "web"'),
        ("/pods/web:99/proxy/", "error trying to reach service: dial tcp 1.2.3.4:99: connect: connection refused"),
    ],
)
async def test_what_cannot_be_reached(client: LocalClient, path: str, message: str) -> None:
    await client.create(kinds.POD, POD, "default")
    status = {"status": {"podIP": "1.2.3.4"}}
    await client.patch(kinds.POD, "web", status, PatchType.MERGE, "default", subresource="status")
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": PORTS}}
    await client.create(kinds.SERVICE, service, "default")
    with pytest.raises(StatusError) as raised:
        await ask(client, path)
    assert (raised.value.message, raised.value.code) == (message, 503)


async def test_a_backend_that_does_not_speak_tls(client: LocalClient) -> None:
    await client.create(kinds.POD, POD, "default")
    with pytest.raises(StatusError, match="http: server gave HTTP response to HTTPS client"):
        await ask(client, "/pods/https:web:8080/proxy/")
