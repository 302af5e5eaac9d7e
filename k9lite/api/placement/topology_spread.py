"""How evenly a pod wants its like to be spread over hosts and zones: its topologySpreadConstraints."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lightkube.models.core_v1 import PodSpec, TopologySpreadConstraint

from k9lite.api.placement.pod_affinity import with_label_keys
from k9lite.api.selectors import LabelMatcher

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
DO_NOT_SCHEDULE, SCHEDULE_ANYWAY = "DoNotSchedule", "ScheduleAnyway"


class Constraint(NamedTuple):
    """Pods that `matcher` selects, in the pod's own namespace, differ by at most `max_skew` between domains.

    honor_affinity, honor_taints: whether nodes that the pod cannot use are left out of the count
    """

    topology_key: str
    max_skew: int
    matcher: LabelMatcher
    min_domains: int = 1
    honor_affinity: bool = True
    honor_taints: bool = False


def _constraint(constraint: TopologySpreadConstraint, labels: Mapping[str, str]) -> Constraint:
    return Constraint(
        constraint.topologyKey,
        constraint.maxSkew,
        with_label_keys(constraint.labelSelector, labels, constraint.matchLabelKeys),
        constraint.minDomains or 1,
        constraint.nodeAffinityPolicy != "Ignore",
        constraint.nodeTaintsPolicy == "Honor",
    )


def constraints(spec: PodSpec, labels: Mapping[str, str], when: str) -> tuple[Constraint, ...]:
    """The pod's constraints with `whenUnsatisfiable` of `when`."""
    every = spec.topologySpreadConstraints or ()
    return tuple(_constraint(constraint, labels) for constraint in every if constraint.whenUnsatisfiable == when)


def default_constraints(matcher: LabelMatcher) -> tuple[Constraint, ...]:
    """What a pod without constraints of its own prefers, where `matcher` selects the pods of its service and owner."""
    return (
        Constraint(HOSTNAME, 3, matcher),
        Constraint(ZONE, 5, matcher),
    )


def skew(counts: Mapping[str, int], domain: str, self_match: bool, min_domains: int) -> int:
    """By how much `domain` would exceed the emptiest one with the pod in it; `counts` holds every eligible domain."""
    least = min(counts.values(), default=None)
    if least is None:
        return 0  # no node counts: nothing to compare with
    if len(counts) < min_domains:
        least = 0
    return counts.get(domain, 0) + self_match - least


def emptiest_first(scores: Iterable[int]) -> list[int]:
    """Raw counts turned into 0..100, the emptiest domain highest."""
    raw = list(scores)
    if not raw:
        return raw
    low, high = min(raw), max(raw)
    return [100 if high == 0 else 100 * (high + low - score) // high for score in raw]
