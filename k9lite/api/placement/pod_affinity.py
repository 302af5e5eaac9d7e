"""Which pods a pod wants beside it, or not: the terms of pod affinity and anti-affinity."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import PodAffinity as PodAffinityModel
from lightkube.models.core_v1 import PodAffinityTerm, PodAntiAffinity, PodSpec
from lightkube.models.meta_v1 import LabelSelector, LabelSelectorRequirement

from k9lite.api.selectors import LabelMatcher, label_selector


class Term(NamedTuple):
    """Pods that `matcher` selects, in the named namespaces or in those that `namespace_matcher` selects."""

    topology_key: str
    matcher: LabelMatcher
    namespaces: frozenset[str]
    namespace_matcher: LabelMatcher | None
    weight: int = 0

    def matches(self, namespace: str, labels: Mapping[str, str], namespace_labels: Mapping[str, str]) -> bool:
        """Whether a pod with `labels`, in `namespace` with its labels, is meant."""
        return self.matcher.matches(labels) and (
            namespace in self.namespaces
            or (self.namespace_matcher is not None and self.namespace_matcher.matches(namespace_labels))
        )


class PodAffinity(NamedTuple):
    """All terms of one pod."""

    required: tuple[Term, ...] = ()
    preferred: tuple[Term, ...] = ()
    anti_required: tuple[Term, ...] = ()
    anti_preferred: tuple[Term, ...] = ()


NONE = PodAffinity()


def with_label_keys(
    selector: LabelSelector | None,
    labels: Mapping[str, str],
    equal: Sequence[str] | None,
    different: Sequence[str] | None = None,
) -> LabelMatcher:
    """`selector`, narrowed to pods whose labels `equal` are those given, and whose labels `different` are not."""
    if selector is None or not (equal or different):
        return label_selector(selector)
    more = [
        LabelSelectorRequirement(key=key, operator=operator, values=[labels[key]])
        for operator, keys in (("In", equal), ("NotIn", different))
        for key in keys or ()
        if key in labels
    ]
    expressions = [*(selector.matchExpressions or ()), *more]
    return label_selector(LabelSelector(matchLabels=selector.matchLabels, matchExpressions=expressions))


def _term(term: PodAffinityTerm, namespace: str, labels: Mapping[str, str], weight: int = 0) -> Term:
    named = frozenset(term.namespaces or ())
    return Term(
        term.topologyKey,
        with_label_keys(term.labelSelector, labels, term.matchLabelKeys, term.mismatchLabelKeys),
        named if named or term.namespaceSelector is not None else frozenset((namespace,)),
        None if term.namespaceSelector is None else label_selector(term.namespaceSelector),
        weight,
    )


def _terms(
    part: PodAffinityModel | PodAntiAffinity | None, namespace: str, labels: Mapping[str, str]
) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    if part is None:
        return (), ()
    required = part.requiredDuringSchedulingIgnoredDuringExecution or ()
    preferred = part.preferredDuringSchedulingIgnoredDuringExecution or ()
    return (
        tuple(_term(term, namespace, labels) for term in required),
        tuple(_term(weighted.podAffinityTerm, namespace, labels, weighted.weight) for weighted in preferred),
    )


def of(spec: PodSpec, namespace: str, labels: Mapping[str, str]) -> PodAffinity:
    """The terms of a pod with these labels in `namespace`."""
    if spec.affinity is None or (spec.affinity.podAffinity is None and spec.affinity.podAntiAffinity is None):
        return NONE
    required, preferred = _terms(spec.affinity.podAffinity, namespace, labels)
    anti_required, anti_preferred = _terms(spec.affinity.podAntiAffinity, namespace, labels)
    return PodAffinity(required, preferred, anti_required, anti_preferred)
