"""Restores the objects that every cluster has (pkg/controlplane/controller: systemnamespaces, kubernetesservice,
defaultservicecidr)."""

from collections import defaultdict
from typing import Any

from k9lite.aio.clock import Clock
from k9lite.api.object import Key, Object
from k9lite.api.system_objects import SystemObject
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, PatchType, WriteOptions

OF_NAMESPACES, OF_SERVICES = 60.0, 10.0  # seconds between the times at which Kubernetes looks at them
APPLY = WriteOptions(manager="kube-apiserver", force=True)


class SystemObjectsController(Controller):
    """Restores each of `objects` that was deleted, at the next of Kubernetes' regular checks.

    interval: seconds between the checks
    enforced: objects that were changed are restored too
    """

    name = "kube-apiserver"

    def __init__(
        self,
        client: Client,
        informers: Informers,
        clock: Clock,
        interval: float,
        objects: list[SystemObject],
        *,
        enforced: bool = False,
    ) -> None:
        super().__init__(client, informers, clock)
        self._interval, self._began, self._enforced = interval, clock.now(), enforced
        self._objects: defaultdict[Key, list[SystemObject]] = defaultdict(list)
        for system_object in objects:
            self._objects[system_object.key].append(system_object)
            informers.of(system_object.kind).add_handler(self._changed)

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        newest = new or old
        if newest is None or newest.cause.actor == self.name or newest.key not in self._objects:
            return
        if new is None or self._enforced:
            passed = (self.clock.now() - self._began) % self._interval
            self.queue.add_after(newest.key, self.caused_by(newest), self._interval - passed)

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        for system_object in self._objects[key]:
            current = self.informers.of(system_object.kind).get(key.name, key.namespace)
            if current is None and not self._enforced:
                await client.create(system_object.kind, system_object.body, key.namespace)
            elif current is None or _differs(current, system_object):
                await client.patch(
                    system_object.kind, key.name, system_object.body, PatchType.APPLY, key.namespace, options=APPLY
                )


def _differs(current: Object[Any], system_object: SystemObject) -> bool:
    data = current.data()
    return any(data.get(part) != value for part, value in system_object.body.items() if part != "metadata")
