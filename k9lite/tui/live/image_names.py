"""The images that this cluster knows: those that pods and templates name, that nodes hold, that were loaded."""

from collections.abc import Iterator
from typing import Any

from k9lite.api import images, kinds, workloads
from k9lite.api.object import Object
from k9lite.tui.live.cluster import LiveCluster


async def wait_known(cluster: LiveCluster) -> None:
    """Until everything that names images has been seen."""
    for kind in (kinds.NODE, kinds.POD, *workloads.KINDS, *((kinds.IMAGE,) if cluster.has_own_kinds else ())):
        await cluster.of(kind).wait_synced()


def known_images(cluster: LiveCluster, now: str) -> list[tuple[str, str]]:
    """Each with where it is known from; other tags of the image `now` first."""
    found: dict[str, dict[str, None]] = {}
    for name, where in _named(cluster):
        found.setdefault(familiar(name), {})[where] = None
    here = familiar(now)
    listed = [(name, "now" if name == here else _told(list(where))) for name, where in found.items()]
    return sorted(listed, key=lambda item: (not _same_repository(item[0], now), item[0]))


def familiar(name: str) -> str:
    """As people write it: without the registry and the folder that are assumed."""
    return name.removeprefix(f"{images.DEFAULT_REGISTRY}/").removeprefix("library/")


def _told(where: list[str]) -> str:
    return where[0] if len(where) == 1 else f"{where[0]} and {len(where) - 1} more"


def _same_repository(name: str, other: str) -> bool:
    one, two = images.parse(name), images.parse(other)
    return one is not None and two is not None and (one.registry, one.path) == (two.registry, two.path)


def _named(cluster: LiveCluster) -> Iterator[tuple[str, str]]:
    if cluster.has_own_kinds:
        yield from ((image.view.spec.name, "loaded") for image in cluster.of(kinds.IMAGE) if image.view.spec)
    for kind in workloads.KINDS:
        for obj in cluster.of(kind):
            template = workloads.pod_template(obj)
            yield from _in_pod(template.spec if template else None, obj)
    for node in cluster.of(kinds.NODE):
        for held in (node.view.status.images or ()) if node.view.status else ():
            yield from ((name, f"on {node.name}") for name in held.names or () if "@" not in name)


def _in_pod(spec: Any, obj: Object[Any]) -> Iterator[tuple[str, str]]:
    if spec is not None:
        for container in (*(spec.initContainers or ()), *spec.containers):
            yield container.image or "", f"in {obj.kind.singular}/{obj.name}"
