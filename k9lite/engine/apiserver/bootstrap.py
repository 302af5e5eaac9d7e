"""What a cluster holds before anybody asks for anything."""

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

CAUSE = Cause("kube-apiserver")
SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


def bootstrap(server: ApiServer) -> None:
    """Create what is missing of the system's own objects."""
    for name in SYSTEM_NAMESPACES:
        body = {
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        }  # fmt: skip
        server.create(Request(kinds.NAMESPACE, "", cause=CAUSE), body)
