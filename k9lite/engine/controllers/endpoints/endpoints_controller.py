"""Keeps the Endpoints object of every Service that has a selector."""

from lightkube.models.core_v1 import Endpoints, Service

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.endpoints import subsets
from k9lite.engine.controllers.endpoints.backends import LAST_CHANGE, ChangeTimes, selector
from k9lite.engine.controllers.endpoints.services import ServiceController


class EndpointsController(ServiceController):
    """One Endpoints object per Service, of the same name."""

    name = "endpoint-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.endpoints = informers.of(kinds.ENDPOINTS)
        self.endpoints.add_handler(self._endpoints_changed)
        self._change_times = ChangeTimes()

    def _endpoints_changed(self, old: Object[Endpoints] | None, new: Object[Endpoints] | None) -> None:
        newest = new or old
        if newest is not None and newest.cause.actor != self.name:
            self.enqueue(newest.key, self.caused_by(newest))

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        service = self.services.get(key.name, key.namespace)
        existing = self.endpoints.get(key.name, key.namespace)
        if service is None:
            if existing is not None and existing.labels.get(subsets.MANAGED_BY) == subsets.CONTROLLER:
                await client.delete(kinds.ENDPOINTS, key.name, key.namespace)
            return
        if selector(service).nothing:
            return
        body = self._desired(service, existing)
        try:
            if existing is None:
                await client.create(kinds.ENDPOINTS, body, key.namespace)
            elif _differs(existing.data(), body):
                await client.update(kinds.ENDPOINTS, body, key.namespace)
        except StatusError as error:
            if error.has_cause("NamespaceTerminating"):
                return
            verb, reason = ("update", "FailedToUpdateEndpoint") if existing else ("create", "FailedToCreateEndpoint")
            message = f"Failed to {verb} endpoint {key}: {error}"
            self.recorder.warning(existing or service, reason, message, client.cause)
            raise

    def _desired(self, service: Object[Service], existing: Object[Endpoints] | None) -> Data:
        members = self.backends(service, slices=False)
        changed_at = self._change_times.next(service, members)
        truncated, cut = subsets.truncated(subsets.subsets(service, members))
        stamps = {LAST_CHANGE: times.time(changed_at) if changed_at is not None else ""}
        body: Data = existing.data() if existing else {"metadata": {"name": service.name}}
        annotations = subsets.annotations(existing.annotations if existing else {}, cut, stamps)
        body["metadata"] |= {"labels": subsets.labels(service), "annotations": annotations}
        return body | {"subsets": truncated}


def _differs(old: Data, new: Data) -> bool:
    """Whether more than the time of the last change is different."""

    def told(data: Data) -> tuple[object, ...]:
        metadata = data["metadata"]
        annotations = {k: v for k, v in metadata.get("annotations", {}).items() if k != LAST_CHANGE}
        return data.get("subsets") or [], metadata.get("labels") or {}, annotations

    return told(old) != told(new)
