"""What each endpoint of an object lets an update change: the whole, its status, or another part."""

from collections.abc import Callable, Mapping
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.engine.apiserver import strategies

Merge = Callable[[Kind[Any], Data, Data], Data]

# Metadata that a status update must leave alone, beside what every update must.
_STATUS_KEEPS: Mapping[str, tuple[str, ...]] = {
    "deployments.apps": ("labels", "ownerReferences"),
    "pods": ("ownerReferences",),
}


def merge(kind: Kind[Any], subresource: str, old: Data, new: Data) -> Data:
    """What becomes of `old` when `new` is sent to one of its endpoints; both remain usable, neither is kept."""
    return _MERGES[subresource](kind, old, new | {"metadata": _identified(new["metadata"], old["metadata"])})


def _identified(new: Data, old: Data) -> Data:
    """Metadata as a client wants it, but for what no update changes; nor can a deletion be taken back."""
    kept = ("name", "namespace", "uid", "creationTimestamp", "generation")
    metadata = {name: value for name, value in new.items() if name not in kept}
    for name in (*kept, "deletionTimestamp", "deletionGracePeriodSeconds"):
        if name in old:
            metadata[name] = old[name]
    return metadata


def _whole(kind: Kind[Any], old: Data, new: Data) -> Data:
    strategies.prepare_for_update(kind, new, old)
    return new


def _status(kind: Kind[Any], old: Data, new: Data) -> Data:
    data = {name: value for name, value in old.items() if name != "status"}
    if kind.model is not None:
        kept = _STATUS_KEEPS.get(kind.resource, ())
        given = {name: value for name, value in new["metadata"].items() if name not in kept}
        data["metadata"] = given | _subset(old["metadata"], kept)
    if "status" in new:
        data["status"] = new["status"]
    return data


def _finalize(kind: Kind[Any], old: Data, new: Data) -> Data:
    spec = old.get("spec", {}) | {"finalizers": new.get("spec", {}).get("finalizers", [])}
    return old | {"spec": spec}


def _ephemeral_containers(kind: Kind[Any], old: Data, new: Data) -> Data:
    spec = dict(old["spec"])
    if new["spec"].get("ephemeralContainers"):
        spec["ephemeralContainers"] = new["spec"]["ephemeralContainers"]
    return _next_generation(old, spec)


def _resize(kind: Kind[Any], old: Data, new: Data) -> Data:
    """Only requests and limits of CPU and memory, and the policy of resizing them."""
    spec = dict(old["spec"])
    for name in ("containers", "initContainers"):
        wanted = {container["name"]: container for container in new["spec"].get(name, ())}
        if name in spec:
            spec[name] = [container | _sizes(wanted.get(container["name"], container)) for container in spec[name]]
    return _next_generation(old, spec)


def _sizes(container: Data) -> Data:
    return _subset(container, ("resources", "resizePolicy"))


def _next_generation(old: Data, spec: Data) -> Data:
    metadata = dict(old["metadata"])
    if spec != old["spec"]:
        metadata["generation"] = metadata.get("generation", 0) + 1
    return old | {"metadata": metadata, "spec": spec}


def _subset(data: Data, names: tuple[str, ...]) -> Data:
    return {name: data[name] for name in names if name in data}


_MERGES: Mapping[str, Merge] = {
    "": _whole,
    "scale": _whole,  # the scaled object, with its replicas changed
    "status": _status,
    "approval": _status,
    "finalize": _finalize,
    "ephemeralcontainers": _ephemeral_containers,
    "resize": _resize,
}
