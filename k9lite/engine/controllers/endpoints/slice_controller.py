"""Keeps the EndpointSlices of every Service that has a selector."""

from collections.abc import Iterable

from lightkube.models.core_v1 import Service
from lightkube.models.discovery_v1 import EndpointSlice

from k9lite.aio.clock import Clock
from k9lite.api import kinds, services
from k9lite.api.errors import NOT_FOUND, StatusError, ignoring
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.endpoints import slices
from k9lite.engine.controllers.endpoints.backends import ChangeTimes, selector
from k9lite.engine.controllers.endpoints.services import ZONE, ServiceController


def by_service(endpoint_slice: Object[EndpointSlice]) -> Iterable[str]:
    """Index function: the Service that a slice belongs to, as namespace/name."""
    service = endpoint_slice.labels.get(slices.SERVICE_LABEL)
    return (f"{endpoint_slice.namespace}/{service}",) if service else ()


def is_own(endpoint_slice: Object[EndpointSlice]) -> bool:
    """Others may keep slices for a Service too; those are theirs."""
    return endpoint_slice.labels.get(slices.MANAGED_BY) == slices.CONTROLLER


class EndpointSliceController(ServiceController):
    """One group of slices per address family and set of port numbers, 100 endpoints each."""

    name = "endpoint-slice-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.slices = informers.of(kinds.ENDPOINT_SLICE)
        self.slices.add_index("service", by_service)
        self.slices.add_handler(self._slice_changed)
        self._change_times = ChangeTimes()

    def _slice_changed(self, old: Object[EndpointSlice] | None, new: Object[EndpointSlice] | None) -> None:
        newest = new or old
        if newest is None or newest.cause.actor == self.name or not is_own(newest):
            return  # only what somebody else did to our slices is to be undone
        self.enqueue(Key(newest.namespace, newest.labels.get(slices.SERVICE_LABEL, "")), self.caused_by(newest))

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        service = self.services.get(key.name, key.namespace)
        if service is None or service.deleting or selector(service).nothing:
            return  # the slices of a Service that is gone are garbage
        members = self.backends(service, slices=True)
        zones = {node.name: node.labels[ZONE] for node in self.nodes if ZONE in node.labels}
        own = [
            endpoint_slice
            for endpoint_slice in self.slices.indexed("service", str(key))
            if is_own(endpoint_slice) and not endpoint_slice.deleting
        ]
        changed_at = self._change_times.next(service, members)
        plans = [
            slices.Plan(
                [],
                [],
                [
                    endpoint_slice.name
                    for endpoint_slice in own
                    if _family(endpoint_slice) not in _families(service.view)
                ],
            )
        ]
        for family in _families(service.view):
            existing = [endpoint_slice.data() for endpoint_slice in own if _family(endpoint_slice) == family]
            desired = slices.groups(members, family, zones)
            plans.append(slices.plan(service, existing, desired, family, changed_at))
        try:
            for plan in plans:
                await self._carry_out(key, plan, client)
        except StatusError as error:
            if not error.has_cause("NamespaceTerminating"):
                message = f"Error updating Endpoint Slices for Service {key}: {error}"
                self.recorder.warning(service, "FailedToUpdateEndpointSlices", message, client.cause)
                raise

    async def _carry_out(self, key: Key, plan: slices.Plan, client: CausedClient) -> None:
        kind = kinds.ENDPOINT_SLICE
        for body in plan.create:
            await client.create(kind, body, key.namespace)
        for body in plan.update:
            await client.update(kind, body, key.namespace)
        for name in plan.delete:
            with ignoring(NOT_FOUND):
                await client.delete(kind, name, key.namespace)


def _family(endpoint_slice: Object[EndpointSlice]) -> str:
    return endpoint_slice.view.addressType


def _families(service: Service) -> list[str]:
    return list(services.spec(service).ipFamilies or ["IPv4"])
