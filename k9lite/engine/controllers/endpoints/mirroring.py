"""Mirrors Endpoints that somebody wrote by hand, for a Service without selector, into EndpointSlices."""

from collections.abc import Mapping

from lightkube.models.core_v1 import Endpoints

from k9lite.aio.clock import Clock
from k9lite.api import kinds, services
from k9lite.api.errors import NOT_FOUND, ignoring
from k9lite.api.object import Data, Key, Object, controller_reference
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.endpoints.slice_controller import by_service
from k9lite.engine.controllers.endpoints.slices import MANAGED_BY, SERVICE_LABEL, family_of

CONTROLLER = "endpointslicemirroring-controller.k8s.io"
SKIP = "endpointslice.kubernetes.io/skip-mirror"
LEADER = "control-plane.alpha.kubernetes.io/leader"
MOST_ADDRESSES = 1000  # of one subset
NOT_COPIED = {
    "kubectl.kubernetes.io/last-applied-configuration",
    "endpoints.kubernetes.io/last-change-trigger-time",
}


class EndpointSliceMirroringController(Controller):
    """Keeps EndpointSlices equal to hand-written Endpoints."""

    name = "endpoint-slice-mirroring-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.services = informers.of(kinds.SERVICE)
        self.endpoints = informers.of(kinds.ENDPOINTS)
        self.slices = informers.of(kinds.ENDPOINT_SLICE)
        self.slices.add_index("service", by_service)
        self.watch(self.endpoints)
        self.watch(self.services)

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        service = self.services.get(key.name, key.namespace)
        source = self.endpoints.get(key.name, key.namespace)
        mirrored = (
            service is not None
            and source is not None
            and not services.spec(service.view).selector
            and is_mirrored(source)
        )
        desired = mirrors(source) if source is not None and mirrored else []
        existing = [
            endpoint_slice
            for endpoint_slice in self.slices.indexed("service", str(key))
            if endpoint_slice.labels.get(MANAGED_BY) == CONTROLLER
        ]
        for endpoint_slice in existing:
            same = next((body for body in desired if is_same(endpoint_slice.data(), body)), None)
            if same is not None:
                desired.remove(same)
                continue
            with ignoring(NOT_FOUND):
                await client.delete(kinds.ENDPOINT_SLICE, endpoint_slice.name, key.namespace)
        for body in desired:
            await client.create(kinds.ENDPOINT_SLICE, body, key.namespace)


def is_mirrored(endpoints: Object[Endpoints]) -> bool:
    """Whether it is mirrored: not when a label forbids it, nor when it is the lock of a leader election."""
    return endpoints.labels.get(SKIP) != "true" and LEADER not in endpoints.annotations


def mirrors(endpoints: Object[Endpoints]) -> list[Data]:
    """The slices for `endpoints`: one per subset and address family."""
    data = endpoints.data()
    return [
        _slice(endpoints, family, entries, subset.get("ports") or [])
        for subset in data.get("subsets") or ()
        for family, entries in _entries(subset).items()
    ]


def _entries(subset: Mapping[str, list[Data]]) -> dict[str, list[Data]]:
    entries: dict[str, list[Data]] = {}
    addresses = [(address, True) for address in subset.get("addresses") or ()]
    addresses += [(address, False) for address in subset.get("notReadyAddresses") or ()]
    for address, ready in addresses[:MOST_ADDRESSES]:
        entry: Data = {"addresses": [address["ip"]], "conditions": {"ready": ready}}
        entry |= {name: address[name] for name in ("hostname", "nodeName", "targetRef") if name in address}
        entries.setdefault(family_of(address["ip"]), []).append(entry)
    return entries


def _slice(endpoints: Object[Endpoints], family: str, entries: list[Data], ports: list[Data]) -> Data:
    metadata: Data = {
        "generateName": f"{endpoints.name}-",
        "ownerReferences": [controller_reference(endpoints)],
        "labels": {**endpoints.labels, SERVICE_LABEL: endpoints.name, MANAGED_BY: CONTROLLER},
    }
    annotations = {key: value for key, value in endpoints.annotations.items() if key not in NOT_COPIED}
    if annotations:
        metadata["annotations"] = annotations
    named_ports = [{"name": "", "protocol": "TCP"} | port for port in ports]
    return {"metadata": metadata, "addressType": family, "endpoints": entries, "ports": named_ports}


def is_same(existing: Data, desired: Data) -> bool:
    """Whether an existing slice already equals the desired one."""
    parts = all((existing.get(part) or []) == (desired[part] or []) for part in ("addressType", "endpoints", "ports"))
    marks = all(
        (existing["metadata"].get(part) or {}) == desired["metadata"].get(part, {})
        for part in ("labels", "annotations")
    )
    return parts and marks
