"""Where an object comes from: the manifest in the folder that describes it, or describes what owns it."""

from pathlib import Path
from typing import Any, NamedTuple

from k9lite.api.object import Object
from k9lite.manifests.resolving import Ref
from k9lite.manifests.state import FolderState
from k9lite.tui.live.cluster import LiveCluster

MOST_OWNERS = 10  # an owner of an owner of...


class Origin(NamedTuple):
    """`line` counts from 1; `ref` names what the manifest describes: the object itself or what owns it."""

    path: Path
    file: str
    line: int
    ref: Ref


def ref_of(obj: Object[Any]) -> Ref:
    return Ref(obj.kind.group, obj.kind.kind, obj.namespace, obj.name)


def described(ref: Ref, folder: FolderState) -> Origin | None:
    """The manifest of what `ref` names."""
    for file in folder.files:
        if ref in file.objects:
            line = next((step.place.line or 1 for step in file.steps if step.ref == ref), 1)
            return Origin(folder.folder / file.file, file.file, line, ref)
    return None


def origin(obj: Object[Any], folder: FolderState, cluster: LiveCluster) -> Origin | None:
    """The manifest of `obj`, or of the nearest of its owners that has one."""
    current: Object[Any] | None = obj
    for _ in range(MOST_OWNERS):
        if current is None:
            return None
        if found := described(ref_of(current), folder):
            return found
        owner = current.meta.controller
        kind = cluster.client.kinds.of(owner.apiVersion, owner.kind) if owner is not None else None
        current = (
            cluster.of(kind).get(owner.name, current.namespace) if owner is not None and kind is not None else None
        )
    return None
