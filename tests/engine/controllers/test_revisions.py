import re
from typing import Any

import msgspec
import pytest
from controller_world import deployment, pod_template

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.deployment import revisions
from k9lite.engine.controllers.template_hash import hashed_name, template_hash

REVISION, HISTORY = "deployment.kubernetes.io/revision", "deployment.kubernetes.io/revision-history"


def stored(kind: Any, data: dict[str, Any], **metadata: Any) -> Object[Any]:
    data = data | {"metadata": data["metadata"] | {"namespace": "default", "uid": data["metadata"]["name"]} | metadata}
    return Object(kind, msgspec.json.encode(data), 1)


def replica_set(
    name: str, template: dict[str, Any], created: str = "2026-01-01T00:00:00Z", replicas: int = 0, **metadata: Any
) -> Object[Any]:
    template = template | {"metadata": {"labels": template["metadata"]["labels"] | {"pod-template-hash": name}}}
    data = {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {}, "template": template},
        "status": {"replicas": replicas, "observedGeneration": 1},
    }
    return stored(kinds.REPLICA_SET, data, creationTimestamp=created, generation=1, **metadata)


WEB = stored(kinds.DEPLOYMENT, deployment("web", 3))


def test_the_new_set_is_the_oldest_of_the_same_template_whatever_its_hash() -> None:
    same, newer = replica_set("s1", pod_template("web")), replica_set("s0", pod_template("web"), "2026-01-01T00:00:01Z")
    other = replica_set("a", pod_template("web", "web:v2"))
    assert revisions.find_new(WEB, [newer, other, same]) is same
    assert revisions.find_new(WEB, [other]) is None


def test_a_hash_has_kubernetes_shape_and_names_the_template() -> None:
    template = WEB.view.spec.template
    hash = template_hash(template, None)
    assert re.fullmatch("[bcdfghjklmnpqrstvwxz2456789]{1,10}", hash)
    assert template_hash(template, None) == hash
    assert len({hash, template_hash(template, 0), template_hash(template, 1)}) == 3
    assert hashed_name("web", hash) == f"web-{hash}"
    assert len(hashed_name("x" * 253, hash)) == 253


def test_a_new_set_carries_what_links_it_to_its_pods() -> None:
    annotated = stored(
        kinds.DEPLOYMENT,
        deployment("web", 3, minReadySeconds=7),
        annotations={"kubernetes.io/change-cause": "v1", revisions.LAST_APPLIED: "{}", REVISION: "4"},
    )
    body = revisions.new_set(annotated, "abc", 2, 5)
    assert body["metadata"]["name"] == "web-abc"
    assert body["metadata"]["annotations"] == {
        "kubernetes.io/change-cause": "v1",
        REVISION: "5",
        "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
    }
    labels = {"app": "web", "pod-template-hash": "abc"}
    assert body["metadata"]["labels"] == labels
    assert body["spec"]["selector"] == {"matchLabels": labels}
    assert body["spec"]["template"]["metadata"]["labels"] == labels
    assert body["spec"]["replicas"] == 2
    assert body["spec"]["minReadySeconds"] == 7


@pytest.mark.parametrize(
    ("annotations", "revision", "expected"),
    [
        ({REVISION: "2"}, 2, {REVISION: "2"}),
        ({REVISION: "2"}, 5, {REVISION: "5", HISTORY: "2"}),
        ({REVISION: "5", HISTORY: "1,3"}, 6, {REVISION: "6", HISTORY: "1,3,5"}),
        ({REVISION: "7"}, 3, {REVISION: "7"}),
        ({}, 1, {REVISION: "1"}),
    ],
)
def test_a_set_used_again_gets_a_new_number_and_keeps_the_old_ones(
    annotations: dict[str, str], revision: int, expected: dict[str, str]
) -> None:
    new, changed = revisions.annotate(WEB, annotations, revision, exists=True)
    assert new == expected
    assert changed == (expected != annotations)


def test_the_list_of_former_numbers_stays_short() -> None:
    history = ",".join(str(number) for number in range(1000, 1400))
    new, _ = revisions.annotate(WEB, {REVISION: "1400", HISTORY: history}, 1401, exists=True)
    assert len(new[HISTORY]) <= 2000
    assert new[HISTORY].endswith("1399,1400")


def test_a_rollback_restores_template_and_annotations() -> None:
    mine = stored(kinds.DEPLOYMENT, deployment("web"), annotations={REVISION: "3", "note": "new"})
    source = replica_set("web-old", pod_template("web", "web:v0"), annotations={REVISION: "1", "note": "old"})
    data = revisions.restored(mine, source)
    assert data["spec"]["template"]["spec"]["containers"][0]["image"] == "web:v0"
    assert data["spec"]["template"]["metadata"]["labels"] == {"app": "web"}
    assert data["metadata"]["annotations"] == {REVISION: "3", "note": "old"}


def test_history_beyond_the_limit_is_cleaned_up_lowest_revision_first() -> None:
    def old(number: int, replicas: int = 0, **metadata: Any) -> Object[Any]:
        template = pod_template("web", f"web:v{number}")
        return replica_set(f"s{number}", template, replicas=replicas, annotations={REVISION: str(number)}, **metadata)

    sets = [old(10), old(9, replicas=1), old(1), old(2, deletionTimestamp="2026-01-01T00:00:00Z")]
    assert [one.name for one in revisions.to_clean_up(sets, 2)] == ["s1"]
    assert [one.name for one in revisions.to_clean_up(sets, 0)] == ["s1", "s10"]  # s9 still has a pod
    assert revisions.to_clean_up(sets, None) == []
    assert revisions.to_clean_up(sets, 2**31 - 1) == []
