"""Surroundings that are gathered from informers."""

from collections.abc import Iterator
from typing import Any

import msgspec

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.explain import surroundings
from k9lite.explain.convergence import waits

LABELS = {"app": "db"}


def made(kind: Kind[Any], name: str, owner: str = "", **fields: Any) -> Object[Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "default", "uid": f"{kind.kind}-{name}", "labels": LABELS}
    if owner:
        reference = {"apiVersion": "v1", "kind": "Owner", "name": owner, "uid": owner, "controller": True}
        metadata["ownerReferences"] = [reference]
    data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **fields}
    return Object(kind, msgspec.json.encode(data), 1)


class Cache:
    """What an informer of one kind offers, over a list."""

    def __init__(self, objects: list[Object[Any]]) -> None:
        self._objects = objects

    def __iter__(self) -> Iterator[Object[Any]]:
        return iter(self._objects)

    def get(self, name: str, namespace: str = "") -> Object[Any] | None:
        return next((obj for obj in self._objects if (obj.name, obj.namespace) == (name, namespace)), None)

    def indexed(self, index: str, value: str) -> list[Object[Any]]:
        assert index == "owner"
        return [obj for obj in self._objects if obj.meta.controller and obj.meta.controller.uid == value]


def gathered(*objects: Object[Any]) -> surroundings.Surroundings:
    def of(kind: Kind[Any]) -> Cache:
        assert kind in surroundings.FOLLOWED
        return Cache([obj for obj in objects if obj.kind is kind])

    return surroundings.gather(of)


SERVICE = made(kinds.SERVICE, "db", spec={"selector": LABELS})
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
SPEC = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}


def test_a_service_needs_no_pods_of_a_workload_without_replicas_of_any_kind() -> None:
    for kind in (kinds.DEPLOYMENT, kinds.STATEFUL_SET, kinds.REPLICATION_CONTROLLER, kinds.REPLICA_SET):
        none = made(kind, "db", spec=SPEC | {"replicas": 0, "serviceName": ""})
        assert waits(SERVICE, gathered(none)) is None
        some = made(kind, "db", spec=SPEC | {"replicas": 1, "serviceName": ""})
        waiting = waits(SERVICE, gathered(some))
        assert waiting is not None
        assert waiting.reason == "NoEndpoints"


def test_objects_are_grouped_by_their_controller() -> None:
    pod, other = made(kinds.POD, "a", "s1", spec=TEMPLATE["spec"]), made(kinds.POD, "b", spec=TEMPLATE["spec"])
    replica_set = made(kinds.REPLICA_SET, "r", "d1", spec=SPEC)
    around = gathered(pod, other, replica_set)
    assert around.pods_of.get("s1") == [pod]
    assert list(around.pods_of) == ["s1"]
    assert around.replica_sets_of.get("d1") == [replica_set]
