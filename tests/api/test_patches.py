from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.patches import json_patch, merge_patch, refusal, strategic


@pytest.mark.parametrize(
    ("operations", "result"),
    [
        ([{"op": "add", "path": "/c", "value": 1}], {"a": {"b": [1, 2]}, "c": 1}),
        ([{"op": "add", "path": "/a/b/-", "value": 3}], {"a": {"b": [1, 2, 3]}}),
        ([{"op": "add", "path": "/a/b/0", "value": 0}], {"a": {"b": [0, 1, 2]}}),
        ([{"op": "add", "path": "/a/b/2", "value": 0}], {"a": {"b": [1, 2, 0]}}),
        ([{"op": "remove", "path": "/a/b/-1"}], {"a": {"b": [1]}}),
        ([{"op": "replace", "path": "/a/b/1", "value": 5}], {"a": {"b": [1, 5]}}),
        ([{"op": "add", "path": "/a/x~1y~0", "value": 1}], {"a": {"b": [1, 2], "x/y~": 1}}),
        ([{"op": "move", "from": "/a/b", "path": "/c"}], {"a": {}, "c": [1, 2]}),
        (
            [{"op": "copy", "from": "/a/b", "path": "/c"}, {"op": "remove", "path": "/c/0"}],
            {"a": {"b": [1, 2]}, "c": [2]},
        ),
        ([{"op": "test", "path": "/a/b", "value": [1, 2]}], {"a": {"b": [1, 2]}}),
        ([{"op": "test", "path": "/none", "value": None}], {"a": {"b": [1, 2]}}),
    ],
)
def test_json_patch(operations: list[Any], result: dict[str, Any]) -> None:
    data = {"a": {"b": [1, 2]}}
    assert json_patch.apply(data, operations) == result
    assert data == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a/b", "value": [2]},
        {"op": "test", "path": "/a/b/0", "value": True},
        {"op": "remove", "path": "/x"},
        {"op": "replace", "path": "/x", "value": 1},
        {"op": "replace", "path": "/a/b/2", "value": 1},
        {"op": "add", "path": "/x/y", "value": 1},
        {"op": "add", "path": "/a/b/3", "value": 1},
        {"op": "add", "path": "/a/b/01", "value": 1},
        {"op": "add", "path": "/a/b/0/c", "value": 1},
        {"op": "add", "path": "a", "value": 1},
        {"op": "jump", "path": "/a"},
        {"op": "add", "path": "/a"},
        {"op": "move", "path": "/a"},
        {"path": "/a"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "", "value": 1},
        {"op": ["add"], "path": "/a"},
    ],
)
def test_json_patches_that_fail(operation: dict[str, Any]) -> None:
    with pytest.raises(
        StatusError, match=r"^the server rejected our request due to an error in our request$"
    ) as raised:
        json_patch.apply({"a": {"b": [1, 2]}}, [operation])
    assert (raised.value.reason, raised.value.code) == ("Invalid", 422)


@pytest.mark.parametrize("apply", [json_patch.apply, merge_patch.apply])
def test_patches_of_a_wrong_shape(apply: Any) -> None:
    with pytest.raises(StatusError, match="cannot unmarshal string into Go value of type") as raised:
        apply({}, "x")
    assert raised.value.code == 400


def test_merge_patch() -> None:
    live = {"data": {"color": "blue", "size": "large"}, "list": [1, 2]}
    patch = {"data": {"size": None, "new": "yes"}, "list": [3], "sub": {"a": None, "b": {"c": None}}}
    assert merge_patch.apply(live, patch) == {
        "data": {"color": "blue", "new": "yes"},
        "list": [3],
        "sub": {"b": {}},
    }
    assert live["data"] == {"color": "blue", "size": "large"}


