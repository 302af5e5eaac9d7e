"""The row of a node (printers.go, printNode)."""

from lightkube.models.core_v1 import Node

from k9lite.api.object import Object
from k9lite.tables.ages import age
from k9lite.tables.column import NONE, UNKNOWN, Cell, Column, table

ROLE_PREFIX, ROLE_LABEL = "node-role.kubernetes.io/", "kubernetes.io/role"


def status(node: Node) -> str:
    """`Ready`, `NotReady`, `Unknown`, with `,SchedulingDisabled` when cordoned."""
    conditions = (node.status.conditions or ()) if node.status else ()
    ready = next((c for c in conditions if c.type == "Ready"), None)
    text = "Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"
    return text + (",SchedulingDisabled" if node.spec and node.spec.unschedulable else "")


def roles(obj: Object[Node]) -> str:
    """The node's roles, sorted, or `<none>`."""
    roles = {key.removeprefix(ROLE_PREFIX) for key in obj.labels if key.startswith(ROLE_PREFIX)}
    roles.add(obj.labels.get(ROLE_LABEL, ""))
    return ",".join(sorted(roles - {""})) or NONE


def _address(node: Node, type: str) -> str:
    addresses = (node.status.addresses or ()) if node.status else ()
    return next((a.address for a in addresses if a.type == type), NONE)


def _cells(obj: Object[Node], now: float) -> list[Cell]:
    node = obj.view
    info = node.status.nodeInfo if node.status else None
    kernel = f"{info.kernelVersion} ({info.architecture})" if info and info.kernelVersion else UNKNOWN
    return [
        obj.name,
        status(node),
        roles(obj),
        age(obj.meta.creationTimestamp, now),
        (info and info.kubeletVersion) or "",
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        (info and info.osImage) or UNKNOWN,
        kernel,
        (info and info.containerRuntimeVersion) or UNKNOWN,
    ]


NODE = table(
    _cells,
    Column("Status", description="Whether the node is ready for pods."),
    "Roles",
    "Age",
    "Version",
    wide="Internal-IP,External-IP,OS-Image,Kernel-Version,Container-Runtime",
)
