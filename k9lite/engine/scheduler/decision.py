"""One decision: the node for a pod, or the reasons why there is none."""

from collections.abc import Collection, Mapping, Sequence
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
CONTRADICTION = Rejection("NodeAffinity", ("pod affinity terms conflict",), False)


class Decision(NamedTuple):
    """The outcome of one scheduling cycle.

    feasible: the nodes with the highest score; empty when no node fits
    rejections: the reasons per rejected node
    before: the rejection that holds for every node
    plugins: the plugins that rejected
    next_start: the index of the first node to check next time
    """

    feasible: Sequence[NodeInfo]
    rejections: Mapping[str, Rejection]
    before: str
    plugins: frozenset[str]
    next_start: int


def enough_nodes(nodes: int) -> int:
    """How many feasible nodes are enough to choose from."""
    if nodes < ALL_BELOW:
        return nodes
    return max(ALL_BELOW, nodes * max(LEAST_PERCENT, 50 - nodes // 125) // 100)


def check(cycle: Cycle, node: NodeInfo, nominated: Nominated) -> Rejection | None:
    """The rejection of a node, also with the pods of at least equal priority that are nominated to it; or None."""
    pod = cycle.pod
    rivals = [
        other
        for other in nominated.get(node.name, ())
        if other.priority >= pod.priority and other.uid != pod.uid and other.uid not in node.pods
    ]
    if rivals:
        with node.holding(rivals):
            rejected = filters.rejection(pod, node, cycle.again())
        if rejected is not None:
            return rejected
    return filters.rejection(pod, node, cycle)


def decide(cycle: Cycle, nominated: Nominated, start: int, before: Rejection | None) -> Decision:
    """Filter the nodes from number `start` on until enough fit, then score those.

    before: a rejection that holds for every node
    """
    pod, nodes = cycle.pod, cycle.nodes
    names = pod.node_affinity.names()
    if before is None and names is not None and not names:
        before = CONTRADICTION
    if before is not None:
        everywhere = {node.name: before for node in nodes}
        return Decision([], everywhere, before.reasons[0], frozenset((before.plugin,)), start)
    promised = [node for node in nodes if node.name == pod.nominated and check(cycle, node, nominated) is None]
    if promised:
        return Decision(promised, {}, "", frozenset(), start)
    feasible, rejections = _filter(cycle, nominated, start, names)
    next_start = (start + len(feasible) + len(rejections)) % len(nodes) if nodes else 0
    plugins = frozenset(rejection.plugin for rejection in rejections.values())
    return Decision(_best(cycle, feasible), rejections, "", plugins, next_start)


def _filter(
    cycle: Cycle, nominated: Nominated, start: int, names: Collection[str] | None
) -> tuple[list[NodeInfo], dict[str, Rejection]]:
    """Enough feasible nodes, and the rejections of the nodes checked before them."""
    feasible: list[NodeInfo] = []
    rejections: dict[str, Rejection] = {}
    enough = enough_nodes(len(cycle.nodes))
    for node in (*cycle.nodes[start:], *cycle.nodes[:start]):
        rejected = check(cycle, node, nominated) if names is None or node.name in names else NOT_NAMED
        if rejected is not None:
            rejections[node.name] = rejected
        else:
            feasible.append(node)
            if len(feasible) >= enough:
                break
    return feasible, rejections


def _best(cycle: Cycle, feasible: list[NodeInfo]) -> list[NodeInfo]:
    if len(feasible) < 2:
        return feasible
    totals = scores.totals(cycle.pod, feasible, cycle)
    highest = max(totals)
    return [node for node, total in zip(feasible, totals, strict=True) if total == highest]
