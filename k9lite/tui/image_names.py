"""The images that this cluster knows: those that pods and templates name, that nodes hold, that were loaded."""

from collections.abc import Iterator
from typing import Any

from k9lite.api import images, kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.tui.feed import Feed

TEMPLATED: tuple[Kind[Any], ...] = (
    kinds.DEPLOYMENT, kinds.REPLICA_SET, kinds.STATEFUL_SET, kinds.DAEMON_SET, kinds.JOB,
)  # fmt: skip


async def wait_known(feed: Feed) -> None:
    """Until everything that names images has been seen."""
    for kind in (kinds.NODE, kinds.POD, *TEMPLATED, *((kinds.IMAGE,) if feed.has_own_kinds else ())):
        await feed.of(kind).wait_synced()


def known_images(feed: Feed, now: str) -> list[tuple[str, str]]:
    """Each with where it is known from; other tags of the image `now` first."""
    found: dict[str, str] = {}
    for name, where in _named(feed):
        found.setdefault(name, where)
    return sorted(found.items(), key=lambda item: (not _same_repository(item[0], now), item[0]))


def _same_repository(name: str, other: str) -> bool:
    one, two = images.parse(name), images.parse(other)
    return one is not None and two is not None and (one.registry, one.path) == (two.registry, two.path)


def _named(feed: Feed) -> Iterator[tuple[str, str]]:
    if feed.has_own_kinds:
        yield from ((image.view.spec.name, "loaded") for image in feed.of(kinds.IMAGE) if image.view.spec)
    for node in feed.of(kinds.NODE):
        for held in (node.view.status.images or ()) if node.view.status else ():
            yield from ((name, f"on {node.name}") for name in held.names or ())
    for kind in TEMPLATED:
        for obj in feed.of(kind):
            template = obj.view.spec.template if obj.view.spec else None
            yield from _in_pod(template.spec if template else None, obj)
    for pod in feed.of(kinds.POD):
        yield from _in_pod(pod.view.spec, pod)


def _in_pod(spec: Any, obj: Object[Any]) -> Iterator[tuple[str, str]]:
    if spec is not None:
        for container in (*(spec.initContainers or ()), *spec.containers):
            yield container.image or "", f"in {obj.kind.singular}/{obj.name}"
