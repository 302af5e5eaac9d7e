"""The proxy subresource of pods and services: HTTP through the API into the cluster (registry/core/{pod,service})."""

import itertools
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from aiohttp import web
from lightkube.models.core_v1 import Pod

from k9lite.aio import tls
from k9lite.aio.network import Stream
from k9lite.api import kinds, services
from k9lite.api.errors import SERVICE_UNAVAILABLE, StatusError
from k9lite.api.object import Object
from k9lite.client import forward_target
from k9lite.client.protocol import Client, Selector
from k9lite.engine.http import requests

DEFAULT_PORT = 80  # of a pod that declares none
_PATH = re.compile(
    r"/api/v1/namespaces/(?P<namespace>[^/]+)/(?P<plural>pods|services)/(?P<target>[^/]+)/proxy(?P<path>/.*)?"
)
_TARGET = re.compile(r"(?:(?P<scheme>https?):)?(?P<name>[^:]+)(?::(?P<port>[^:]*))?")
# Between two neighbours only, and the client's proof of who it is.
_NOT_PASSED_ON = {
    "authorization",
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class Target(NamedTuple):
    """What is asked for where; `port` may be a number or a name, `path` is without its leading part for the API."""

    plural: str
    namespace: str
    name: str
    port: str
    path: str
    scheme: str = "http"


def parse(raw_path: str) -> Target | None:
    """The target of a path that leads through a proxy subresource."""
    found = _PATH.fullmatch(raw_path)
    target = _TARGET.fullmatch(unquote(found["target"])) if found else None
    if found is None or target is None:
        return None
    return Target(
        found["plural"],
        unquote(found["namespace"]),
        target["name"],
        target["port"] or "",
        found["path"] or "",
        target["scheme"] or "http",
    )


class Proxy:
    """Passes requests on to pods; to those behind a service in turn."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = itertools.count()

    async def answer(self, request: web.BaseRequest, target: Target) -> web.StreamResponse:
        if not target.path:
            return web.Response(status=301, headers={"Location": f"{request.path}/"})
        pod, port = await (self._pod(target) if target.plural == "pods" else self._behind_service(target))
        _, mark, query = request.raw_path.partition("?")
        path = target.path + mark + query
        try:
            stream: Stream = await self._client.streams.connect(pod.namespace, pod.name, port)
        except OSError:
            address = pod.view.status.podIP if pod.view.status else ""
            told = f"error trying to reach service: dial tcp {address}:{port}: connect: connection refused"
            raise _unavailable(told) from None
        try:
            encrypted = await tls.connect(stream) if target.scheme == "https" else stream
            return await _exchange(encrypted, request, path)
        except tls.HandshakeFailed as failure:
            plain = failure.received.startswith(b"HTTP/")
            problem = "http: server gave HTTP response to HTTPS client" if plain else str(failure)
            raise _unavailable(f"error trying to reach service: {problem}") from None
        finally:
            await stream.close()

    async def _pod(self, target: Target) -> tuple[Object[Pod], int]:
        pod = await self._client.get(kinds.POD, target.name, target.namespace)
        declared = forward_target.offered_ports(pod)
        named = next((one.port for one in declared if one.name == target.port), 0)
        port = int(target.port) if target.port.isdigit() else named
        return pod, port or (declared[0].port if declared else DEFAULT_PORT)

    async def _behind_service(self, target: Target) -> tuple[Object[Pod], int]:
        service = await self._client.get(kinds.SERVICE, target.name, target.namespace)
        offered = forward_target.offered_ports(service)
        wanted = [one for one in offered if target.port in (one.name, str(one.port))]
        if not target.port and len(offered) == 1:
            wanted = offered
        if not wanted:
            raise _unavailable(f'no service port "{target.port}" found for service "{target.name}"')
        selector = services.spec(service.view).selector or {}
        text = ",".join(f"{key}={value}" for key, value in selector.items())
        candidates = await self._client.list(kinds.POD, Selector(target.namespace, text))
        found = [
            (pod, port)
            for pod in forward_target.backends(service, candidates.items)
            if (port := forward_target.pod_port(service, wanted[0].port, pod)) is not None
        ]
        if not found:
            raise _unavailable(f'no endpoints available for service "{target.name}"')
        return found[next(self._turn) % len(found)]


async def _exchange(stream: Stream, request: web.BaseRequest, path: str) -> web.Response:
    """One request in the oldest form of HTTP, so that the answer ends with the connection."""
    body = await requests.body(request)
    headers = _passed_on(request.headers) | {
        "Host": request.host,
        "X-Forwarded-Uri": request.path,
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    await stream.write(f"{request.method} {path} HTTP/1.0\r\n{lines}\r\n".encode() + body)
    data = bytearray()
    while chunk := await stream.read():
        data += chunk
    head, _, content = bytes(data).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) < 2 or not words[1].isdigit():
        raise _unavailable("error trying to reach service: EOF")
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return web.Response(status=int(words[1]), body=content, headers=_passed_on(told))


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON}


def _unavailable(message: str) -> StatusError:
    return StatusError(SERVICE_UNAVAILABLE, message)