def pod(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": spec}


ENV = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


@pytest.mark.parametrize(
    ("live", "patch", "result"),
    [
        (  # containers merge by name
            pod(containers=[{"name": "one", "image": "one:v1"}, {"name": "two", "image": "two:v1"}]),
            {"containers": [{"name": "two", "image": "two:v2"}]},
            pod(containers=[{"name": "one", "image": "one:v1"}, {"name": "two", "image": "two:v2"}]),
        ),
        (  # what the patch adds comes before what only the server has, unless the order says otherwise
            pod(containers=[{"name": "one", "env": ENV}]),
            {"containers": [{"name": "one", "env": [{"name": "A", "$patch": "delete"}, {"name": "C", "value": "3"}]}]},
            pod(containers=[{"name": "one", "env": [{"name": "C", "value": "3"}, {"name": "B", "value": "2"}]}]),
        ),
        (
            pod(containers=[{"name": "only"}]),
            {
                "$setElementOrder/containers": [{"name": "one"}, {"name": "two"}],
                "containers": [{"name": "one", "image": "a"}, {"name": "two", "image": "b"}],
            },
            pod(containers=[{"name": "one", "image": "a"}, {"name": "two", "image": "b"}, {"name": "only"}]),
        ),
        (  # order alone
            pod(containers=[{"name": "a"}, {"name": "b"}, {"name": "c"}]),
            {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}]},
            pod(containers=[{"name": "b"}, {"name": "c"}, {"name": "a"}]),
        ),
        (
            pod(containers=[{"name": "a"}, {"name": "b"}]),
            {"containers": [{"$patch": "replace"}, {"name": "c", "image": "x"}]},
            pod(containers=[{"name": "c", "image": "x"}]),
        ),
        (  # atomic lists are replaced
            pod(tolerations=[{"key": "a"}], nodeSelector={"a": "b"}),
            {"tolerations": [{"key": "b"}], "nodeSelector": {"a": None, "c": "d"}},
            pod(tolerations=[{"key": "b"}], nodeSelector={"c": "d"}),
        ),
        (
            pod(volumes=[{"name": "v", "emptyDir": {}}]),
            {"volumes": [{"name": "v", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}]},
            pod(volumes=[{"name": "v", "configMap": {"name": "c"}}]),
        ),
        (
            pod(securityContext={"runAsUser": 1, "fsGroup": 2}),
            {"securityContext": {"$patch": "replace", "runAsUser": 3}},
            pod(securityContext={"runAsUser": 3}),
        ),
        (pod(securityContext={"runAsUser": 1}), {"securityContext": {"$patch": "delete"}}, pod(securityContext={})),
        (pod(hostNetwork=True), {"hostNetwork": None, "nodeName": None}, pod()),
        (pod(), {"affinity": {"nodeAffinity": None, "podAffinity": {}}}, pod(affinity={"podAffinity": {}})),
        (
            pod(containers=[{"name": "a", "ports": [{"containerPort": 80, "protocol": "UDP"}]}]),
            {"containers": [{"name": "a", "ports": [{"containerPort": 80, "name": "x"}, {"containerPort": 81}]}]},
            pod(
                containers=[
                    {
                        "name": "a",
                        "ports": [{"containerPort": 80, "protocol": "UDP", "name": "x"}, {"containerPort": 81}],
                    }
                ]
            ),
        ),
    ],
)
def test_strategic_merge_patch(live: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    assert strategic.apply(kinds.POD, live, {"spec": patch}) == result


def test_lists_of_scalars() -> None:
    def finalizers(live: list[str], patch: dict[str, Any]) -> list[str]:
        patched = strategic.apply(kinds.POD, {"metadata": {"finalizers": live}}, {"metadata": patch})
        result: list[str] = patched["metadata"]["finalizers"]
        return result

    assert finalizers(["a", "b"], {"finalizers": ["c", "b"]}) == ["c", "a", "b"]
    assert finalizers(["a", "b"], {"$deleteFromPrimitiveList/finalizers": ["a"]}) == ["b"]
    change = {
        "$deleteFromPrimitiveList/finalizers": ["a"],
        "$setElementOrder/finalizers": ["c", "b"],
        "finalizers": ["c"],
    }
    assert finalizers(["a", "b"], change) == ["c", "b"]
    assert strategic.apply(kinds.POD, {}, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}) == {
        "metadata": {}
    }


