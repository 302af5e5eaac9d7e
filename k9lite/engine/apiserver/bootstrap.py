"""What a cluster holds before anybody asks for anything."""

from collections.abc import Iterable

from k9lite.api import times
from k9lite.api.cause import Cause
from k9lite.api.system_access import access
from k9lite.api.system_api_services import api_services
from k9lite.api.system_flow import flow_control
from k9lite.api.system_objects import SystemObject, endpoints, namespaces, priority_classes, services
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

CAUSE = Cause("kube-apiserver")


def bootstrap(server: ApiServer) -> None:
    """Create what is missing of the objects that the system's own parts need."""
    _create_missing(server, [*namespaces(), *priority_classes(), *services(server.kinds, server.ranges.services)])


def register(server: ApiServer) -> None:
    """Create what is missing of the objects that only clients look at: roles, flow control, the API's own services."""
    served, now = server.kinds, times.time(server.clock.now())
    _create_missing(server, [*access(served), *flow_control(served), *api_services(served, now)])


def _create_missing(server: ApiServer, objects: Iterable[SystemObject]) -> None:
    for one in objects:
        if not server.has(one.kind, one.key):
            server.create(Request(one.kind, one.namespace, cause=CAUSE), one.body)


def publish(server: ApiServer, address: str, port: int) -> None:
    """Say behind the API server's own service that it answers at `address` and `port`."""
    for kind, namespace, body in endpoints(address, port):
        request = Request(kind, namespace, body["metadata"]["name"], cause=CAUSE, options=WriteOptions(force=True))
        server.patch(request, body, PatchType.APPLY)
