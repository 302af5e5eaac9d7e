import json
from typing import Any

import pytest

from k9lite.api import kinds, managed_fields
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.managed_fields import sets
from k9lite.api.object import Data

NOW = 1_767_323_045.0
TIME = "2026-01-02T03:04:05Z"


def config_map(data: dict[str, str], labels: dict[str, str] | None = None) -> Data:
    metadata: Data = {"name": "settings", "namespace": "default"}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata | ({"labels": labels} if labels else {}),
        "data": data,
    }


def deployment(image: str = "nginx", **spec: Any) -> Data:
    containers = spec.pop("containers", [{"name": "web", "image": image, "ports": [{"containerPort": 80}]}])
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}},
        }
        | spec,
    }


def owners(data: Data) -> dict[str, Any]:
    """Members by manager."""
    return {
        "/".join(filter(None, (entry["manager"], entry["operation"], entry.get("subresource", "")))): list(
            sets.paths(entry["fieldsV1"])
        )
        for entry in data["metadata"].get("managedFields", ())
    }


def apply(kind: Kind, live: Data | None, data: Data, manager: str, force: bool = False, now: float = NOW) -> Data:
    return managed_fields.apply(kind, live, data, manager, force, now)


def test_a_create_owns_all_it_says() -> None:
    made = managed_fields.update(
        kinds.DEPLOYMENT, None, deployment(replicas=3, strategy={"type": "Recreate"}), "kubectl-create", NOW
    )
    assert made["metadata"]["managedFields"] == [
        {
            "manager": "kubectl-create",
            "operation": "Update",
            "apiVersion": "apps/v1",
            "time": TIME,
            "fieldsType": "FieldsV1",
            "fieldsV1": {
                "f:spec": {
                    "f:replicas": {},
                    "f:selector": {},
                    "f:strategy": {"f:type": {}},
                    "f:template": {
                        "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                        "f:spec": {
                            "f:containers": {
                                'k:{"name":"web"}': {
                                    ".": {},
                                    "f:image": {},
                                    "f:name": {},
                                    "f:ports": {
                                        ".": {},
                                        'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}},
                                    },
                                }
                            }
                        },
                    },
                }
            },
        }
    ]


def test_an_update_takes_what_it_changes() -> None:
    first = managed_fields.update(kinds.CONFIG_MAP, None, config_map({"a": "1", "b": "2"}), "one", NOW)
    changed = {**first, "data": {"a": "1", "b": "3", "c": "4"}}
    second = managed_fields.update(kinds.CONFIG_MAP, first, changed, "two", NOW + 60)
    assert owners(second) == {"one/Update": [".data", ".data.a"], "two/Update": [".data.b", ".data.c"]}
    assert [entry["time"] for entry in second["metadata"]["managedFields"]] == [TIME, "2026-01-02T03:05:05Z"]
    third = managed_fields.update(kinds.CONFIG_MAP, second, {**second, "data": {"a": "1"}}, "one", NOW + 90)
    assert owners(third) == {"one/Update": [".data", ".data.a"]}
    assert third["metadata"]["managedFields"][0]["time"] == TIME  # it took nothing


def test_an_update_that_changes_nothing_changes_no_owner() -> None:
    first = managed_fields.update(kinds.CONFIG_MAP, None, config_map({"a": "1"}), "one", NOW)
    assert managed_fields.update(kinds.CONFIG_MAP, first, first, "two", NOW + 60) == first
    bumped = {**first, "metadata": {**first["metadata"], "resourceVersion": "7", "generation": 2}}
    assert managed_fields.update(kinds.CONFIG_MAP, first, bumped, "two", NOW + 60) == bumped


