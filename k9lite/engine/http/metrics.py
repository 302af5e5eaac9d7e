"""metrics.k8s.io/v1beta1: what nodes and pods use, for `kubectl top`; from what the runtimes report."""

from typing import Any

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.errors import METHOD_NOT_ALLOWED, StatusError, not_found
from k9lite.api.kinds import Kinds
from k9lite.api.object import Data, Object
from k9lite.api.pods import is_terminal
from k9lite.client.protocol import Client
from k9lite.client.streams import Usage
from k9lite.engine.http import requests, routes
from k9lite.engine.http.discovery import METRICS
from k9lite.engine.http.routes import Route

WINDOW = "30s"
API_VERSION = "metrics.k8s.io/v1beta1"


class Metrics:
    """Answers the paths of metrics.k8s.io."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._kinds = Kinds(list(METRICS))

    async def answer(self, request: web.BaseRequest, raw_path: str) -> Data | None:
        """The answer to a GET, or None when the path is not one of metrics."""
        if not raw_path.startswith(f"/apis/{API_VERSION}/"):
            return None
        route = routes.parse(raw_path, self._kinds)
        if route is None:
            return None
        if request.method != "GET":
            message = f'{request.method.lower()} is not supported on resources of kind "{route.kind.resource}"'
            raise StatusError(METHOD_NOT_ALLOWED, message)
        items = await (self._nodes if route.kind.plural == "nodes" else self._pods)(route, request)
        if route.name:
            if not items:
                raise not_found(route.kind.group, route.kind.plural, route.name)
            return items[0]
        return {"kind": f"{route.kind.kind}List", "apiVersion": API_VERSION, "metadata": {}, "items": items}

    async def _nodes(self, route: Route, request: web.BaseRequest) -> list[Data]:
        nodes = await self._client.list(kinds.NODE, requests.selector(route, request.query))
        pods = await self._client.list(kinds.POD)
        used: dict[str, list[Usage]] = {}
        for pod in pods.items:
            node = pod.view.spec.nodeName if pod.view.spec else None
            if node:
                used.setdefault(node, []).extend((await self._usage(pod)).values())
        return [self._entry("NodeMetrics", node, {"usage": _total(used.get(node.name, []))}) for node in nodes.items]

    async def _pods(self, route: Route, request: web.BaseRequest) -> list[Data]:
        pods = await self._client.list(kinds.POD, requests.selector(route, request.query))
        items = []
        for pod in pods.items:
            usage = await self._usage(pod)
            containers = [{"name": name, "usage": _total([used])} for name, used in usage.items()]
            if containers:
                items.append(self._entry("PodMetrics", pod, {"containers": containers}))
        return items

    async def _usage(self, pod: Object[Any]) -> dict[str, Usage]:
        if is_terminal(pod.view):
            return {}
        try:
            return await self._client.streams.usage(pod.namespace, pod.name)
        except StatusError:  # it went away, or has not started
            return {}

    def _entry(self, kind: str, obj: Object[Any], more: Data) -> Data:
        now = times.time(self._clock.now())
        metadata: Data = {"name": obj.name, "creationTimestamp": now, "labels": dict(obj.labels)}
        if obj.namespace:
            metadata["namespace"] = obj.namespace
        head = {"kind": kind, "apiVersion": API_VERSION, "metadata": metadata, "timestamp": now, "window": WINDOW}
        return head | more


def _total(used: list[Usage]) -> Data:
    """The sum as quantities: nanocores and kibibytes, as metrics-server writes them."""
    cpu, memory = sum(usage.cpu for usage in used), sum(usage.memory for usage in used)
    return {"cpu": f"{round(cpu * 1e9)}n", "memory": f"{memory // 1024}Ki"}
