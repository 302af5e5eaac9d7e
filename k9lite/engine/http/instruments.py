"""/metrics: what the API server counts of its own work, under the names that kube-apiserver has for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from k9lite.api.kinds import STORED_AS
from k9lite.api.version import KUBERNETES, MAJOR, MINOR
from k9lite.client.protocol import Client
from k9lite.engine.http.routes import Route

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COMPONENT = "apiserver"
BUCKETS = (0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60)
READING = {"get", "list", "watch"}
_PLACE = ("group", "version", "resource", "subresource", "scope")


def scope(route: Route) -> str:
    """How much a request is about: one object, a namespace, or the cluster."""
    if route.name:
        return "resource"
    return "namespace" if route.namespace else "cluster"


class Instruments:
    """The counters of one server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "apiserver_request",
            "Counter of apiserver requests broken out for each verb, dry run value, group, "
            "version, resource, scope, component, and HTTP response code.",
            ("verb", "dry_run", *_PLACE, "component", "code"),
            registry=registry,
        )
        self._seconds = Histogram(
            "apiserver_request_duration_seconds",
            "Response latency distribution in seconds for each verb, dry run "
            "value, group, version, resource, subresource, scope and component.",
            ("verb", "dry_run", *_PLACE, "component"),
            buckets=BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "apiserver_current_inflight_requests",
            "Maximal number of currently used inflight request limit of this "
            "apiserver per request kind in last second.",
            ("request_kind",),
            registry=registry,
        )
        self._long_running = Gauge(
            "apiserver_longrunning_requests",
            "Gauge of all active long-running apiserver requests broken out by verb, "
            "group, version, resource, scope and component. Not all requests are tracked this way.",
            ("verb", *_PLACE, "component"),
            registry=registry,
        )
        build = Gauge(
            "kubernetes_build_info",
            "A metric with a constant '1' value labeled by major, minor, git version.",
            ("major", "minor", "git_version"),
            registry=registry,
        )
        build.labels(MAJOR, MINOR, KUBERNETES).set(1)
        self._objects = Gauge(
            "apiserver_resource_objects",
            "Number of stored objects at the time of last check split by kind.",
            ("group", "resource"),
            registry=registry,
        )
        ProcessCollector(registry=registry)

    async def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        for kind in self._client.kinds:
            if kind.stored and STORED_AS.get((kind.group, kind.version, kind.plural)) is None:
                found = await self._client.list(kind)
                self._objects.labels(kind.group, kind.plural).set(len(found.items))
        return generate_latest(self._registry)

    @contextmanager
    def long_running(self, verb: str, route: Route) -> Iterator[None]:
        """While a watch or a stream is open."""
        gauge = self._long_running.labels(verb, *_place(route), COMPONENT)
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()

    @contextmanager
    def in_flight(self, verb: str) -> Iterator[None]:
        """While a request is answered that ends by itself."""
        gauge = self._in_flight.labels("readOnly" if verb in READING else "mutating")
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()

    def answered(self, verb: str, route: Route, code: int, seconds: float | None, *, dry_run: bool) -> None:
        """A request that came to an end, after `seconds` where it was not open as long as its client wanted."""
        labels = (verb.upper(), "All" if dry_run else "", *_place(route), COMPONENT)
        self._requests.labels(*labels, str(code)).inc()
        if seconds is not None:
            self._seconds.labels(*labels).observe(seconds)


def _place(route: Route) -> tuple[str, ...]:
    return route.kind.group, route.kind.version, route.kind.plural, route.subresource, scope(route)
