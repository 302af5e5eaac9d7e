"""One decision: on which node a pod is to run, or why on none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from k9lite.engine.scheduler import filters, scores
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.rejection import Rejection

ALL_BELOW = 100  # nodes, up to which every one is looked at
LEAST_PERCENT = 5

Nominated = Mapping[str, Collection[PodInfo]]  # node -> pods that wait for room on it
NOT_NAMED = Rejection("NodeAffinity", ("node(s) didn't satisfy plugin(s) [NodeAffinity]",), False)
CONTRADICTION = "pod affinity terms conflict"


class Decision(NamedTuple):
    """feasible: the nodes with the highest score, of which any may be taken; empty when there is none.

    rejections: why each other node was ruled out; before: what ruled the pod out on all of them;
    plugins: whose rejections these are; next_start: the node to begin with next time.
    """

    feasible: Sequence[NodeInfo]
    rejections: Mapping[str, Rejection]
    before: str
    plugins: frozenset[str]
    next_start: int


def wanted_nodes(nodes: int) -> int:
    """How many feasible nodes are enough to choose from."""
    if nodes < ALL_BELOW:
        return nodes
    return max(ALL_BELOW, nodes * max(LEAST_PERCENT, 50 - nodes // 125) // 100)


def check(cycle: Cycle, node: NodeInfo, nominated: Nominated) -> Rejection | None:
    """Whether the pod fits, also beside pods as important as itself that wait for room on this node."""
    pod = cycle.pod
    rivals = [
        other for other in nominated.get(node.name, ())
        if other.priority >= pod.priority and other.uid != pod.uid and other.uid not in node.pods
    ]  # fmt: skip
    if rivals:
        with node.holding(rivals):
            rejected = filters.rejection(pod, node, cycle.again())
        if rejected is not None:
            return rejected
    return filters.rejection(pod, node, cycle)


def decide(cycle: Cycle, nominated: Nominated, start: int, before: Callable[[PodInfo], Rejection | None]) -> Decision:
    """Filter the nodes from number `start` on until enough fit, then score those.

    `before(pod)` may rule the pod out wherever it goes.
    """
    pod, nodes = cycle.pod, cycle.nodes
    ruled_out = before(pod)
    names = pod.node_affinity.names()
    if ruled_out is None and names is not None and not names:
        ruled_out = Rejection("NodeAffinity", (CONTRADICTION,), False)
    if ruled_out is not None:
        return Decision(
            [], {node.name: ruled_out for node in nodes}, ruled_out.reasons[0], frozenset((ruled_out.plugin,)), start
        )
    rejections: dict[str, Rejection] = {}
    feasible: list[NodeInfo] = []
    if pod.nominated and _keeps_its_promise(cycle, nominated):
        feasible = [node for node in nodes if node.name == pod.nominated]
        return Decision(feasible, {}, "", frozenset(), start)
    wanted, looked_at = wanted_nodes(len(nodes)), 0
    for looked_at in range(1, len(nodes) + 1):
        node = nodes[(start + looked_at - 1) % len(nodes)]
        rejected = check(cycle, node, nominated) if names is None or node.name in names else NOT_NAMED
        if rejected is not None:
            rejections[node.name] = rejected
            continue
        feasible.append(node)
        if len(feasible) >= wanted:
            break
    plugins = frozenset(one.plugin for one in rejections.values())
    next_start = (start + looked_at) % len(nodes) if nodes else 0
    return Decision(_best(cycle, feasible), rejections, "", plugins, next_start)


def _keeps_its_promise(cycle: Cycle, nominated: Nominated) -> bool:
    """Whether the node that was cleared for the pod takes it."""
    return any(node.name == cycle.pod.nominated and check(cycle, node, nominated) is None for node in cycle.nodes)


def _best(cycle: Cycle, feasible: list[NodeInfo]) -> list[NodeInfo]:
    if len(feasible) < 2:
        return feasible
    totals = scores.totals(cycle.pod, feasible, cycle)
    highest = max(totals)
    return [node for node, total in zip(feasible, totals, strict=True) if total == highest]
