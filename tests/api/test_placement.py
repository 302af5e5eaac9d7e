"""Taints, node affinity, pod affinity and topology spread, rule by rule."""

import math

import pytest
from lightkube.models.core_v1 import (
    Affinity,
    Container,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    PodSpec,
    PreferredSchedulingTerm,
    Taint,
    Toleration,
    TopologySpreadConstraint,
)
from lightkube.models.meta_v1 import LabelSelector

from k9lite.api.placement import node_affinity, pod_affinity, taints, topology_spread
from k9lite.api.placement.topology_spread import DO_NOT_SCHEDULE, SCHEDULE_ANYWAY, ZONE

TAINT = Taint(key="dedicated", value="db", effect="NoSchedule")

TOLERATIONS = [
    (Toleration(key="dedicated", operator="Equal", value="db", effect="NoSchedule"), True),
    (Toleration(key="dedicated", value="db"), True),
    (Toleration(key="dedicated", operator="Exists"), True),
    (Toleration(operator="Exists"), True),
    (Toleration(operator="Exists", effect="NoExecute"), False),
    (Toleration(key="dedicated", value="web"), False),
    (Toleration(key="other", operator="Exists"), False),
    (Toleration(value="db"), False),
]


@pytest.mark.parametrize(("toleration", "tolerated"), TOLERATIONS)
def test_tolerates(toleration: Toleration, tolerated: bool):
    assert taints.tolerates(toleration, TAINT) is tolerated


def test_untolerated_looks_at_the_effects_asked_for():
    every = [TAINT, Taint(key="soft", effect="PreferNoSchedule"), Taint(key="hard", effect="NoExecute")]
    tolerations = [Toleration(key="hard", operator="Exists")]
    assert [one.key for one in taints.untolerated(every, tolerations, ("NoSchedule", "NoExecute"))] == ["dedicated"]
    assert [one.key for one in taints.untolerated(every, None, ("PreferNoSchedule",))] == ["soft"]
    assert list(taints.untolerated(None, None, ("NoSchedule",))) == []


GONE = Taint(key="gone", effect="NoExecute")
SECONDS = [
    ([GONE], [], 0),
    ([GONE], [Toleration(key="gone", operator="Exists")], math.inf),
    ([GONE], [Toleration(key="gone", operator="Exists", tolerationSeconds=300)], 300),
    ([GONE], [Toleration(key="gone", operator="Exists", tolerationSeconds=-5)], 0),
    (
        [GONE, Taint(key="b", effect="NoExecute")],
        [
            Toleration(key="gone", operator="Exists", tolerationSeconds=300),
            Toleration(operator="Exists", tolerationSeconds=20),
        ],
        20,
    ),
    ([], [], math.inf),
]


@pytest.mark.parametrize(("tainted", "tolerations", "seconds"), SECONDS)
def test_tolerated_seconds(tainted: list[Taint], tolerations: list[Toleration], seconds: float):
    assert taints.tolerated_seconds(tainted, tolerations) == seconds


def requirement(key: str, operator: str, *values: str) -> NodeSelectorRequirement:
    return NodeSelectorRequirement(key=key, operator=operator, values=list(values) or None)


def spec(*terms: NodeSelectorTerm, selector: dict[str, str] | None = None) -> PodSpec:
    required = NodeSelector(nodeSelectorTerms=list(terms))
    affinity = Affinity(nodeAffinity=NodeAffinity(requiredDuringSchedulingIgnoredDuringExecution=required))
    return PodSpec(containers=[Container(name="c")], nodeSelector=selector, affinity=affinity if terms else None)


def labelled(*requirements: NodeSelectorRequirement) -> NodeSelectorTerm:
    return NodeSelectorTerm(matchExpressions=list(requirements))


def named(*names: str) -> NodeSelectorTerm:
    return NodeSelectorTerm(matchFields=[requirement("metadata.name", "In", *names)])


LABELS = {"zone": "a", "cores": "8"}
ADMITTED = [
    (spec(), True),
    (spec(selector={"zone": "a"}), True),
    (spec(selector={"zone": "b"}), False),
    (spec(labelled(requirement("zone", "In", "a", "b"))), True),
    (spec(labelled(requirement("zone", "NotIn", "a"))), False),
    (spec(labelled(requirement("disk", "NotIn", "ssd"))), True),
    (spec(labelled(requirement("zone", "Exists"), requirement("disk", "DoesNotExist"))), True),
    (spec(labelled(requirement("cores", "Gt", "4"), requirement("cores", "Lt", "9"))), True),
    (spec(labelled(requirement("cores", "Gt", "8"))), False),
    (spec(labelled(requirement("zone", "Gt", "1"))), False),
    (spec(labelled(requirement("zone", "In", "b")), named("one")), True),
    (spec(named("two")), False),
    (spec(NodeSelectorTerm()), False),
    (spec(labelled(requirement("zone", "In", "a")), selector={"zone": "b"}), False),
]


@pytest.mark.parametrize(("wanted", "admitted"), ADMITTED)
def test_node_affinity_admits(wanted: PodSpec, admitted: bool):
    assert node_affinity.of(wanted).admits("one", LABELS) is admitted


