"""What Kubernetes waits for while a node is silent: 50 s until the node is lost, then 300 s for its pods. Pure."""

from lightkube.models.core_v1 import Node

from k9lite.api import times
from k9lite.tables import nodes
from k9lite.tables.ages import duration

GRACE = 50.0  # seconds without a heartbeat (node-monitor-grace-period)
TOLERATED = 300.0  # seconds that pods tolerate a lost node (DefaultTolerationSeconds)
LOST = {"node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"}


def countdown(node: Node, renewed: float | None, down: bool, now: float) -> str:
    """What comes next for a node and when; empty where nothing is due.

    renewed: when its lease was renewed last; down: whether a fault keeps it silent
    """
    if nodes.status(node).startswith("Ready"):
        if not down or renewed is None:
            return ""
        return f"NotReady in {_left(renewed + GRACE - now)}"
    since = _lost_since(node)
    if since is None:
        return ""
    left = since + TOLERATED - now
    return f"pods leave in {_left(left)}" if left > 0 else "pods have left"


def _lost_since(node: Node) -> float | None:
    taints = (node.spec.taints or ()) if node.spec else ()
    lost = next((taint for taint in taints if taint.key in LOST and taint.effect == "NoExecute"), None)
    return times.timestamp(lost.timeAdded) if lost else None


def _left(seconds: float) -> str:
    return duration(max(0.0, seconds))
