"""The EndpointSlices a Service should have, with as few changes as possible to those it has (reconciler.go); pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import Service

from k9lite.api import services, times
from k9lite.api.object import Data, Object, controller_reference
from k9lite.engine.controllers.endpoints.backends import (
    HEADLESS_LABEL,
    LAST_CHANGE,
    Backend,
    Port,
    port_data,
)

MOST_ENDPOINTS = 100  # of one slice
SERVICE_LABEL = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"

Ports = tuple[Port, ...]


class Plan(NamedTuple):
    """Bodies to create and to update, names to delete."""

    create: list[Data]
    update: list[Data]
    delete: list[str]


def endpoint(backend: Backend, family: str, zones: Mapping[str, str]) -> Data:
    """One entry of a slice. `zones`: by the name of the node."""
    data: Data = {
        "addresses": [ip for ip in backend.addresses if family_of(ip) == family],
        "conditions": {"ready": backend.ready, "serving": backend.serving, "terminating": backend.terminating},
        "targetRef": backend.target,
    }
    if backend.node:
        data["nodeName"] = backend.node
        if backend.node in zones:
            data["zone"] = zones[backend.node]
    if backend.hostname:
        data["hostname"] = backend.hostname
    return data


def family_of(ip: str) -> str:
    return "IPv6" if ":" in ip else "IPv4"


def groups(members: Iterable[Backend], family: str, zones: Mapping[str, str]) -> dict[Ports, dict[str, Data]]:
    """The desired endpoints by their ports, then by the pod's uid; a named port may differ between pods."""
    result: dict[Ports, dict[str, Data]] = {}
    for member in members:
        entry = endpoint(member, family, zones)
        if entry["addresses"]:
            result.setdefault(member.ports, {})[member.pod.uid] = entry
    return result


def labels(service: Object[Service]) -> dict[str, str]:
    """The Service's own labels, and those that link and mark its slices."""
    own = {key: value for key, value in service.labels.items() if key not in (SERVICE_LABEL, MANAGED_BY)}
    if services.cluster_ip(service.view) is None:
        own[HEADLESS_LABEL] = ""
    return own | {SERVICE_LABEL: service.name, MANAGED_BY: CONTROLLER}


def plan(
    service: Object[Service],
    existing: Sequence[Data],
    desired: Mapping[Ports, Mapping[str, Data]],
    family: str,
    changed_at: float | None,
) -> Plan:
    """The writes that bring the slices of one address family to `desired`.

    Existing entries stay in their slices. New ones fill slices that are written anyway, then a slice with room for
    all of them, then new slices. changed_at: the time of the oldest change.
    """
    writes = _Writes(service, family, changed_at)
    by_ports: dict[Ports, list[Data]] = {}
    for endpoint_slice in existing:
        by_ports.setdefault(_ports_of(endpoint_slice), []).append(endpoint_slice)
    for ports, entries in desired.items():
        writes.fill(ports, by_ports.pop(ports, []), dict(entries))
    for obsolete in by_ports.values():
        writes.drop(obsolete)
    if not writes.kept and not writes.create:
        writes.keep_placeholder()
    return writes.plan()


class _Writes:
    """Collects the writes for one Service and family."""

    def __init__(self, service: Object[Service], family: str, changed_at: float | None) -> None:
        self._service, self._family, self._changed_at = service, family, changed_at
        self._labels = labels(service)
        self.kept = 0
        self.create: list[Data] = []
        self.update: list[Data] = []
        self._dropped: list[Data] = []

    def fill(self, ports: Ports, slices: Sequence[Data], rest: dict[str, Data]) -> None:
        """Bring `slices`, all with these ports, to exactly the entries in `rest`."""
        changed, unchanged = [], []
        for endpoint_slice in slices:
            before = endpoint_slice.get("endpoints") or []
            after = [rest.pop(uid) for entry in before if (uid := entry.get("targetRef", {}).get("uid")) in rest]
            if before and not after:
                self._dropped.append(endpoint_slice)
            elif after != before or endpoint_slice["metadata"].get("labels") != self._labels:
                changed.append(endpoint_slice | {"endpoints": after})
            else:
                unchanged.append(endpoint_slice)
        for endpoint_slice in changed:
            _move(rest, endpoint_slice["endpoints"], MOST_ENDPOINTS)
        if rest and (roomy := _with_room(unchanged, len(rest))) is not None:
            unchanged.remove(roomy)
            roomy = roomy | {"endpoints": list(roomy.get("endpoints") or [])}
            _move(rest, roomy["endpoints"], MOST_ENDPOINTS)
            changed.append(roomy)
        self.kept += len(unchanged)
        self.update += [self._labelled(endpoint_slice) for endpoint_slice in changed]
        while rest:
            entries: list[Data] = []
            _move(rest, entries, MOST_ENDPOINTS)
            self.create.append(self._new(ports, entries))

    def drop(self, slices: Iterable[Data]) -> None:
        self._dropped += slices

    def keep_placeholder(self) -> None:
        """A Service without endpoints has one empty slice."""
        if self.update:
            return
        empty = next(
            (
                endpoint_slice
                for endpoint_slice in self._dropped
                if not endpoint_slice.get("endpoints") and not endpoint_slice.get("ports")
            ),
            None,
        )
        if empty is not None and empty["metadata"].get("labels") == self._labels:
            self._dropped.remove(empty)
        else:
            self.create.append(self._new((), []))

    def plan(self) -> Plan:
        """A slice to create in place of one to delete is an update of that one."""
        while self.create and self._dropped:
            new, old = self.create.pop(0), self._dropped.pop(0)
            metadata = old["metadata"] | {"labels": new["metadata"]["labels"]}
            self.update.append(self._labelled(old | new | {"metadata": metadata}))
        return Plan(self.create, self.update, [endpoint_slice["metadata"]["name"] for endpoint_slice in self._dropped])

    def _new(self, ports: Ports, entries: list[Data]) -> Data:
        return self._labelled(
            {
                "metadata": {
                    "generateName": f"{self._service.name}-",
                    "ownerReferences": [controller_reference(self._service)],
                },
                "addressType": self._family,
                "endpoints": entries,
                "ports": [port_data(port) for port in ports],
            }
        )

    def _labelled(self, body: Data) -> Data:
        annotations = {k: v for k, v in body["metadata"].get("annotations", {}).items() if k != LAST_CHANGE}
        if self._changed_at is not None:
            annotations[LAST_CHANGE] = times.time(self._changed_at)
        metadata = {k: v for k, v in body["metadata"].items() if k != "annotations"} | {"labels": self._labels}
        return body | {"metadata": metadata | ({"annotations": annotations} if annotations else {})}


def _move(source: dict[str, Data], target: list[Data], limit: int) -> None:
    """Move entries until `target` is full."""
    for uid in list(source)[: max(0, limit - len(target))]:
        target.append(source.pop(uid))


def _with_room(slices: Sequence[Data], number: int) -> Data | None:
    """The fullest slice that still takes `number` more entries."""
    fitting = [
        endpoint_slice
        for endpoint_slice in slices
        if len(endpoint_slice.get("endpoints") or ()) + number <= MOST_ENDPOINTS
    ]
    return max(fitting, key=lambda endpoint_slice: len(endpoint_slice.get("endpoints") or ()), default=None)


def _ports_of(slice_data: Data) -> Ports:
    ports = (
        Port(port.get("name", ""), port["port"], port.get("protocol", "TCP"), port.get("appProtocol"))
        for port in slice_data.get("ports") or ()
    )
    return tuple(sorted(ports, key=lambda port: port[:3]))
