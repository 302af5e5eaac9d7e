"""Which pods of a DaemonSet are created and deleted, as tables."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.daemon_set.back_off import BackOff
from k9lite.engine.controllers.daemon_set.placement import Fit, fit
from k9lite.engine.controllers.daemon_set.plan import Plan, Rules, counted, manage, update
from k9lite.engine.controllers.daemon_set.status import status
from k9lite.engine.controllers.daemon_set.template import by_target, new_pod, pod_spec

NOW = 1000.0
REPLACE, SURGE = Rules(True, 0, 1), Rules(True, 1, 0)
HERE, STAY, AWAY = Fit(True, True), Fit(False, True), Fit(False, False)


def pod(text: str) -> Object[Any]:
    """`a1 new ready`: the node and a digit, the template, then any of ready, failed, deleting, unbound."""
    name, template, *state = text.split()
    metadata: dict[str, Any] = {"name": name, "labels": {"controller-revision-hash": template}}
    if "deleting" in state:
        metadata |= {"deletionTimestamp": "1970-01-01T00:00:00Z", "deletionGracePeriodSeconds": 30}
    ready = {"type": "Ready", "status": str("ready" in state), "lastTransitionTime": "1970-01-01T00:10:00Z"}
    spec: dict[str, Any] = {"containers": [], "nodeName": name[0]}
    if "unbound" in state:
        field = {"key": "metadata.name", "operator": "In", "values": [spec.pop("nodeName")]}
        terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    phase = "Failed" if "failed" in state else "Running"
    data = {"metadata": metadata, "spec": spec, "status": {"phase": phase, "conditions": [ready]}}
    return Object(kinds.POD, msgspec.json.encode(data), 1)


def names(plan: Plan) -> tuple[list[str], list[str]]:
    return plan.create, [pod.name for pod in plan.delete]


def by_node(*pods: str) -> dict[str, list[Object[Any]]]:
    return by_target(counted(map(pod, pods)))


@pytest.mark.parametrize(
    ("fits", "rules", "pods", "create", "delete"),
    [
        ({"a": HERE, "b": HERE}, REPLACE, ["a1 new ready"], ["b"], []),
        ({"a": HERE}, REPLACE, ["a1 new ready unbound"], [], []),
        ({"a": STAY, "b": STAY}, REPLACE, ["a1 new ready"], [], []),
        ({"a": AWAY}, REPLACE, ["a1 new ready", "a2 new deleting"], [], ["a1"]),
        ({"a": HERE}, REPLACE, ["a1 new", "a2 new"], [], ["a2"]),
        ({"a": HERE}, REPLACE, ["a1 new failed"], [], ["a1"]),
        ({"a": HERE}, REPLACE, ["a1 new failed deleting"], ["a"], []),
        ({"a": HERE}, REPLACE, ["a1 new ready deleting"], [], []),
        ({}, REPLACE, ["a1 new unbound", "b1 new ready"], [], ["a1"]),
        ({"a": HERE}, SURGE, ["a1 old ready", "a2 new"], [], []),
        ({"a": HERE}, SURGE, ["a1 old ready", "a2 new ready"], [], ["a1"]),
        ({"a": HERE}, SURGE, ["a1 old", "a2 new"], [], ["a1"]),
        ({"a": HERE}, SURGE, ["a1 old ready", "a2 old ready"], [], ["a2"]),
    ],
)
def test_manage(fits: dict[str, Fit], rules: Rules, pods: list[str], create: list[str], delete: list[str]) -> None:
    assert names(manage(fits, by_node(*pods), rules, "new", NOW)) == (create, delete)


@pytest.mark.parametrize(
    ("rules", "pods", "create", "delete"),
    [
        (REPLACE, ["a1 old ready", "b1 old ready", "c1 old ready"], [], ["a1"]),
        (Rules(True, 0, 2), ["a1 old ready", "b1 old ready", "c1 old ready"], [], ["a1", "b1"]),
        (REPLACE, ["a1 new", "b1 old ready", "c1 old ready"], [], []),
        (REPLACE, ["a1 new ready", "b1 old ready", "c1 old ready"], [], ["b1"]),
        (REPLACE, ["a1 old ready deleting", "b1 old ready", "c1 old ready"], [], []),
        (REPLACE, ["b1 old ready", "c1 old ready"], [], []),
        (REPLACE, ["a1 old", "b1 old", "c1 old ready"], [], ["a1", "b1"]),
        (Rules(True, 0, 1, min_ready_seconds=500), ["a1 new ready", "b1 old ready", "c1 new ready"], [], ["b1"]),
        (SURGE, ["a1 old ready", "b1 old ready", "c1 old ready"], ["a"], []),
        (Rules(True, 2, 0), ["a1 old ready", "b1 old ready", "c1 old ready"], ["a", "b"], []),
        (SURGE, ["a1 old ready", "a2 new", "b1 old ready", "c1 old ready"], [], []),
        (SURGE, ["a1 old ready", "a2 new ready", "b1 old ready", "c1 old ready"], ["b"], ["a1"]),
        (SURGE, ["a1 old", "b1 old ready", "c1 old ready"], ["a", "b"], []),
    ],
)
def test_update(rules: Rules, pods: list[str], create: list[str], delete: list[str]) -> None:
    fits = dict.fromkeys("abc", HERE)
    assert names(update(fits, by_node(*pods), rules, "new", NOW)) == (create, delete)


def daemon_set(**spec: Any) -> Object[Any]:
    template = {"metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [], **spec}}
    metadata = {
        "name": "agent",
        "uid": "u",
        "annotations": {"deprecated.daemonset.template.generation": "3"},
    }
    return Object(kinds.DAEMON_SET, msgspec.json.encode({"metadata": metadata, "spec": {"template": template}}), 1)


def node(*taints: str, **labels: str) -> Object[Any]:
    spec = {"taints": [{"key": "k", "effect": effect} for effect in taints]}
    return Object(kinds.NODE, msgspec.json.encode({"metadata": {"name": "a", "labels": labels}, "spec": spec}), 1)


@pytest.mark.parametrize(
    ("spec", "node", "expected"),
    [
        ({}, node(), HERE),
        ({}, node("NoSchedule"), STAY),
        ({}, node("NoExecute"), AWAY),
        ({}, node("PreferNoSchedule"), HERE),
        ({"tolerations": [{"operator": "Exists"}]}, node("NoSchedule", "NoExecute"), HERE),
        ({"nodeSelector": {"disk": "ssd"}}, node(), AWAY),
        ({"nodeSelector": {"disk": "ssd"}}, node(disk="ssd"), HERE),
        ({"nodeName": "b"}, node(), AWAY),
    ],
)
def test_fit(spec: dict[str, Any], node: Object[Any], expected: Fit) -> None:
    assert fit(node, pod_spec(daemon_set(**spec))) == expected


def test_a_pod_is_bound_to_its_node_by_affinity_and_tolerates_its_troubles() -> None:
    own = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
    pod = new_pod(daemon_set(tolerations=[own | {"tolerationSeconds": 5}], hostNetwork=True), "abc", "a")
    terms = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    field = {"key": "metadata.name", "operator": "In", "values": ["a"]}
    assert terms == {"nodeSelectorTerms": [{"matchFields": [field]}]}
    assert pod["metadata"]["labels"] == {
        "app": "agent",
        "controller-revision-hash": "abc",
        "pod-template-generation": "3",
    }
    assert pod["spec"]["tolerations"][0] == own
    assert [one["key"].rpartition("/")[2] for one in pod["spec"]["tolerations"]] == [
        "not-ready",
        "unreachable",
        "disk-pressure",
        "memory-pressure",
        "pid-pressure",
        "unschedulable",
        "network-unavailable",
    ]


def test_status() -> None:
    fits = {"a": HERE, "b": HERE, "c": HERE, "d": STAY}
    pods = by_node("a1 new ready", "b1 old ready", "c1 new", "d1 new ready")
    assert status(fits, pods, Rules(True, 0, 1, min_ready_seconds=300), "new", 2, None, NOW) == {
        "desiredNumberScheduled": 3,
        "currentNumberScheduled": 3,
        "numberMisscheduled": 1,
        "numberReady": 2,
        "observedGeneration": 2,
        "updatedNumberScheduled": 2,
        "numberAvailable": 2,
        "numberUnavailable": 1,
    }


def test_each_failure_waits_twice_as_long_as_the_one_before() -> None:
    back_off, key = BackOff(), ("u", "a")
    assert back_off.rest(key, 0) == 0
    for at, rest in ((0, 1), (1, 2), (3, 4)):
        back_off.replaced(key, at)
        assert back_off.rest(key, at) == rest
    back_off.replaced(key, 10_000)
    assert back_off.rest(key, 10_000) == 1
    back_off.forget("u")
    assert back_off.rest(key, 10_000) == 0
