"""Which nodes a pod asks for: nodeSelector, required and preferred node affinity."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import NodeSelectorRequirement, NodeSelectorTerm, PodSpec

from k9lite.api.selectors.labels import EXISTS, GREATER, IN, LESS, NOT_EXISTS, NOT_IN, Requirement

NAME = "metadata.name"  # the one field that matchFields knows
_OPERATORS = {
    "In": IN,
    "NotIn": NOT_IN,
    "Exists": EXISTS,
    "DoesNotExist": NOT_EXISTS,
    "Gt": GREATER,
    "Lt": LESS,
}


class Term(NamedTuple):
    """One nodeSelectorTerm: all its requirements hold. `weight` is for preferred terms."""

    labels: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]
    weight: int = 0

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.labels) and all(
            requirement.matches({NAME: name}) for requirement in self.fields
        )


class NodeAffinity(NamedTuple):
    """A pod's demands on its node; `required` terms are alternatives, None where it has none."""

    selector: Mapping[str, str]
    required: tuple[Term, ...] | None
    preferred: tuple[Term, ...]

    def admits(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether the node `name` with these labels is one the pod may run on."""
        if any(labels.get(key) != value for key, value in self.selector.items()):
            return False
        return self.required is None or any(term.matches(name, labels) for term in self.required)

    def preference(self, name: str, labels: Mapping[str, str]) -> int:
        """The weights of the preferred terms that the node meets."""
        return sum(term.weight for term in self.preferred if term.matches(name, labels))

    def names(self) -> Collection[str] | None:
        """The nodes that the required terms name, where each of them does (as DaemonSets write it); else None."""
        if not self.required:
            return None
        named: set[str] = set()
        for term in self.required:
            ins = [
                requirement.values
                for requirement in term.fields
                if requirement.key == NAME and requirement.operator == IN
            ]
            if not ins:
                return None
            named |= frozenset.intersection(*ins)
        return named


ANYWHERE = NodeAffinity({}, None, ())


def _requirements(requirements: Sequence[NodeSelectorRequirement] | None) -> tuple[Requirement, ...]:
    return tuple(Requirement(r.key, _OPERATORS[r.operator], frozenset(r.values or ())) for r in requirements or ())


def _term(term: NodeSelectorTerm, weight: int = 0) -> Term | None:
    """None for an empty term, which matches nothing."""
    labels, fields = _requirements(term.matchExpressions), _requirements(term.matchFields)
    return Term(labels, fields, weight) if labels or fields else None


def of(spec: PodSpec) -> NodeAffinity:
    """What the pod asks of its node."""
    affinity = spec.affinity.nodeAffinity if spec.affinity else None
    if affinity is None:
        return NodeAffinity(spec.nodeSelector, None, ()) if spec.nodeSelector else ANYWHERE
    required = affinity.requiredDuringSchedulingIgnoredDuringExecution
    preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution or ()
    return NodeAffinity(
        spec.nodeSelector or {},
        None if required is None else tuple(t for t in map(_term, required.nodeSelectorTerms) if t),
        tuple(t for p in preferred if p.weight and (t := _term(p.preference, p.weight))),
    )
