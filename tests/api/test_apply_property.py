"""Invariants of server-side apply, over random histories of applies, edits and forced applies."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k9lite.api import kinds, managed_fields, schema
from k9lite.api.errors import StatusError
from k9lite.api.managed_fields import compare, sets
from k9lite.api.object import Data

NAMES = st.sampled_from("abc")
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "image": st.sampled_from(["x", "y"]),
            "args": st.lists(NAMES, max_size=2),
            "env": st.lists(
                st.fixed_dictionaries({"name": NAMES}, optional={"value": NAMES}), unique_by=lambda e: e["name"]
            ),
        },
    ),
    unique_by=lambda container: container["name"],
    max_size=3,
)
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "containers": CONTAINERS,
        "priority": st.integers(0, 2),
        "nodeSelector": st.dictionaries(NAMES, NAMES),
        "securityContext": st.dictionaries(st.sampled_from(["runAsUser", "fsGroup"]), st.integers(0, 2)),
    },
)


def filled(value: Any) -> Any:
    """Without empty maps and lists, which decoding leaves out."""
    if isinstance(value, dict):
        return {name: item for name, inner in value.items() if (item := filled(inner)) not in ({}, [])}
    return [filled(item) for item in value] if isinstance(value, list) else value


PODS = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {"name": st.just("p")},
            optional={"labels": st.dictionaries(NAMES, NAMES), "finalizers": st.lists(NAMES, unique=True)},
        )
    },
    optional={"spec": SPECS},
).map(filled)
STEPS = st.lists(st.tuples(st.sampled_from(["one", "two", "edit"]), st.booleans(), PODS), max_size=6)
POD = schema.of(kinds.POD)


def holds(live: Any, said: Any) -> bool:
    """Whether all that was said is there."""
    if isinstance(said, dict):
        return all(name in live and holds(live[name], value) for name, value in said.items())
    if isinstance(said, list) and said and isinstance(said[0], dict):
        named = {item["name"]: item for item in live}
        return all(item["name"] in named and holds(named[item["name"]], item) for item in said)
    return bool(live == said)


def sets_of(data: Data) -> dict[tuple[str, str], sets.Set]:
    return {(e["manager"], e["operation"]): e["fieldsV1"] for e in data["metadata"].get("managedFields", ())}


def replay(steps: list[tuple[str, bool, Data]]) -> Data | None:
    live: Data | None = None
    for manager, force, pod in steps:
        if manager == "edit":
            pod = {**pod, "metadata": {**pod["metadata"], "managedFields": []}}
            live = managed_fields.update(kinds.POD, live, pod, manager, 0.0)
            continue
        try:
            live = managed_fields.apply(kinds.POD, live, pod, manager, force, 0.0)
        except StatusError as error:
            if force or error.reason != "Conflict" or not error.causes:
                raise
    return live


@settings(max_examples=150, deadline=None)
@given(STEPS, PODS)
def test_applying(steps: list[tuple[str, bool, Data]], pod: Data) -> None:
    before = replay(steps)
    live = managed_fields.apply(kinds.POD, before, pod, "one", True, 0.0)
    metadata = {name: value for name, value in pod["metadata"].items() if name != "finalizers"}
    assert holds(live, {**pod, "metadata": metadata})
    assert set(pod["metadata"].get("finalizers", ())) <= set(live["metadata"].get("finalizers", ()))
    owned = sets_of(live).get(("one", "Apply"), {})
    assert sets.difference(compare.applied(POD, pod), owned) == {"f:metadata": {"f:name": {}}}
    assert managed_fields.apply(kinds.POD, live, pod, "one", False, 60.0) == live


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_nobody_owns_what_is_not_there(steps: list[tuple[str, bool, Data]]) -> None:
    live = replay(steps)
    if live is not None:
        there = compare.everything(POD, live)
        for fields in sets_of(live).values():
            assert sets.difference(fields, there) == {}


FIELDS = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(st.sampled_from([".", "f:a", "f:b", "f:c"]), inner, min_size=1).map(
        lambda node: {key: {} if key == "." else value for key, value in node.items()}
    ),
    max_leaves=8,
).map(lambda node: {key: value for key, value in node.items() if key != "."})


@given(FIELDS, FIELDS)
def test_sets_are_sets(a: sets.Set, b: sets.Set) -> None:
    def members(set_: sets.Set) -> set[str]:
        return set(sets.paths(set_))

    assert members(sets.union(a, b)) == members(a) | members(b)
    assert members(sets.difference(a, b)) == members(a) - members(b)
    assert members(sets.intersection(a, b)) == members(a) & members(b)
