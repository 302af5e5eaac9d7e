"""From a request to the handler that answers it; every refusal becomes a Status object."""

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import msgspec
from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.api import errors, warnings
from k9lite.api.errors import BAD_REQUEST, INTERNAL_ERROR, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, StatusError
from k9lite.api.object import Data
from k9lite.api.version import KUBERNETES, MAJOR, MINOR
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver.serving import ServedClient
from k9lite.engine.http import (
    connections,
    discovery,
    health,
    issuer,
    negotiation,
    openapi_v2,
    openapi_v3,
    proxy,
    reading,
    requests,
    routes,
    security,
)
from k9lite.engine.http.answers import add_warnings, json_response, refusal, response
from k9lite.engine.http.instruments import CONTENT_TYPE as METRICS_TYPE
from k9lite.engine.http.instruments import Instruments
from k9lite.engine.http.metrics import Metrics
from k9lite.engine.http.revalidation import digest, tagged
from k9lite.engine.http.routes import Route
from k9lite.engine.http.streams import Streams
from k9lite.engine.http.watching import Watch
from k9lite.engine.http.wire import protobuf
from k9lite.engine.http.writing import Writer

log = logging.getLogger(__name__)

STREAMED = {"log", "exec", "attach", "portforward"}
NOT_ALLOWED = "the server does not allow this method on the requested resource"
METRICS_PATH = "/metrics"
LONG_RUNNING = {"watch", "connect"}
NAMED = {"update", "patch", "delete"}
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}

Handler = Callable[[web.BaseRequest, Route, negotiation.Form], Awaitable[web.StreamResponse]]


def version() -> Data:
    """What `/version` says: the release whose model is served."""
    return {
        "major": MAJOR,
        "minor": MINOR,
        "gitVersion": KUBERNETES,
        "gitCommit": "k9lite",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "k9lite",
        "platform": "linux/amd64",
    }


