"""What the readiness of an object depends on besides itself, gathered in one way for every reader."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from lightkube.models.apps_v1 import ReplicaSet
from lightkube.models.core_v1 import Event, Pod
from lightkube.models.discovery_v1 import EndpointSlice

from k9lite.api import kinds, workloads
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.explain.pending import Why

FOLLOWED: tuple[Kind[Any], ...] = (kinds.POD, kinds.ENDPOINT_SLICE, kinds.NODE, kinds.EVENT, *workloads.KINDS)
Judged = dict[Key, tuple[Object[Pod], Why | None]]


@dataclass(frozen=True)
class Surroundings:
    """What the readiness of other objects depends on, as it is now.

    workloads: every object with a pod template
    judged: per pod the state that was judged last, and the judgement; kept by callers that judge again and again
    has_node: whether a node of that name exists
    events_of: the Events about the object of that uid
    """

    pods: Sequence[Object[Pod]] = ()
    replica_sets: Sequence[Object[ReplicaSet]] = ()
    endpoint_slices: Sequence[Object[EndpointSlice]] = ()
    workloads: Sequence[Object[Any]] = ()
    judged: Judged = field(default_factory=dict)
    has_node: Callable[[str], bool] = lambda name: True
    events_of: Callable[[str], Sequence[Object[Event]]] = lambda uid: ()

    @cached_property
    def pods_of(self) -> Mapping[str, list[Object[Pod]]]:
        """By the uid of their controller."""
        return _by_controller(self.pods)

    @cached_property
    def replica_sets_of(self) -> Mapping[str, list[Object[ReplicaSet]]]:
        """By the uid of their Deployment."""
        return _by_controller(self.replica_sets)


def _by_controller(objects: Iterable[Object[Any]]) -> Mapping[str, list[Object[Any]]]:
    owned: defaultdict[str, list[Object[Any]]] = defaultdict(list)
    for obj in objects:
        if obj.meta.controller is not None:
            owned[obj.meta.controller.uid].append(obj)
    return owned


class Cache(Protocol):
    """The objects of one kind, as an informer has them."""

    def __iter__(self) -> Iterator[Object[Any]]: ...

    def get(self, name: str, namespace: str = "") -> Object[Any] | None:
        """The object of that name."""
        ...

    def indexed(self, index: str, value: str) -> list[Object[Any]]:
        """The objects that an index has under `value`."""
        ...


def gather(of: Callable[[Kind[Any]], Cache], judged: Judged | None = None) -> Surroundings:
    """The surroundings of every object of a cluster.

    of: gives the objects of each kind of FOLLOWED. Pods and ReplicaSets have the index `owner` (uid of their
    controller), Events the index `involved` (uid of the object that they are about).
    """
    return _Indexed(
        tuple(of(kinds.POD)),
        tuple(of(kinds.REPLICA_SET)),
        tuple(of(kinds.ENDPOINT_SLICE)),
        tuple(obj for kind in workloads.KINDS for obj in of(kind)),
        {} if judged is None else judged,
        lambda name: of(kinds.NODE).get(name) is not None,
        lambda uid: of(kinds.EVENT).indexed("involved", uid),
        pods_by_owner=_ByOwner(of(kinds.POD)),
        sets_by_owner=_ByOwner(of(kinds.REPLICA_SET)),
    )


class _ByOwner(Mapping[str, list[Object[Any]]]):
    """What each controller owns, from the index of an informer."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def __getitem__(self, uid: str) -> list[Object[Any]]:
        return self._cache.indexed("owner", uid)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(obj.meta.controller.uid for obj in self._cache if obj.meta.controller is not None))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class _Indexed(Surroundings):
    """Surroundings that group nothing themselves: the informers have everything grouped."""

    pods_by_owner: Mapping[str, list[Object[Any]]] = field(kw_only=True)
    sets_by_owner: Mapping[str, list[Object[Any]]] = field(kw_only=True)

    @cached_property
    def pods_of(self) -> Mapping[str, list[Object[Pod]]]:
        return self.pods_by_owner

    @cached_property
    def replica_sets_of(self) -> Mapping[str, list[Object[ReplicaSet]]]:
        return self.sets_by_owner
