"""One scheduling cycle: a pod, all nodes, and the counts over all nodes that filters and scores share."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from k9lite.api.placement import taints
from k9lite.api.placement.pod_affinity import Term
from k9lite.api.placement.topology_spread import Constraint
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo

NamespaceLabels = Callable[[str], Mapping[str, str]]
Domain = tuple[str, str]  # topology key, value


class Cycle:
    """Counts are computed on first use; most pods need none. After a pod was added or removed, make a new cycle."""

    def __init__(
        self,
        pod: PodInfo,
        nodes: Sequence[NodeInfo],
        namespace_labels: NamespaceLabels = lambda namespace: {},
        image_nodes: Mapping[str, int] | None = None,
        spread: tuple[Constraint, ...] = (),
    ) -> None:
        """image_nodes: on how many nodes each image is; spread: the constraints to prefer, given or by default."""
        self.pod, self.nodes = pod, nodes
        self.namespace_labels = namespace_labels
        self.image_nodes = image_nodes or {}
        self.spread = spread

    def again(self) -> "Cycle":
        """A new cycle for the same pod, after pods were added or removed."""
        return Cycle(self.pod, self.nodes, self.namespace_labels, self.image_nodes, self.spread)

    def counts_in(self, constraint: Constraint, node: NodeInfo) -> bool:
        """Whether the node is part of the domains that `constraint` compares."""
        if constraint.honor_affinity and not self.pod.node_affinity.admits(node.name, node.labels):
            return False
        effects = (taints.NO_SCHEDULE, taints.NO_EXECUTE)
        return not (constraint.honor_taints and any(taints.untolerated(node.taints, self.pod.tolerations, effects)))

    @cached_property
    def spread_counts(self) -> list[dict[str, int]]:
        """For each required constraint: matching pods by domain."""
        required = self.pod.spread_required
        counts: list[dict[str, int]] = [{} for _ in required]
        for node in self.nodes:
            if any(constraint.topology_key not in node.labels for constraint in required):
                continue
            for constraint, by_domain in zip(required, counts, strict=True):
                if self.counts_in(constraint, node):
                    domain = node.labels[constraint.topology_key]
                    matching = node.matching(self.pod.namespace, constraint.matcher)
                    by_domain[domain] = by_domain.get(domain, 0) + matching
        return counts

    @cached_property
    def has_affinity(self) -> bool:
        """Whether this pod or any placed pod has affinity terms."""
        return any(self.pod.affinity) or any(node.affine for node in self.nodes)

    @cached_property
    def attracting(self) -> Counter[Domain]:
        """Pods that match all required affinity terms, by domain."""
        terms = self.pod.affinity.required
        return self._neighbours(terms, lambda admitted: len(admitted) == len(terms))

    @cached_property
    def repelling(self) -> Counter[Domain]:
        """Pods that match a required anti-affinity term, by domain."""
        return self._neighbours(self.pod.affinity.anti_required, lambda admitted: True)

    def _neighbours(self, terms: Sequence[Term], counted: Callable[[list[Term]], bool]) -> Counter[Domain]:
        counts: Counter[Domain] = Counter()
        for node in self.nodes if terms else ():
            for alike in node.alike.values():
                labels = self.namespace_labels(alike.namespace)
                admitted = [term for term in terms if term.matches(alike.namespace, alike.labels, labels)]
                if admitted and counted(admitted):
                    for term in admitted:
                        if term.topology_key in node.labels:
                            counts[term.topology_key, node.labels[term.topology_key]] += alike.count
        return counts

    @cached_property
    def repelled(self) -> Counter[Domain]:
        """Running pods whose required anti-affinity selects this pod, by domain."""
        counts: Counter[Domain] = Counter()
        for node in self.nodes:
            for other in node.affine.values():
                for term in other.affinity.anti_required:
                    if term.topology_key in node.labels and self.matches_own_pod(term):
                        counts[term.topology_key, node.labels[term.topology_key]] += 1
        return counts

    def matches_own_pod(self, term: Term) -> bool:
        """Whether the affinity term of another pod selects this pod."""
        return term.matches(self.pod.namespace, self.pod.labels, self.namespace_labels(self.pod.namespace))