class Dispatcher:
    """Answers every request of the API on behalf of one cluster."""

    def __init__(self, client: ServedClient, clock: Clock, token: str) -> None:
        self._client, self._clock, self._token = client, clock, token
        self._writer = Writer(client, clock)
        self._streams = Streams(client, clock)
        self._metrics = Metrics(client, clock)
        self._instruments = Instruments(client)
        self._proxy = proxy.Proxy(client)
        self._handlers: dict[str, Handler] = {
            "create": self._writer.create,
            "update": self._writer.update,
            "patch": self._writer.patch,
            "delete": self._writer.delete,
            "deletecollection": self._writer.delete_collection,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        accept = request.headers.get("Accept", "")
        try:
            security.check_origin(request)
            if await security.authenticate(request, self._client, self._token):
                connections.admit(request)
            if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
                request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return await self._answer(request)
        except StatusError as error:
            return refusal(error, accept)
        except routes.BadPath:
            return refusal(StatusError(BAD_REQUEST, "the path of the request is not well-formed"), accept)
        except (ConnectionError, web.HTTPException):
            raise
        except Exception:
            log.exception("%s %s", request.method, request.rel_url)
            return refusal(
                StatusError(INTERNAL_ERROR, f"Internal error occurred: {request.method} {request.path}"), accept
            )

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.rstrip("/")
        healthy = health.answer(path, verbose="verbose" in request.query)
        if healthy is not None:
            return web.Response(text=healthy)
        document = self._document(request, path)
        if document is not None:
            return document
        if path == METRICS_PATH:
            return response(await self._instruments.text(), METRICS_TYPE)
        raw_path = request.raw_path.partition("?")[0]
        metrics = await self._metrics.answer(request, raw_path)
        if metrics is not None:
            return json_response(msgspec.json.encode(metrics))
        proxied = proxy.parse(raw_path)
        if proxied is not None:
            return await self._proxy.answer(request, proxied)
        route = routes.parse(raw_path, self._client.kinds)
        if route is None:
            return self._nothing_there(raw_path)
        return await self._measured(request, route)

    def _nothing_there(self, path: str) -> web.StreamResponse:
        """A Status where the group and version are built in; else plain text, to which clients add what they asked."""
        match path.strip("/").split("/"):
            case ["api", "v1", *_]:
                raise errors.unknown_path()
            case ["apis", group, version, *_] if any(
                (kind.group, kind.version) == (group, version) and kind.model is not None for kind in self._client.kinds
            ):
                raise errors.unknown_path()
        return web.Response(status=404, text="404 page not found\n")

    def _document(self, request: web.BaseRequest, path: str) -> web.StreamResponse | None:
        """Version, discovery and OpenAPI: what says how the API looks."""
        kinds, accept = self._client.kinds, request.headers.get("Accept", "")
        if path == "":
            return json_response(msgspec.json.encode({"paths": discovery.paths(kinds)}))
        issued = issuer.answer(path, self._client, request.host)
        if issued is not None:
            return issued
        if path == "/version":
            return json_response(msgspec.json.encode(version()))
        if path.startswith("/openapi/v3"):
            return openapi_v3.answer(request, path, kinds)
        if path == "/openapi/v2":
            return tagged(request, digest(kinds), lambda: openapi_v2.answer(accept, kinds))
        if path in ("/api", "/apis"):
            return _discovery(path, negotiation.discovery_version(accept), kinds)
        match path.split("/")[1:]:
            case ["apis", group]:
                names = discovery.versions(kinds).get(group)
                return json_response(msgspec.json.encode(discovery.api_group(group, names))) if names else None
            case ["api", name]:
                found = discovery.api_resource_list(kinds, "", name)
            case ["apis", group, name]:
                found = discovery.api_resource_list(kinds, group, name)
            case _:
                return None
        return json_response(msgspec.json.encode(found)) if found else None

    async def _measured(self, request: web.BaseRequest, route: Route) -> web.StreamResponse:
        verb, began, code = _verb(request, route), perf_counter(), 500
        is_long = verb in LONG_RUNNING
        running = self._instruments.long_running(verb, route) if is_long else self._instruments.in_flight(verb)
        try:
            with running:
                answer = await self._serve(request, route)
            code = answer.status
            return answer
        except StatusError as error:
            code = error.code
            raise
        finally:
            seconds = None if is_long else perf_counter() - began
            self._instruments.answered(verb, route, code, seconds, dry_run="dryRun" in request.query)

    async def _serve(self, request: web.BaseRequest, route: Route) -> web.StreamResponse:
        if route.subresource in STREAMED and route.kind.plural == "pods":
            return await self._streams.answer(request, route)
        if route.subresource and not route.kind.has_subresource(route.subresource):
            raise errors.unknown_path()
        form = _form(request, route)
        handler = self._handler(request, route)
        answer = await handler(request, route, form)
        if not answer.prepared:
            add_warnings(answer, [warnings.deprecation(route.kind)])
        return answer

    def _handler(self, request: web.BaseRequest, route: Route) -> Handler:
        """What carries out the request. Raises MethodNotAllowed."""
        if request.method in ("GET", "HEAD"):
            return self._read
        verb = VERBS.get(request.method, "") if not route.watch else ""
        if verb == "delete" and not route.name:
            verb = "deletecollection"
        verbs, needs_name = route.kind.verbs, verb in NAMED
        if route.subresource:
            verbs, needs_name = _subresource_verbs(route), True
        if verb not in verbs or needs_name != bool(route.name):
            raise StatusError(METHOD_NOT_ALLOWED, NOT_ALLOWED)
        return self._handlers[verb]

    async def _read(self, request: web.BaseRequest, route: Route, form: negotiation.Form) -> web.StreamResponse:
        if not route.kind.stored:
            raise StatusError(METHOD_NOT_ALLOWED, NOT_ALLOWED)
        if _is_watched(request, route):
            if "watch" not in route.kind.verbs:
                raise StatusError(METHOD_NOT_ALLOWED, NOT_ALLOWED)
            return await Watch(self._client, self._clock, route, request.query, form).stream(request)
        read = reading.get if route.name else reading.collection
        return await read(self._client, self._clock, request, route, form)


def _verb(request: web.BaseRequest, route: Route) -> str:
    """What metrics call a request."""
    if route.subresource in STREAMED and route.kind.plural == "pods":
        return "connect"
    if request.method in ("GET", "HEAD"):
        return "watch" if _is_watched(request, route) else "get" if route.name else "list"
    verb = VERBS.get(request.method, request.method.lower())
    if verb == "patch" and request.headers.get("Content-Type", "").startswith(PatchType.APPLY):
        return "apply"
    return "deletecollection" if verb == "delete" and not route.name else verb


def _is_watched(request: web.BaseRequest, route: Route) -> bool:
    """One object is only watched by its path below `/watch`, or by a field selector."""
    return request.method == "GET" and (route.watch or (not route.name and requests.truth(request.query, "watch")))


def _form(request: web.BaseRequest, route: Route) -> negotiation.Form:
    """How the answer is written. Raises NotAcceptable."""
    watched = _is_watched(request, route)
    # What subresources speak is always one of Kubernetes' own types.
    has_message = protobuf.can_encode(route.kind.api_version, route.kind.kind) or route.subresource == "scale"
    accept = request.headers.get("Accept", "")
    form = negotiation.form(accept, has_message=has_message, only_plain=not route.kind.stored, watched=watched)
    if form is None:
        raise StatusError(NOT_ACCEPTABLE, negotiation.not_acceptable(watched=watched))
    return form


def _subresource_verbs(route: Route) -> tuple[str, ...]:
    found = (sub.verbs for sub in route.kind.subresources if sub.name == route.subresource)
    return next(found, ())


def _discovery(path: str, aggregated: str | None, kinds: Any) -> web.StreamResponse:
    core = path == "/api"
    if aggregated is None:
        return json_response(msgspec.json.encode(discovery.api_versions() if core else discovery.api_group_list(kinds)))
    body = discovery.aggregated(kinds, core, f"apidiscovery.k8s.io/{aggregated}")
    content_type = f"application/json;g=apidiscovery.k8s.io;v={aggregated};as=APIGroupDiscoveryList"
    headers = {"Content-Type": content_type, "Vary": "Accept"}
    return web.Response(body=msgspec.json.encode(body), headers=headers)
