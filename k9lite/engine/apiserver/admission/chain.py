"""Which admission steps a new object of each kind goes through, in Kubernetes' order."""

from collections.abc import Callable, Mapping

from k9lite.api.object import Data
from k9lite.engine.apiserver.admission import limit_ranger, namespace_lifecycle, nodes, pods, service_account
from k9lite.engine.apiserver.context import Context, Request

Step = Callable[[Context, Request, Data], None]

ON_CREATE: Mapping[str, tuple[Step, ...]] = {
    "pods": (limit_ranger.admit, service_account.admit, pods.tolerate_node_failure, pods.set_priority),
    "nodes": (nodes.taint,),
}


def admit_create(context: Context, request: Request, data: Data) -> None:
    """Complete `data` in place; Forbidden or NotFound when it may not be created."""
    namespace_lifecycle.check_create(context, request, data)
    for step in ON_CREATE.get(request.kind.resource, ()):
        step(context, request, data)
