"""Deletes what has lost all its owners; ends foreground and orphaning deletions."""

from typing import Any, NamedTuple

from k9lite.aio.clock import Clock
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.client.recorder import Recorder, reference
from k9lite.engine.controllers.every_kind import EveryKind
from k9lite.engine.controllers.garbage.graph import FOREGROUND, ORPHAN, Graph, Identity


class Owners(NamedTuple):
    """The uids of an object's owners: alive, gone, and those that are deleted but wait for their dependents."""

    solid: set[str]
    dangling: set[str]
    waiting: set[str]


class UnknownOwnerKind(Exception):
    """An owner is of a kind that this cluster does not serve (yet): nothing can be said about it."""


class GarbageCollector(Controller):
    """Its keys are uids: `Key("", uid)`. Informers say where to look, the cluster itself what is true."""

    name = "garbage-collector-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        self.recorder = Recorder(client, clock, self.name)
        super().__init__(clock, self.recorder)
        self.client = client
        self.graph = Graph()
        self._kinds = EveryKind(client, informers, self._changed)

    def _changed(self, kind: Kind[Any], old: Object[Any] | None, new: Object[Any] | None) -> None:
        wanted = self.graph.change(kind, old, new)
        newest = new or old
        if wanted and newest is not None:
            cause = self.caused_by(newest)
            for uid in wanted:
                self.queue.add(Key("", uid), cause)

    async def reconcile(self, key: Key, cause: Cause) -> None:
        identity = self.graph.identity(key.name)
        obj = await self._live(*identity, key.name) if identity is not None else None
        if obj is None:
            return
        finalizers = obj.meta.finalizers or ()
        if not obj.deleting:
            await self._collect(obj, cause)
        elif ORPHAN in finalizers:
            await self._orphan_dependents(obj, cause)
        elif FOREGROUND in finalizers:
            await self._delete_dependents(obj, cause)

    async def _live(self, kind: Kind[Any], key: Key, uid: str) -> Object[Any] | None:
        """The object if it still is the one of that uid."""
        try:
            found = await self.client.get(kind, key.name, key.namespace)
        except StatusError as error:
            if error.reason == "NotFound":
                return None
            raise
        return found if found.uid == uid else None

    async def _collect(self, obj: Object[Any], cause: Cause) -> None:
        """Delete `obj` if none of its owners is left, or drop those that are not."""
        owners = await self._owners(obj, cause)
        if owners is None or not any(owners):
            return
        dependents = self.graph.dependents(obj.uid)
        if owners.solid:
            if gone := owners.dangling | owners.waiting:
                await self._drop_owners(obj, gone, cause)
        elif owners.waiting and dependents:
            if any(one.deletes_foreground for one in dependents):
                # A circle of objects that wait for each other: it has to be opened somewhere.
                await self._unblock(obj, cause)
            await self._delete(obj, "Foreground", cause)
        else:
            finalizers = obj.meta.finalizers or ()
            policy = "Orphan" if ORPHAN in finalizers else "Foreground" if FOREGROUND in finalizers else "Background"
            await self._delete(obj, policy, cause)

    async def _owners(self, obj: Object[Any], cause: Cause) -> Owners | None:
        """The owners of `obj` by what has become of them; None where that must not decide anything."""
        owners = Owners(set(), set(), set())
        for reference_ in obj.meta.ownerReferences or ():
            kind = self.client.kinds.of(reference_.apiVersion, reference_.kind)
            if kind is None:
                raise UnknownOwnerKind(f"{obj}: {reference_.apiVersion} {reference_.kind}")
            if kind.namespaced and not obj.namespace:
                return None  # invalid, and trying again will not make it valid
            key = Key(obj.namespace if kind.namespaced else "", reference_.name)
            self._check_namespace(obj, reference_.uid, Identity(kind, key), cause)
            owner = await self._live(kind, key, reference_.uid)
            if owner is None:
                owners.dangling.add(reference_.uid)
            elif owner.deleting and FOREGROUND in (owner.meta.finalizers or ()):
                owners.waiting.add(reference_.uid)
            else:
                owners.solid.add(reference_.uid)
        return owners

    def _check_namespace(self, obj: Object[Any], uid: str, wanted: Identity, cause: Cause) -> None:
        """Tell of an owner that exists, but in a namespace from which it cannot own `obj`."""
        known = self.graph.identity(uid)
        if known is None or known.key.namespace in ("", obj.namespace):
            return
        kind = wanted.kind
        named = f"[{kind.api_version}/{kind.kind}, namespace: {obj.namespace}, name: {wanted.key.name}, uid: {uid}]"
        message = f'ownerRef {named} does not exist in namespace "{obj.namespace}"'
        self.recorder.warning(reference(obj), "OwnerRefInvalidNamespace", message, cause)

    async def _delete(self, obj: Object[Any], policy: Any, cause: Cause) -> None:
        options = DeleteOptions(propagation=policy, uid=obj.uid, revision=str(obj.revision))
        try:
            await self.client.delete(obj.kind, obj.name, obj.namespace, cause=cause, options=options)
        except StatusError as error:
            if error.reason != "NotFound":
                raise

    async def _delete_dependents(self, owner: Object[Any], cause: Cause) -> None:
        """Go on with a foreground deletion: the owner goes when nothing that blocks it is left."""
        blocking = self.graph.blocking(owner.uid)
        if not blocking:
            await self._remove_finalizer(owner, FOREGROUND, cause)
        for dependent in blocking:
            if not dependent.deletes_foreground:
                self.queue.add(Key("", dependent.uid), cause)

    async def _orphan_dependents(self, owner: Object[Any], cause: Cause) -> None:
        for dependent in self.graph.dependents(owner.uid):
            identity = self.graph.identity(dependent.uid)
            obj = await self._live(*identity, dependent.uid) if identity is not None else None
            if obj is not None:
                await self._drop_owners(obj, {owner.uid}, cause)
        await self._remove_finalizer(owner, ORPHAN, cause)

    async def _drop_owners(self, obj: Object[Any], uids: set[str], cause: Cause) -> None:
        references = obj.data()["metadata"].get("ownerReferences", [])
        left = [one for one in references if one["uid"] not in uids]
        await self._patch(obj, {"ownerReferences": left or None}, cause)

    async def _unblock(self, obj: Object[Any], cause: Cause) -> None:
        references = [one | {"blockOwnerDeletion": False} for one in obj.data()["metadata"]["ownerReferences"]]
        await self._patch(obj, {"ownerReferences": references}, cause)

    async def _remove_finalizer(self, obj: Object[Any], finalizer: str, cause: Cause) -> None:
        left = [name for name in obj.meta.finalizers or () if name != finalizer]
        await self._patch(obj, {"finalizers": left or None}, cause)

    async def _patch(self, obj: Object[Any], metadata: Data, cause: Cause) -> None:
        """A merge patch, which every kind understands; refused if the object has changed since it was read."""
        patch = {"metadata": metadata | {"resourceVersion": str(obj.revision), "uid": obj.uid}}
        try:
            await self.client.patch(obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace, cause=cause)
        except StatusError as error:
            if error.reason != "NotFound":
                raise
