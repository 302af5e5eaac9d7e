"""The order in which pods of a StatefulSet are created, deleted and updated, as a table."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.stateful_set.identity import new_claims, new_pod, ordinal_of
from k9lite.engine.controllers.stateful_set.plan import Rules, plan, uses_update_revision
from k9lite.engine.controllers.stateful_set.status import Revisions, after_plan, status

NOW = 1000.0
ORDERED, PARALLEL = Rules(3), Rules(3, ordered=False)


def pod(text: str) -> Object[Any]:
    """`2 new ready`: the ordinal, the revision, then any of ready, pending, failed, deleting."""
    ordinal, revision, *state = text.split()
    metadata: dict[str, Any] = {"name": f"db-{ordinal}", "labels": {"controller-revision-hash": revision}}
    if "deleting" in state:
        metadata |= {"deletionTimestamp": "1970-01-01T00:00:00Z", "deletionGracePeriodSeconds": 30}
    phase = "Failed" if "failed" in state else "Pending" if "pending" in state else "Running"
    ready = {"type": "Ready", "status": str("ready" in state), "lastTransitionTime": "1970-01-01T00:10:00Z"}
    data = {"metadata": metadata, "spec": {"containers": []}, "status": {"phase": phase, "conditions": [ready]}}
    return Object(kinds.POD, msgspec.json.encode(data), 1)


def steps(rules: Rules, *pods: str) -> tuple[list[int], list[str]]:
    result = plan(rules, "db", map(pod, pods), "new", NOW)
    return result.create, [pod.name for pod in result.delete]


@pytest.mark.parametrize(
    ("rules", "pods", "create", "delete"),
    [
        (ORDERED, [], [0], []),
        (ORDERED, ["0 new pending"], [], []),
        (ORDERED, ["0 new ready"], [1], []),
        (ORDERED, ["0 new ready", "1 new"], [], []),
        (ORDERED, ["0 new ready", "2 new ready"], [1], []),
        (ORDERED, ["0 new ready", "1 new deleting"], [], []),
        (ORDERED, ["0 new failed"], [], ["db-0"]),
        (ORDERED, ["0 new failed deleting"], [], []),
        (PARALLEL, [], [0, 1, 2], []),
        (PARALLEL, ["0 new", "1 new failed"], [2], ["db-1"]),
        (Rules(2, start=5), ["5 new ready"], [6], []),
        # down, highest ordinal first, one after another
        (Rules(1), ["0 new ready", "1 new ready", "2 new ready"], [], ["db-2"]),
        (Rules(1), ["0 new ready", "1 new ready", "2 new ready deleting"], [], []),
        (Rules(1), ["0 new ready", "1 new", "2 new ready"], [], ["db-2"]),
        (Rules(1), ["0 new ready", "1 new", "2 new"], [], []),
        (Rules(1), ["0 new ready", "1 new"], [], ["db-1"]),
        (Rules(1), ["0 new", "1 new ready"], [], []),
        (Rules(1, ordered=False), ["0 new", "1 new", "2 new"], [], ["db-2", "db-1"]),
        # update, highest ordinal first
        (ORDERED, ["0 old ready", "1 old ready", "2 old ready"], [], ["db-2"]),
        (ORDERED, ["0 old ready", "1 old ready", "2 new"], [], []),
        (ORDERED, ["0 old ready", "1 old ready", "2 new ready"], [], ["db-1"]),
        (Rules(3, partition=1), ["0 old ready", "1 new ready", "2 new ready"], [], []),
        (Rules(3, max_unavailable=2), ["0 old ready", "1 old ready", "2 old ready"], [], ["db-2", "db-1"]),
        (Rules(3, on_delete=True), ["0 old ready", "1 old ready", "2 old ready"], [], []),
        (Rules(3, ordered=False), ["0 old ready", "1 old ready", "2 old"], [], []),
        # scaling comes before updating
        (Rules(1), ["0 old ready", "1 old ready"], [], ["db-1"]),
        (Rules(1, min_ready_seconds=500), ["0 old ready"], [], []),
        (Rules(1, min_ready_seconds=300), ["0 old ready"], [], ["db-0"]),
    ],
)
def test_plan(rules: Rules, pods: list[str], create: list[int], delete: list[str]) -> None:
    assert steps(rules, *pods) == (create, delete)


@pytest.mark.parametrize(
    ("name", "ordinal"), [("db-0", 0), ("db-12", 12), ("db-x", None), ("db", None), ("other-0", None), ("db-0-1", None)]
)
def test_ordinals(name: str, ordinal: int | None) -> None:
    assert ordinal_of(name, "db") == ordinal


@pytest.mark.parametrize(
    ("rules", "ordinal", "current_replicas", "expected"),
    [
        (Rules(3, partition=0), 0, 3, True),
        (Rules(3, partition=2), 1, 0, False),
        (Rules(3, partition=2), 2, 0, True),
        (Rules(3, start=5, partition=2), 6, 0, False),
        (Rules(3, partition=None), 1, 2, False),
        (Rules(3, on_delete=True, partition=None), 0, 3, True),
    ],
)
def test_revision_of_new_pods(rules: Rules, ordinal: int, current_replicas: int, expected: bool) -> None:
    assert uses_update_revision(rules, ordinal, current_replicas) is expected


def test_status_ends_an_update_with_its_last_pod() -> None:
    revisions = Revisions("old", "new")
    half = [pod("0 old ready"), pod("1 new ready"), pod("2 new")]
    counted = status(half, ORDERED, revisions, 4, 0, NOW)
    assert after_plan(counted, 0, ORDERED) == {
        "observedGeneration": 4,
        "replicas": 3,
        "readyReplicas": 2,
        "currentReplicas": 1,
        "updatedReplicas": 2,
        "currentRevision": "old",
        "updateRevision": "new",
        "collisionCount": 0,
        "availableReplicas": 2,
    }
    whole = status([pod(f"{n} new ready") for n in range(3)], ORDERED, revisions, 4, 0, NOW)
    assert after_plan(whole, 0, ORDERED)["currentRevision"] == "new"
    assert after_plan(whole, 0, ORDERED)["currentReplicas"] == 3
    begun = status([pod(f"{n} old ready") for n in range(3)], ORDERED, revisions, 4, 0, NOW)
    assert after_plan(begun, 1, ORDERED)["currentReplicas"] == 2
    assert "updatedReplicas" not in after_plan(begun, 1, ORDERED)


def test_a_pod_has_name_host_name_and_claims_of_its_own() -> None:
    template = {
        "metadata": {"labels": {"app": "db"}},
        "spec": {"containers": [], "volumes": [{"name": "data", "emptyDir": {}}, {"name": "other", "emptyDir": {}}]},
    }
    claims = [{"metadata": {"name": "data", "labels": {"tier": "disk"}}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
    spec = {
        "serviceName": "db",
        "selector": {"matchLabels": {"app": "db"}},
        "template": template,
        "volumeClaimTemplates": claims,
    }
    owner = Object(kinds.STATEFUL_SET, msgspec.json.encode({"metadata": {"name": "db", "uid": "u"}, "spec": spec}), 1)
    pod = new_pod(owner, template, "db-abc", 2)
    assert (pod["metadata"]["name"], pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("db-2", "db-2", "db")
    assert pod["metadata"]["labels"] == {
        "app": "db",
        "controller-revision-hash": "db-abc",
        "statefulset.kubernetes.io/pod-name": "db-2",
        "apps.kubernetes.io/pod-index": "2",
    }
    assert pod["spec"]["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-2"}},
        {"name": "other", "emptyDir": {}},
    ]
    [claim] = new_claims(owner, "db-2")
    assert claim == {
        "metadata": {"name": "data-db-2", "labels": {"tier": "disk", "app": "db"}},
        "spec": {"accessModes": ["ReadWriteOnce"]},
    }
