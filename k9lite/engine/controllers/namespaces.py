"""Empties namespaces that are being deleted, and lets them go (pkg/controller/namespace)."""

from typing import Any, NamedTuple

from k9lite.aio.clock import Clock
from k9lite.api import conditions, kinds
from k9lite.api.errors import CONFLICT, NOT_FOUND, StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, Selector
from k9lite.engine.controllers.every_kind import EveryKind, is_followed

FINALIZER = "kubernetes"


class Remains(NamedTuple):
    """What is still in a namespace: objects by resource, and finalizers by name, each with their number."""

    resources: dict[str, int]
    finalizers: dict[str, int]


class NamespaceController(Controller):
    """Deletes pods first, everything else once they are gone, and takes the finalizer out of the spec at last."""

    name = "namespace-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.informers = informers
        self.namespaces = informers.of(kinds.NAMESPACE)
        self.watch(self.namespaces)
        self._kinds = EveryKind(client, informers, self._changed)

    def _changed(self, kind: Kind[Any], old: Object[Any] | None, new: Object[Any] | None) -> None:
        """Go on when the last object of a kind has left a namespace that waits for it."""
        if new is not None or old is None or not kind.namespaced:
            return
        namespace = self.namespaces.get(old.namespace)
        if namespace is not None and namespace.deleting and not self.informers.of(kind).in_namespace(old.namespace):
            self.queue.add(namespace.key, self.caused_by(old))

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        namespace = self.namespaces.get(key.name)
        if namespace is None or not namespace.deleting or not namespace.data().get("spec", {}).get("finalizers"):
            return
        remains = await self._delete_content(key.name, client)
        status = namespace.data().get("status", {})
        if report(status.setdefault("conditions", []), remains, self.clock.now()):
            namespace = await client.update_status(namespace, status)
        if not remains.resources:
            data = namespace.data()
            data["spec"]["finalizers"] = [name for name in data["spec"]["finalizers"] if name != FINALIZER]
            await client.update(kinds.NAMESPACE, data, subresource="finalize")

    async def _delete_content(self, namespace: str, client: CausedClient) -> Remains:
        """Delete all there is, as far as its turn has come; what is left."""
        remains = Remains({}, {})
        await self._empty(kinds.POD, namespace, remains, client)
        if remains.resources:
            return remains
        for kind in client.kinds:
            if kind.namespaced and (is_followed(kind) or kind is kinds.EVENT):
                await self._empty(kind, namespace, remains, client)
        return remains

    async def _empty(self, kind: Kind[Any], namespace: str, remains: Remains, client: CausedClient) -> None:
        selector = Selector(namespace=namespace)
        for obj in (await client.list(kind, selector)).items:
            if obj.deleting:
                continue
            try:
                options = DeleteOptions(propagation="Background", uid=obj.uid)
                await client.delete(kind, obj.name, namespace, options=options)
            except StatusError as error:
                if error.reason not in (NOT_FOUND, CONFLICT):
                    raise
        left = (await client.list(kind, selector)).items
        if left:
            remains.resources[f"{kind.plural}.{kind.group}"] = len(left)
        for obj in left:
            for finalizer in obj.meta.finalizers or ():
                remains.finalizers[finalizer] = remains.finalizers.get(finalizer, 0) + 1


def report(existing: list[Data], remains: Remains, now: float) -> bool:
    """Bring the conditions of a namespace that is being deleted up to date; whether any changed."""
    resources = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(remains.resources.items()))
    finalizers = ", ".join(
        f"{name} in {count} resource instances" for name, count in sorted(remains.finalizers.items())
    )
    states = [
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        ("NamespaceContentRemaining", "True", "SomeResourcesRemain", f"Some resources are remaining: {resources}")
        if resources
        else ("NamespaceContentRemaining", "False", "ContentRemoved", "All content successfully removed"),
        (
            "NamespaceFinalizersRemaining",
            "True",
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {finalizers}",
        )
        if finalizers
        else (
            "NamespaceFinalizersRemaining",
            "False",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        ),
    ]
    changes = [
        conditions.put(existing, conditions.make(type, status, now, reason, message))
        for type, status, reason, message in states
    ]
    return any(changes)
