from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.garbage.graph import FOREGROUND, Graph


def thing(uid: str, owners: dict[str, bool] | None = None, **metadata: Any) -> Object[Any]:
    """`owners`: uids, with whether their deletion waits for this one."""
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": owner, "blockOwnerDeletion": blocks}
        for owner, blocks in (owners or {}).items()
    ]
    data = {"metadata": {"name": uid, "namespace": "default", "uid": uid, "ownerReferences": references, **metadata}}
    return Object(kinds.CONFIG_MAP, msgspec.json.encode(data), 1)


def put(graph: Graph, new: Object[Any] | None, old: Object[Any] | None = None) -> list[str]:
    return list(graph.change(kinds.CONFIG_MAP, old, new))


def test_who_is_to_be_looked_at() -> None:
    graph = Graph()
    child = thing("child", {"owner": True, "other": False})
    assert put(graph, child) == ["child", "child"]  # neither owner has been seen
    owner, other = thing("owner"), thing("other")
    assert put(graph, owner) == put(graph, other) == []
    assert put(graph, child, child) == []
    going = thing("owner", deletionTimestamp="2026-01-01T00:00:00Z", finalizers=[FOREGROUND])
    assert put(graph, going, owner) == ["owner"]
    assert [one.uid for one in graph.blocking("owner")] == ["child"]
    assert graph.blocking("other") == []
    freed = thing("child", {"other": False})
    assert put(graph, freed, child) == ["owner"]  # it waits for nothing any more
    assert put(graph, None, other) == ["child"]
    assert put(graph, None, freed) == []
    assert not graph.dependents("owner")
    assert not graph.dependents("other")


UIDS = st.sampled_from("abcde")
CHANGES = st.lists(st.tuples(UIDS, st.none() | st.dictionaries(UIDS, st.booleans(), max_size=3)), max_size=40)


@given(CHANGES)
def test_edges_are_those_of_the_objects_there_are(changes: list[tuple[str, dict[str, bool] | None]]) -> None:
    graph = Graph()
    live: dict[str, Object[Any]] = {}
    owners: dict[str, dict[str, bool]] = {}
    for uid, wanted in changes:
        old = live.pop(uid, None)
        owners.pop(uid, None)
        new = None
        if wanted is not None:
            new = live[uid] = thing(uid, wanted)
            owners[uid] = wanted
        put(graph, new, old)
    for owner in "abcde":
        assert {one.uid for one in graph.dependents(owner)} == {uid for uid, of in owners.items() if owner in of}
        assert {one.uid for one in graph.blocking(owner)} == {uid for uid, of in owners.items() if of.get(owner)}
        assert (graph.identity(owner) is not None) == (owner in live)