def test_entries_of_subresources_are_apart() -> None:
    made = managed_fields.update(kinds.DEPLOYMENT, None, deployment(replicas=1) | {"status": {"replicas": 1}}, "m", NOW)
    assert not any(path.startswith(".status") for path in owners(made)["m/Update"])
    scaled = {**made, "spec": {**made["spec"], "replicas": 2}}
    scaled = managed_fields.update(kinds.DEPLOYMENT, made, scaled, "kubectl", NOW, "scale")
    assert owners(scaled)["kubectl/Update/scale"] == [".spec.replicas"]
    assert ".spec.replicas" not in owners(scaled)["m/Update"]
    reported = {**scaled, "status": {"readyReplicas": 1, "conditions": [{"type": "Available", "status": "True"}]}}
    reported = managed_fields.update(kinds.DEPLOYMENT, scaled, reported, "kube-controller-manager", NOW, "status")
    assert owners(reported)["kube-controller-manager/Update/status"] == [
        ".status.conditions",
        ".status.readyReplicas",
        '.status.conditions[type="Available"]',
        '.status.conditions[type="Available"].status',
        '.status.conditions[type="Available"].type',
    ]


def test_apply_creates_and_is_idempotent() -> None:
    made = apply(kinds.CONFIG_MAP, None, config_map({"a": "1"}, {"l": "x"}), "kubectl")
    assert made["data"] == {"a": "1"}
    assert owners(made) == {"kubectl/Apply": [".data.a", ".metadata.labels.l"]}
    assert apply(kinds.CONFIG_MAP, made, config_map({"a": "1"}, {"l": "x"}), "kubectl", now=NOW + 60) == made


def test_what_is_no_longer_applied_goes_unless_someone_else_owns_it() -> None:
    live = apply(kinds.CONFIG_MAP, None, config_map({"a": "1", "b": "2", "c": "3"}), "one")
    live = apply(kinds.CONFIG_MAP, live, config_map({"b": "2"}), "two")
    live = managed_fields.update(kinds.CONFIG_MAP, live, {**live, "data": {**live["data"], "d": "4"}}, "edit", NOW)
    live = apply(kinds.CONFIG_MAP, live, config_map({"a": "1"}), "one")
    assert live["data"] == {"a": "1", "b": "2", "d": "4"}
    assert owners(live) == {"one/Apply": [".data.a"], "two/Apply": [".data.b"], "edit/Update": [".data.d"]}


def test_a_list_item_that_is_no_longer_applied_goes_with_its_defaults() -> None:
    both = [{"name": "web", "image": "a"}, {"name": "side", "image": "b"}]
    live = apply(kinds.DEPLOYMENT, None, deployment(containers=both), "k9lite")
    for container in live["spec"]["template"]["spec"]["containers"]:
        container["imagePullPolicy"] = "Always"  # as defaulting does; nobody owns it
    live["spec"]["replicas"] = 1
    live = apply(kinds.DEPLOYMENT, live, deployment(containers=both[:1]), "k9lite")
    assert live["spec"]["template"]["spec"]["containers"] == [
        {"name": "web", "image": "a", "imagePullPolicy": "Always"}
    ]
    assert live["spec"]["replicas"] == 1


def test_a_conflict() -> None:
    live = apply(kinds.CONFIG_MAP, None, config_map({"color": "red"}), "kubectl")
    with pytest.raises(StatusError) as raised:
        apply(kinds.CONFIG_MAP, live, config_map({"color": "blue"}), "other")
    status = raised.value.status()
    assert status["message"] == 'Apply failed with 1 conflict: conflict with "kubectl": .data.color'
    assert (status["reason"], status["code"]) == ("Conflict", 409)
    assert status["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl"', "field": ".data.color"}
    ]
    forced = apply(kinds.CONFIG_MAP, live, config_map({"color": "blue"}), "other", force=True)
    assert owners(forced) == {"other/Apply": [".data.color"]}
    shared = apply(kinds.CONFIG_MAP, live, config_map({"color": "red"}), "other")
    assert owners(shared) == {"kubectl/Apply": [".data.color"], "other/Apply": [".data.color"]}


