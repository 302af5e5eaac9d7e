"""Labels of nodes that go by other names now, wherever something selects by them."""

from collections.abc import Iterable, Iterator, Mapping

from k9lite.api.object import Data

DEPRECATED_LABELS: Mapping[str, str] = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}


def selector(path: str, labels: Iterable[str]) -> Iterator[str]:
    """Of a map of labels at `path`."""
    return (f"{path}[{key}]: {DEPRECATED_LABELS[key]}" for key in labels if key in DEPRECATED_LABELS)


def terms(path: str, node_selector_terms: Iterable[Data]) -> Iterator[str]:
    """Of a list of NodeSelectorTerms at `path`."""
    for index, term in enumerate(node_selector_terms):
        yield from term_of(f"{path}[{index}]", term)


def term_of(path: str, term: Data) -> Iterator[str]:
    """Of one NodeSelectorTerm at `path`."""
    for index, expression in enumerate(term.get("matchExpressions") or ()):
        key = expression.get("key", "")
        if key in DEPRECATED_LABELS:
            yield f"{path}.matchExpressions[{index}].key: {key} is {DEPRECATED_LABELS[key]}"
