"""Counts how much of every ResourceQuota is used (pkg/controller/resourcequota). Admission counts new objects."""

from typing import Any

from k9lite.aio.clock import Clock
from k9lite.api import kinds, quotas
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, Selector
from k9lite.engine.controllers.every_kind import EveryKind

RESYNC = 300.0  # seconds after which a quota is counted again in any case


class ResourceQuotaController(Controller):
    """Counts a quota's objects when its limits change, and when one of them is gone or takes less."""

    name = "resourcequota-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.quotas = informers.of(kinds.RESOURCE_QUOTA)
        self.quotas.add_handler(self._quota_changed)
        EveryKind(client, informers, self._object_changed)

    def _quota_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        """A change of the status alone is ignored: this controller and admission make it."""
        if new is not None and (old is None or old.data().get("spec") != new.data().get("spec")):
            self.queue.add(new.key, self.caused_by(new))

    def _object_changed(self, kind: Kind[Any], old: Object[Any] | None, new: Object[Any] | None) -> None:
        if old is None or not (limiting := self.quotas.in_namespace(old.namespace)):
            return
        if new is None or self._takes_less(kind, old, new):
            for quota in limiting:
                if any(quotas.charged(name) == kind.resource for name in _hard(quota)):
                    self.queue.add(quota.key, self.caused_by(new or old))

    def _takes_less(self, kind: Kind[Any], old: Object[Any], new: Object[Any]) -> bool:
        if kind not in (kinds.POD, kinds.SERVICE):
            return False
        now = self.clock.now()
        return quotas.usage(kind.resource, old.data(), now) != quotas.usage(kind.resource, new.data(), now)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        quota = self.quotas.get(key.name, key.namespace)
        if quota is None:
            return None
        status = {"hard": _hard(quota), "used": await self._used(quota)}
        if status != quota.data().get("status"):
            await client.update_status(quota, status)
        return RESYNC

    async def _used(self, quota: Object[Any]) -> quotas.Usage:
        """The used amount of each limited resource; unknown resource names are left out."""
        names: dict[str, list[str]] = {}
        for name in _hard(quota):
            resource = quotas.charged(name)
            if resource is not None:
                names.setdefault(resource, []).append(name)
        used: quotas.Usage = {}
        for resource, counted in names.items():
            used |= quotas.total(counted, await self._usages(quota, resource))
        return {name: used[name] for name in _hard(quota) if name in used}

    async def _usages(self, quota: Object[Any], resource: str) -> list[quotas.Usage]:
        kind = self.client.kinds.named(resource)
        if kind is None or not kind.namespaced or kind.resource != resource:
            return []
        spec, now = quota.data()["spec"], self.clock.now()
        counted = (await self.client.list(kind, Selector(namespace=quota.namespace))).items
        return [
            quotas.usage(resource, data, now) for obj in counted if quotas.matches(spec, resource, data := obj.data())
        ]


def _hard(quota: Object[Any]) -> Data:
    hard: Data = quota.data().get("spec", {}).get("hard") or {}
    return hard
