"""The ownership graph, by uid, as the informers show it; no I/O."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


class Identity(NamedTuple):
    """Kind and key of an object whose uid is known."""

    kind: Kind[Any]
    key: Key


@dataclass(frozen=True, slots=True)
class Dependent:
    """An object that has owners."""

    uid: str
    owners: tuple[str, ...]  # uids, in the order of the references, so that runs can be replayed
    blocks: tuple[str, ...]  # those owners whose foreground deletion waits for it
    deletes_foreground: bool  # it is being deleted, and waits for its own dependents


class Graph:
    """Identities of all objects, and the edges from owners to what depends on them."""

    def __init__(self) -> None:
        self._identities: dict[str, Identity] = {}
        self._dependents: dict[str, dict[str, Dependent]] = {}  # by the owner's uid, then by their own
        self._nodes: dict[str, Dependent] = {}

    def identity(self, uid: str) -> Identity | None:
        return self._identities.get(uid)

    def dependents(self, uid: str) -> Collection[Dependent]:
        uids = self._dependents.get(uid)
        return list(uids.values()) if uids else ()

    def blocking(self, uid: str) -> list[Dependent]:
        """The dependents that a foreground deletion of `uid` waits for."""
        return [dependent for dependent in self.dependents(uid) if uid in dependent.blocks]

    def change(self, kind: Kind[Any], old: Object[Any] | None, new: Object[Any] | None) -> Iterable[str]:
        """Record one change of one object. Returns the uids of the objects to reconcile because of it."""
        if old is not None and new is not None and _relations(old) == _relations(new):
            return ()
        if new is not None:
            return self._put(kind, new)
        return self._remove(old.uid) if old is not None else ()

    def _put(self, kind: Kind[Any], obj: Object[Any]) -> list[str]:
        uid = obj.uid
        self._identities[uid] = Identity(kind, obj.key)
        before, after = self._nodes.get(uid), _dependent(obj)
        affected = []
        if after is not None:
            self._nodes[uid] = after
            for owner in after.owners:
                self._dependents.setdefault(owner, {})[uid] = after
                identity = self._identities.get(owner)
                if identity is None or identity.key.namespace not in ("", obj.namespace):
                    affected.append(uid)  # its owner may never have been there
        if before is not None:
            self._detach(before, [owner for owner in before.owners if after is None or owner not in after.owners])
            if after is None:
                del self._nodes[uid]
            # Owners that waited for this one may wait no more.
            affected += [owner for owner in before.blocks if after is None or owner not in after.blocks]
        if obj.deleting and {ORPHAN, FOREGROUND} & set(obj.meta.finalizers or ()):
            affected.append(uid)
        return affected

    def _remove(self, uid: str) -> list[str]:
        self._identities.pop(uid, None)
        affected = [dependent.uid for dependent in self.dependents(uid)]
        node = self._nodes.pop(uid, None)
        if node is not None:
            self._detach(node, node.owners)
            affected += node.blocks
        return affected

    def _detach(self, dependent: Dependent, owners: Iterable[str]) -> None:
        for owner in owners:
            left = self._dependents[owner]
            del left[dependent.uid]
            if not left:
                del self._dependents[owner]


def _relations(obj: Object[Any]) -> tuple[object, ...]:
    """The part of an object that the graph depends on."""
    return obj.meta.ownerReferences, obj.meta.deletionTimestamp, obj.meta.finalizers, obj.uid


def _dependent(obj: Object[Any]) -> Dependent | None:
    references = obj.meta.ownerReferences
    if not references:
        return None
    return Dependent(
        obj.uid,
        tuple(dict.fromkeys(reference.uid for reference in references)),
        tuple(dict.fromkeys(reference.uid for reference in references if reference.blockOwnerDeletion)),
        obj.deleting and FOREGROUND in (obj.meta.finalizers or ()),
    )