NAMES = [
    (spec(), None),
    (spec(named("one"), named("two")), {"one", "two"}),
    (spec(named("one"), labelled(requirement("zone", "Exists"))), None),
    (
        spec(
            NodeSelectorTerm(
                matchFields=[requirement("metadata.name", "In", "one"), requirement("metadata.name", "In", "two")]
            )
        ),
        set(),
    ),
]


@pytest.mark.parametrize(("wanted", "names"), NAMES)
def test_the_nodes_that_every_term_names(wanted: PodSpec, names: set[str] | None):
    assert node_affinity.of(wanted).names() == names


def test_preferences_add_up():
    terms = [
        PreferredSchedulingTerm(weight=10, preference=labelled(requirement("zone", "In", "a"))),
        PreferredSchedulingTerm(weight=5, preference=labelled(requirement("cores", "Exists"))),
        PreferredSchedulingTerm(weight=80, preference=labelled(requirement("zone", "In", "b"))),
        PreferredSchedulingTerm(weight=80, preference=NodeSelectorTerm()),
    ]
    preferred = NodeAffinity(preferredDuringSchedulingIgnoredDuringExecution=terms)
    wanted = PodSpec(containers=[], affinity=Affinity(nodeAffinity=preferred))
    assert node_affinity.of(wanted).preference("one", LABELS) == 15


WEB = LabelSelector(matchLabels={"app": "web"})
TERMS = [
    ("own namespace", PodAffinityTerm(topologyKey="k", labelSelector=WEB), "default", True),
    ("another namespace", PodAffinityTerm(topologyKey="k", labelSelector=WEB), "other", False),
    ("named namespaces", PodAffinityTerm(topologyKey="k", labelSelector=WEB, namespaces=["other"]), "other", True),
    ("not the own then", PodAffinityTerm(topologyKey="k", labelSelector=WEB, namespaces=["other"]), "default", False),
    (
        "every namespace",
        PodAffinityTerm(topologyKey="k", labelSelector=WEB, namespaceSelector=LabelSelector()),
        "other",
        True,
    ),
    (
        "namespaces by label",
        PodAffinityTerm(topologyKey="k", labelSelector=WEB, namespaceSelector=LabelSelector(matchLabels={"team": "x"})),
        "other",
        True,
    ),
    ("no selector", PodAffinityTerm(topologyKey="k"), "default", False),
    ("same revision", PodAffinityTerm(topologyKey="k", labelSelector=WEB, matchLabelKeys=["hash"]), "default", False),
    (
        "other revision",
        PodAffinityTerm(topologyKey="k", labelSelector=WEB, mismatchLabelKeys=["hash"]),
        "default",
        True,
    ),
]


@pytest.mark.parametrize(("term", "namespace", "meant"), [case[1:] for case in TERMS], ids=[case[0] for case in TERMS])
def test_pod_affinity_terms(term: PodAffinityTerm, namespace: str, meant: bool):
    affinity = Affinity(podAffinity=PodAffinity(requiredDuringSchedulingIgnoredDuringExecution=[term]))
    own = {"app": "web", "hash": "new"}
    [compiled] = pod_affinity.of(PodSpec(containers=[], affinity=affinity), "default", own).required
    other = {"app": "web", "hash": "old"}
    assert compiled.matches(namespace, other, {"team": "x"} if namespace == "other" else {}) is meant


def test_constraints_are_told_apart_by_what_happens_when_they_cannot_be_met():
    def one(when: str) -> TopologySpreadConstraint:
        return TopologySpreadConstraint(maxSkew=1, topologyKey=ZONE, whenUnsatisfiable=when, labelSelector=WEB)

    every = PodSpec(containers=[], topologySpreadConstraints=[one(DO_NOT_SCHEDULE), one(SCHEDULE_ANYWAY)])
    for when in (DO_NOT_SCHEDULE, SCHEDULE_ANYWAY):
        [constraint] = topology_spread.constraints(every, {}, when)
        assert (constraint.min_domains, constraint.honor_affinity, constraint.honor_taints) == (1, True, False)


SKEWS = [
    ({"a": 2, "b": 1}, "a", True, 1, 2),
    ({"a": 2, "b": 1}, "b", True, 1, 1),
    ({"a": 2, "b": 1}, "a", False, 1, 1),
    ({"a": 2, "b": 2}, "a", True, 3, 3),
    ({"a": 2, "b": 2}, "c", True, 1, -1),
    ({}, "a", True, 1, 0),
]


@pytest.mark.parametrize(("counts", "domain", "itself", "min_domains", "skew"), SKEWS)
def test_skew(counts: dict[str, int], domain: str, itself: bool, min_domains: int, skew: int):
    assert topology_spread.skew(counts, domain, itself, min_domains) == skew


@pytest.mark.parametrize(
    ("counts", "scores"), [([0, 0], [100, 100]), ([1, 2, 4], [100, 75, 25]), ([], []), ([3], [100])]
)
def test_emptiest_first(counts: list[int], scores: list[int]):
    assert topology_spread.emptiest_first(counts) == scores