def test_the_selector_of_a_disruption_budget_is_replaced() -> None:
    live = {"spec": {"selector": {"matchLabels": {"a": "b"}}}}
    patch = {"spec": {"selector": {"matchLabels": {"c": "d"}}}}
    assert strategic.apply(kinds.POD_DISRUPTION_BUDGET, live, patch) == patch


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ([], 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ({"spec": {"$patch": "merge"}}, 422, json_patch.REFUSED),
        ({"spec": {"containers": [{"name": "a", "$patch": "no"}]}}, 422, json_patch.REFUSED),
        (
            {"spec": {"containers": [{"image": "x"}]}},
            500,
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (
            {"spec": {"containers": [{"name": "a", "$patch": "merge"}]}},
            500,
            "merging lists cannot yet be specified in the patch",
        ),
        ({"spec": {"$retainKeys": "a"}}, 400, "invalid patch format of retainKeys"),
        ({"spec": {"$retainKeys": ["a"], "b": 1}}, 400, "invalid patch format of retainKeys"),
        ({"spec": {"$setElementOrder/containers": {}}}, 400, "invalid patch format of setElementOrder list"),
        ({"metadata": {"$deleteFromPrimitiveList/finalizers": "a"}}, 400, "invalid patch format of primitive list"),
        (
            {"spec": {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]}},
            500,
            "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
        ),
    ],
)
def test_strategic_patches_that_fail(patch: Any, code: int, message: str) -> None:
    live = {"metadata": {}, **pod(containers=[{"name": "a"}])}
    with pytest.raises(StatusError) as raised:
        strategic.apply(kinds.POD, live, patch)
    assert (raised.value.code, raised.value.message) == (code, message)


NAMES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(NAMES, NAMES, st.dictionaries(st.sampled_from("abcdef"), st.integers()))
def test_merging_by_key_keeps_every_item_once(live: list[str], patched: list[str], values: dict[str, int]) -> None:
    data = pod(containers=[{"name": name, "image": "old"} for name in live])
    patch = [{"name": name, "stdin": values.get(name, 0)} for name in patched]
    merged = strategic.apply(kinds.POD, data, {"spec": {"containers": patch}})["spec"]["containers"]
    assert {item["name"] for item in merged} == set(live) | set(patched)
    assert len(merged) == len(set(live) | set(patched))
    assert [item["name"] for item in merged if item["name"] in patched] == patched
    assert [item["name"] for item in merged if item["name"] not in patched] == [n for n in live if n not in patched]
    for item in merged:
        model = {"name": item["name"]}
        model |= {"image": "old"} if item["name"] in live else {}
        model |= {"stdin": values.get(item["name"], 0)} if item["name"] in patched else {}
        assert item == model


@given(NAMES, st.permutations("abcdef"))
def test_an_order_is_obeyed(live: list[str], order: list[str]) -> None:
    data = pod(containers=[{"name": name} for name in live])
    patch = {"$setElementOrder/containers": [{"name": name} for name in order]}
    merged = strategic.apply(kinds.POD, data, {"spec": patch})["spec"]["containers"]
    assert [item["name"] for item in merged] == [name for name in order if name in live]


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (
            "json: cannot unmarshal string into Go struct field D.spec.replicas of type int32",
            "unrecognized type: int32",
        ),
        ("json: cannot unmarshal number into Go struct field D.data of type string", "cannot convert int64 to string"),
        ("json: cannot unmarshal bool into Go struct field D.data of type string", "unrecognized type: string"),
        (
            "json: cannot unmarshal string into Go struct field D.data of type map[string]string",
            "cannot restore map from string",
        ),
        ("json: cannot unmarshal object into Go struct field D.a of type []v1.Pod", "cannot restore slice from map"),
        ("json: cannot unmarshal array into Go struct field D.a of type v1.Pod", "cannot restore struct from: slice"),
        ('strict decoding error: unknown field "a"', 'strict decoding error: unknown field "a"'),
    ],
)
def test_a_strategic_patch_that_makes_no_object(why: str, told: str) -> None:
    error = refusal.of_strategic({"spec": {"replicas": "three", "b": [True, None, 1.5]}}, why)
    assert (
        error.message
        == f' "" is invalid: patch: Invalid value: "map[spec:map[b:[true <nil> 1.5] replicas:three]]": {told}'
    )
    assert error.code == 422


def test_other_patches_show_what_they_made() -> None:
    assert refusal.of_patched({"a": 1}, "no").message == ' "" is invalid: patch: Invalid value: "{\\"a\\":1}": no'
