"""Deletes objects that have lost all their owners; completes foreground and orphaning deletions."""

from typing import Any, NamedTuple

from k9lite.aio.clock import Clock
from k9lite.api.errors import NOT_FOUND, StatusError, ignoring, is_not_found
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.client.recorder import reference
from k9lite.engine.controllers.every_kind import EveryKind
from k9lite.engine.controllers.garbage.graph import FOREGROUND, ORPHAN, Graph, Identity


class Owners(NamedTuple):
    """The uids of an object's owners. solid: alive; dangling: gone; waiting: deleted in the foreground."""

    solid: set[str]
    dangling: set[str]
    waiting: set[str]


class UnknownOwnerKind(Exception):
    """An owner is of a kind that this cluster does not serve (yet): nothing can be said about it."""


class GarbageCollector(Controller):
    """Its keys are uids: `Key("", uid)`. Informers trigger it; it reads the objects from the cluster itself."""

    name = "garbage-collector-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.graph = Graph()
        self._kinds = EveryKind(client, informers, self._changed)

    def _changed(self, kind: Kind[Any], old: Object[Any] | None, new: Object[Any] | None) -> None:
        uids = self.graph.change(kind, old, new)
        newest = new or old
        if uids and newest is not None:
            cause = self.caused_by(newest)
            for uid in uids:
                self.queue.add(Key("", uid), cause)

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        identity = self.graph.identity(key.name)
        obj = await self._live(*identity, key.name) if identity is not None else None
        if obj is None:
            return
        finalizers = obj.meta.finalizers or ()
        if not obj.deleting:
            await self._collect(obj, client)
        elif ORPHAN in finalizers:
            await self._orphan_dependents(obj, client)
        elif FOREGROUND in finalizers:
            await self._delete_dependents(obj, client)

    async def _live(self, kind: Kind[Any], key: Key, uid: str) -> Object[Any] | None:
        """The object, if it exists and still has that uid."""
        try:
            live = await self.client.get(kind, key.name, key.namespace)
        except StatusError as error:
            if is_not_found(error):
                return None
            raise
        return live if live.uid == uid else None

    async def _collect(self, obj: Object[Any], client: CausedClient) -> None:
        """Delete `obj` if it has no owner left; otherwise drop references to owners that are gone."""
        owners = await self._owners(obj, client)
        if owners is None or not any(owners):
            return
        dependents = self.graph.dependents(obj.uid)
        if owners.solid:
            if gone := owners.dangling | owners.waiting:
                await self._drop_owners(obj, gone, client)
        elif owners.waiting and dependents:
            if any(dependent.deletes_foreground for dependent in dependents):
                # A circle of objects that wait for each other: it has to be opened somewhere.
                await self._unblock(obj, client)
            await self._delete(obj, "Foreground", client)
        else:
            finalizers = obj.meta.finalizers or ()
            policy = "Orphan" if ORPHAN in finalizers else "Foreground" if FOREGROUND in finalizers else "Background"
            await self._delete(obj, policy, client)

    async def _owners(self, obj: Object[Any], client: CausedClient) -> Owners | None:
        """The owners of `obj`, by their state; None for a reference that is invalid for ever."""
        owners = Owners(set(), set(), set())
        for reference_ in obj.meta.ownerReferences or ():
            kind = self.client.kinds.of(reference_.apiVersion, reference_.kind)
            if kind is None:
                raise UnknownOwnerKind(f"{obj}: {reference_.apiVersion} {reference_.kind}")
            if kind.namespaced and not obj.namespace:
                return None  # invalid, and trying again will not make it valid
            key = Key(obj.namespace if kind.namespaced else "", reference_.name)
            self._check_namespace(obj, reference_.uid, Identity(kind, key), client)
            owner = await self._live(kind, key, reference_.uid)
            if owner is None:
                owners.dangling.add(reference_.uid)
            elif owner.deleting and FOREGROUND in (owner.meta.finalizers or ()):
                owners.waiting.add(reference_.uid)
            else:
                owners.solid.add(reference_.uid)
        return owners

    def _check_namespace(self, obj: Object[Any], uid: str, expected: Identity, client: CausedClient) -> None:
        """Record an Event when the owner exists in another namespace, from where it cannot own `obj`."""
        actual = self.graph.identity(uid)
        if actual is None or actual.key.namespace in ("", obj.namespace):
            return
        kind = expected.kind
        named = f"[{kind.api_version}/{kind.kind}, namespace: {obj.namespace}, name: {expected.key.name}, uid: {uid}]"
        message = f'ownerRef {named} does not exist in namespace "{obj.namespace}"'
        self.recorder.warning(reference(obj), "OwnerRefInvalidNamespace", message, client.cause)

    async def _delete(self, obj: Object[Any], policy: Any, client: CausedClient) -> None:
        options = DeleteOptions(propagation=policy, uid=obj.uid, revision=str(obj.revision))
        with ignoring(NOT_FOUND):
            await client.delete(obj.kind, obj.name, obj.namespace, options=options)

    async def _delete_dependents(self, owner: Object[Any], client: CausedClient) -> None:
        """Continue a foreground deletion: without blocking dependents the owner's finalizer is removed."""
        blocking = self.graph.blocking(owner.uid)
        if not blocking:
            await self._remove_finalizer(owner, FOREGROUND, client)
        for dependent in blocking:
            if not dependent.deletes_foreground:
                self.queue.add(Key("", dependent.uid), client.cause)

    async def _orphan_dependents(self, owner: Object[Any], client: CausedClient) -> None:
        for dependent in self.graph.dependents(owner.uid):
            identity = self.graph.identity(dependent.uid)
            obj = await self._live(*identity, dependent.uid) if identity is not None else None
            if obj is not None:
                await self._drop_owners(obj, {owner.uid}, client)
        await self._remove_finalizer(owner, ORPHAN, client)

    async def _drop_owners(self, obj: Object[Any], uids: set[str], client: CausedClient) -> None:
        references = obj.data()["metadata"].get("ownerReferences", [])
        left = [reference for reference in references if reference["uid"] not in uids]
        await self._patch(obj, {"ownerReferences": left or None}, client)

    async def _unblock(self, obj: Object[Any], client: CausedClient) -> None:
        references = [
            reference | {"blockOwnerDeletion": False} for reference in obj.data()["metadata"]["ownerReferences"]
        ]
        await self._patch(obj, {"ownerReferences": references}, client)

    async def _remove_finalizer(self, obj: Object[Any], finalizer: str, client: CausedClient) -> None:
        left = [name for name in obj.meta.finalizers or () if name != finalizer]
        await self._patch(obj, {"finalizers": left or None}, client)

    async def _patch(self, obj: Object[Any], metadata: Data, client: CausedClient) -> None:
        """Merge-patch the metadata. Raises Conflict if the object was changed since it was read."""
        patch = {"metadata": metadata | {"resourceVersion": str(obj.revision), "uid": obj.uid}}
        with ignoring(NOT_FOUND):
            await client.patch(obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace)