def test_conflicts_with_several_managers() -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    live = managed_fields.update(
        kinds.DEPLOYMENT, None, deployment(containers=[{"name": "one", "env": env}]), "kubectl-create", NOW
    )
    scaled = {**live, "spec": {**live["spec"], "replicas": 5}}
    live = managed_fields.update(kinds.DEPLOYMENT, live, scaled, "kubectl", NOW, "scale")
    mine = deployment(replicas=1, containers=[{"name": "one", "env": [env[0], {"name": "B", "value": "9"}]}])
    with pytest.raises(StatusError) as raised:
        apply(kinds.DEPLOYMENT, live, mine, "kubectl")
    assert raised.value.message == (
        'Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:\n'
        '- .spec.replicas\nconflicts with "kubectl-create" using apps/v1:\n'
        '- .spec.template.spec.containers[name="one"].env[name="B"].value'
    )
    assert raised.value.causes[0].message == 'conflict with "kubectl" with subresource "scale" using apps/v1'


def test_kubectl_takes_over_what_it_had_applied_client_side() -> None:
    earlier = config_map({"a": "1", "b": "2"})
    note = {managed_fields.LAST_APPLIED: json.dumps(earlier) + "\n"}
    live = {**earlier, "metadata": {**earlier["metadata"], "annotations": note}}
    live = managed_fields.update(kinds.CONFIG_MAP, None, live, "kubectl-client-side-apply", NOW)
    taken = apply(kinds.CONFIG_MAP, live, config_map({"a": "9"}), "kubectl")
    assert taken["data"] == {"a": "9", "b": "2"}
    applied = json.loads(taken["metadata"]["annotations"][managed_fields.LAST_APPLIED])
    assert applied["data"] == {"a": "9"}
    with pytest.raises(StatusError, match="Apply failed with 1 conflict"):
        apply(kinds.CONFIG_MAP, live, config_map({"a": "9"}), "someone")
    edited = managed_fields.update(kinds.CONFIG_MAP, live, {**live, "data": {"a": "5", "b": "2"}}, "edit", NOW)
    with pytest.raises(StatusError, match=r'conflict with "edit" using v1: \.data\.a$'):
        apply(kinds.CONFIG_MAP, edited, config_map({"a": "9"}), "kubectl")


def test_an_object_that_nobody_tracked() -> None:
    live = config_map({"a": "1"})
    assert (
        "managedFields"
        not in managed_fields.update(kinds.CONFIG_MAP, live, config_map({"a": "2"}), "m", NOW)["metadata"]
    )
    begun = apply(kinds.CONFIG_MAP, live, config_map({"b": "2"}), "kubectl")
    assert owners(begun) == {"kubectl/Apply": [".data.b"], "before-first-apply/Update": [".data", ".data.a"]}
    with pytest.raises(StatusError, match='conflict with "before-first-apply" using v1'):
        apply(kinds.CONFIG_MAP, live, config_map({"a": "2"}), "kubectl")


def test_managed_fields_may_be_reset_but_not_applied() -> None:
    live = managed_fields.update(kinds.CONFIG_MAP, None, config_map({"a": "1"}), "m", NOW)
    reset = {**live, "metadata": {**live["metadata"], "managedFields": [{}]}}
    assert "managedFields" not in managed_fields.update(kinds.CONFIG_MAP, live, reset, "m", NOW)["metadata"]
    with pytest.raises(StatusError, match=r"^metadata\.managedFields must be nil$"):
        apply(kinds.CONFIG_MAP, live, live, "kubectl")


def test_the_oldest_of_many_updaters_are_merged() -> None:
    live = config_map({})
    live = managed_fields.update(kinds.CONFIG_MAP, None, live, "m0", NOW)
    for i in range(1, 14):
        data = {**live.get("data", {}), f"k{i}": "x"}
        live = managed_fields.update(kinds.CONFIG_MAP, live or None, {**live, "data": data}, f"m{i}", NOW + i)
        if i == 1:
            live = managed_fields.update(kinds.CONFIG_MAP, None, live, "m1", NOW + i)
    found = owners(live)
    assert len(found) == 10
    assert found["ancient-changes/Update"] == [".data", ".data.k1", ".data.k2", ".data.k3", ".data.k4"]


