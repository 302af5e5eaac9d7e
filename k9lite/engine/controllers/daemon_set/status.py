"""What a DaemonSet's status says (daemon_controller.go: updateDaemonSetStatus); pure."""

from collections.abc import Mapping

from k9lite.api import pods
from k9lite.api.object import Data
from k9lite.engine.controllers.daemon_set.placement import Fit
from k9lite.engine.controllers.daemon_set.plan import PodsByNode, Rules, by_age, is_updated


def status(
    nodes: Mapping[str, Fit],
    by_node: PodsByNode,
    rules: Rules,
    hash: str,
    generation: int,
    collisions: int | None,
    now: float,
) -> Data:
    """The whole status; counts of zero are left out but for the four that the API always writes."""
    desired = current = misscheduled = ready = available = updated = 0
    for node, node_fit in nodes.items():
        existing = by_age(by_node.get(node, ()))
        if not node_fit.runs:
            misscheduled += bool(existing)
            continue
        desired += 1
        if not existing:
            continue
        current += 1
        oldest = existing[0]
        ready += pods.is_ready(oldest.view)
        available += pods.is_available(oldest.view, rules.min_ready_seconds, now)
        updated += is_updated(oldest, hash)
    always = {
        "currentNumberScheduled": current,
        "numberMisscheduled": misscheduled,
        "desiredNumberScheduled": desired,
        "numberReady": ready,
    }
    optional = {
        "observedGeneration": generation,
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
        "numberUnavailable": desired - available,
    }
    result = always | {name: value for name, value in optional.items() if value}
    return result | ({"collisionCount": collisions} if collisions is not None else {})
