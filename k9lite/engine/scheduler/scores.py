"""Scores of feasible nodes, 0 to 100 each, with kube-scheduler's weights."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from k9lite.api.placement import taints, topology_spread
from k9lite.api.placement.pod_affinity import Term
from k9lite.api.placement.topology_spread import HOSTNAME, Constraint
from k9lite.engine.scheduler.cycle import Cycle, Domain
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo

MEGABYTE = 1024 * 1024
LEAST_IMAGE, MOST_IMAGE = 23 * MEGABYTE, 1000 * MEGABYTE  # bytes between which an image counts
REQUIRED_AFFINITY_WEIGHT = 1  # of a running pod's required terms that mean the pod to be placed

Evaluate = Callable[[PodInfo, Sequence[NodeInfo], Cycle], Sequence[int] | None]


def taint_toleration(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    counts = [
        sum(1 for _ in taints.untolerated(node.taints, pod.tolerations, (taints.PREFER_NO_SCHEDULE,))) for node in nodes
    ]
    most = max(counts)
    return [100 - 100 * count // most for count in counts] if most else None  # all alike: nothing to tell apart


def node_affinity(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    if not pod.node_affinity.preferred:
        return None
    weights = [pod.node_affinity.preference(node.name, node.labels) for node in nodes]
    most = max(weights)
    return [100 * weight // most for weight in weights] if most else None


def least_allocated(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    cpu, memory = pod.scored
    return [
        _mean_free(
            (node.allocatable.get("cpu", 0), node.scored_cpu + cpu),
            (node.allocatable.get("memory", 0), node.scored_memory + memory),
        )
        for node in nodes
    ]


def _mean_free(*resources: tuple[int, int]) -> int:
    free = [
        (allocatable - requested) * 100 // allocatable if requested <= allocatable else 0
        for allocatable, requested in resources
        if allocatable
    ]
    return sum(free) // len(free) if free else 0


def balanced_allocation(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    cpu, memory = pod.requests.get("cpu", 0), pod.requests.get("memory", 0)
    if not cpu and not memory:
        return None
    return [50 + (50 + _balance(node, cpu, memory) - _balance(node, 0, 0)) // 2 for node in nodes]


def _balance(node: NodeInfo, cpu: int, memory: int) -> int:
    """100 where cpu and memory are used alike, 50 where one is full and the other idle."""
    fractions = [
        min(1.0, (node.requested[name] + amount) / node.allocatable[name])
        for name, amount in (("cpu", cpu), ("memory", memory))
        if node.allocatable.get(name)
    ]
    deviation = abs(fractions[0] - fractions[1]) / 2 if len(fractions) == 2 else 0.0
    return int((1 - deviation) * 100)


def image_locality(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    present = [name for name in pod.images if name in cycle.image_nodes]
    if not present:
        return None
    most = MOST_IMAGE * len(pod.images)

    def score(node: NodeInfo) -> int:
        size = sum(node.images.get(name, 0) * cycle.image_nodes[name] // len(cycle.nodes) for name in present)
        return 100 * (min(max(size, LEAST_IMAGE), most) - LEAST_IMAGE) // (most - LEAST_IMAGE)

    return [score(node) for node in nodes]


def pod_topology_spread(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    if not cycle.spread:
        return None
    # A pod's own constraints leave out nodes that lack one of their labels; the default ones do not.
    scored = [node for node in nodes if not pod.spreads_itself or _has_domains(node, cycle.spread)]
    totals = dict.fromkeys((node.name for node in scored), 0.0)
    for constraint in cycle.spread:
        counts = _domain_counts(constraint, scored, cycle)
        weight = math.log((len(scored) if constraint.topology_key == HOSTNAME else len(counts)) + 2)
        for node in scored:
            if constraint.topology_key == HOSTNAME and HOSTNAME in node.labels:
                count = node.matching(pod.namespace, constraint.matcher)
            elif constraint.topology_key in node.labels:
                count = counts[node.labels[constraint.topology_key]]
            else:
                continue
            totals[node.name] += count * weight + constraint.max_skew - 1
    normalised = topology_spread.emptiest_first(math.floor(total + 0.5) for total in totals.values())
    by_name = dict(zip(totals, normalised, strict=True))
    return [by_name.get(node.name, 0) for node in nodes]


def _has_domains(node: NodeInfo, constraints: Sequence[Constraint]) -> bool:
    return all(constraint.topology_key in node.labels for constraint in constraints)


def _domain_counts(constraint: Constraint, scored: Sequence[NodeInfo], cycle: Cycle) -> dict[str, int]:
    """Matching pods in each domain of the `scored` nodes; hosts are counted one by one, not here."""
    key = constraint.topology_key
    if key == HOSTNAME:
        return {}
    counts = {node.labels.get(key, ""): 0 for node in scored}
    for node in cycle.nodes:
        if cycle.pod.spreads_itself and not _has_domains(node, cycle.spread):
            continue
        domain = node.labels.get(key, "")
        if domain in counts and cycle.counts_in(constraint, node):
            counts[domain] += node.matching(cycle.pod.namespace, constraint.matcher)
    return counts


def inter_pod_affinity(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> Sequence[int] | None:
    if not cycle.has_affinity:
        return None
    weights = _affinity_weights(pod, cycle)
    if not weights:
        return None
    totals = [
        sum(weight for (key, value), weight in weights.items() if node.labels.get(key) == value) for node in nodes
    ]
    low, high = min(totals), max(totals)
    return [int(100 * (total - low) / (high - low)) if high > low else 0 for total in totals]


def _affinity_weights(pod: PodInfo, cycle: Cycle) -> Counter[Domain]:
    """The affinity weight of each domain, summed over its pods."""
    weights: Counter[Domain] = Counter()

    def weigh(node: NodeInfo, term: Term, weight: int) -> None:
        if term.topology_key in node.labels:
            weights[term.topology_key, node.labels[term.topology_key]] += weight

    own = [(term, term.weight) for term in pod.affinity.preferred]
    own += [(term, -term.weight) for term in pod.affinity.anti_preferred]
    for node in cycle.nodes:
        for alike in node.alike.values() if own else ():
            labels = cycle.namespace_labels(alike.namespace)
            for term, weight in own:
                if term.matches(alike.namespace, alike.labels, labels):
                    weigh(node, term, weight * alike.count)
        for other in node.affine.values():
            theirs = [(term, REQUIRED_AFFINITY_WEIGHT) for term in other.affinity.required]
            theirs += [(term, term.weight) for term in other.affinity.preferred]
            theirs += [(term, -term.weight) for term in other.affinity.anti_preferred]
            for term, weight in theirs:
                if cycle.matches_own_pod(term):
                    weigh(node, term, weight)
    return weights


class Score(NamedTuple):
    """`evaluate` gives 0..100 for each node; None where it does not distinguish them."""

    plugin: str
    weight: int
    evaluate: Evaluate


SCORES = (
    Score("TaintToleration", 3, taint_toleration),
    Score("NodeAffinity", 2, node_affinity),
    Score("PodTopologySpread", 2, pod_topology_spread),
    Score("InterPodAffinity", 2, inter_pod_affinity),
    Score("NodeResourcesFit", 1, least_allocated),
    Score("NodeResourcesBalancedAllocation", 1, balanced_allocation),
    Score("ImageLocality", 1, image_locality),
)


def totals(pod: PodInfo, nodes: Sequence[NodeInfo], cycle: Cycle) -> list[int]:
    """The weighted sum of all scores for each of `nodes`."""
    sums = [0] * len(nodes)
    for score in SCORES:
        values = score.evaluate(pod, nodes, cycle)
        if values is not None:
            for index, value in enumerate(values):
                sums[index] += score.weight * value
    return sums