def test_the_order_of_applied_lists() -> None:
    def names(live: str, applied: str) -> str:
        def pod(text: str) -> Data:
            return deployment(containers=[{"name": name} for name in text])

        made = apply(
            kinds.DEPLOYMENT, managed_fields.update(kinds.DEPLOYMENT, None, pod(live), "m", NOW), pod(applied), "k"
        )
        return "".join(c["name"] for c in made["spec"]["template"]["spec"]["containers"])

    assert names("abc", "abc") == "abc"
    assert names("abc", "d") == "abcd"
    assert names("abc", "xb") == "axbc"
    assert names("abc", "ca") == "bca"
    assert names("abc", "cxa") == "bcxa"


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ({"f:a": {}}, [".a"]),
        ({"f:a": {".": {}, "f:b": {}}, "f:c": {}}, [".a", ".c", ".a.b"]),
        ({"f:p": {'k:{"port":80,"protocol":"TCP"}': {}}}, ['.p[port=80,protocol="TCP"]']),
        ({"f:s": {'v:"x"': {}}}, ['.s[="x"]']),
    ],
)
def test_paths(text: sets.Set, paths: list[str]) -> None:
    assert list(sets.paths(text)) == paths


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"replica": 1}, ".spec.replica: field not declared in schema"),
        ({"replicas": "1"}, ".spec.replicas: expected numeric (int or float), got string"),
        (
            {"template": {"spec": {"containers": [{"name": "c", "imagePolcy": "x"}, {"name": "c"}, {"image": "y"}]}}},
            'errors:\n  .spec.template.spec.containers[name="c"].imagePolcy: field not declared in schema\n'
            '  .spec.template.spec.containers: duplicate entries for key [name="c"]\n'
            "  .spec.template.spec.containers: element 2: associative list with keys has an element that omits all "
            'key fields ["name"]',
        ),
        ({"selector": []}, ".spec.selector: expected map, got &{[]}"),
    ],
)
def test_what_cannot_be_applied(spec: Data, problem: str) -> None:
    data = {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}
    with pytest.raises(StatusError) as raised:
        apply(kinds.DEPLOYMENT, None, data, "kubectl")
    told = "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): "
    assert (raised.value.message, raised.value.code) == (told + problem, 500)


def test_custom_resources_of_any_shape() -> None:
    parts = {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    parts["items"] = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}}
    tags = {"type": "array", "x-kubernetes-list-type": "set"}
    tags["items"] = {"type": "object", "properties": {"x": {"type": "integer"}}}
    spec = {"type": "object", "properties": {"parts": parts, "tags": tags, "inner": {"type": "object"}}}
    widget = Kind(
        "example.com", "v1", "Widget", "widgets", True, schema={"type": "object", "properties": {"spec": spec}}
    )
    data: Data = {
        "metadata": {"name": "w"},
        "spec": {"parts": [{"name": "a", "size": 1}], "tags": [{"x": 1}], "inner": None},
    }
    made = managed_fields.update(widget, None, data, "m", NOW)
    assert owners(made)["m/Update"] == [
        ".spec",
        ".spec.inner",
        ".spec.parts",
        ".spec.tags",
        '.spec.parts[name="a"]',
        '.spec.parts[name="a"].name',
        '.spec.parts[name="a"].size',
        '.spec.tags[={"x":1}]',
    ]
    odd = managed_fields.update(
        widget, made, {**made, "spec": {"parts": ["text"], "inner": "text", "tags": {}}}, "m", NOW
    )
    assert ".spec.inner" in owners(odd)["m/Update"]
    applied = apply(widget, None, data, "k")
    other = {"parts": [{"name": "b"}]}
    assert apply(widget, applied, {**data, "spec": other}, "k")["spec"] == other
