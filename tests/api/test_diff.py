from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import diff


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(items)}}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            containers({"name": "web", "image": "a:1"}),
            containers({"name": "web", "image": "a:2"}),
            ["~ spec.containers[web].image: a:1 -> a:2"],
        ),
        (
            containers({"name": "web"}, {"name": "old"}),
            containers({"name": "new"}, {"name": "web", "stdin": True}),
            [
                "+ spec.containers[web].stdin: true",
                "- spec.containers[old]: {'name': 'old'}",
                "+ spec.containers[new]: {'name': 'new'}",
            ],
        ),
        (
            {"metadata": {"resourceVersion": "1", "managedFields": [1], "labels": {"a.b/c": "1", "x": "y"}}},
            {"metadata": {"resourceVersion": "2", "labels": {"a.b/c": "2"}}},
            ["~ metadata.labels[a.b/c]: 1 -> 2", "- metadata.labels.x: y"],
        ),
        ({"spec": {"args": ["a", "b"]}}, {"spec": {"args": ["a", "c"]}}, ["~ spec.args[1]: b -> c"]),
        (
            containers({"name": "a"}, {"name": "b"}),
            containers({"name": "b"}, {"name": "a"}),
            ["~ spec.containers: ['a', 'b'] -> ['b', 'a']"],
        ),
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": {"x": 1}}}, ["~ spec.replicas: 1 -> {'x': 1}"]),
        ({"a": 1}, None, ["- a: 1"]),
        (None, {"a": 1}, ["+ a: 1"]),
    ],
)
def test_changes(old: dict[str, Any] | None, new: dict[str, Any] | None, told: list[str]) -> None:
    assert [str(change) for change in diff.changes(old, new)] == told


JSON = st.recursive(
    st.booleans() | st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "x", "y.z"]), inner),
)


@given(st.dictionaries(st.sampled_from("abc"), JSON), st.dictionaries(st.sampled_from("abc"), JSON))
def test_there_are_changes_exactly_between_different_objects(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert bool(diff.changes(old, new)) == (old != new)
