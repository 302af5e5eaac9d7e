"""What a cluster holds before anybody asks for anything."""

from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.system_objects import endpoints, namespaces, priority_classes, services
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

CAUSE = Cause("kube-apiserver")


def bootstrap(server: ApiServer) -> None:
    """Create what is missing of the system's own objects."""
    addresses = server.ranges.services
    objects = [*namespaces(), *priority_classes(), *services(server.kinds, addresses)]
    for kind, namespace, body in objects:
        try:
            server.create(Request(kind, namespace, cause=CAUSE), body)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise


def publish(server: ApiServer, address: str, port: int) -> None:
    """Say behind the API server's own service that it answers at `address` and `port`."""
    for kind, namespace, body in endpoints(address, port):
        request = Request(kind, namespace, body["metadata"]["name"], cause=CAUSE, options=WriteOptions(force=True))
        server.patch(request, body, PatchType.APPLY)
