"""Draining a node as `kubectl drain` does: cordon it, then evict its pods, waiting where a budget says so."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lightkube.models.core_v1 import Node, Pod

from k9lite.aio.clock import Clock
from k9lite.api import pods
from k9lite.api.errors import TOO_MANY_REQUESTS, StatusError, bad_request
from k9lite.api.object import Object
from k9lite.client.informer import Informer
from k9lite.client.protocol import Client
from k9lite.tui.writes import operations

RETRY = 5.0  # seconds between attempts that a disruption budget refuses
MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True)
class DrainOptions:
    """kubectl's --ignore-daemonsets, --delete-emptydir-data and --force."""

    ignore_daemon_sets: bool = True
    delete_empty_dir: bool = False
    force: bool = False


@dataclass(frozen=True)
class Plan:
    """The pods to evict, and why others forbid to drain at all."""

    evict: tuple[Object[Pod], ...]
    refusals: tuple[str, ...]


def plan(on_node: Iterable[Object[Pod]], options: DrainOptions) -> Plan:
    """What a drain would do; pure."""
    evict: list[Object[Pod]] = []
    refusals: dict[str, list[str]] = {}
    for pod in sorted(on_node, key=lambda pod: pod.key):
        owner = pod.meta.controller
        if MIRROR in pod.annotations:
            continue
        if owner is not None and owner.kind == "DaemonSet":
            if not options.ignore_daemon_sets:
                _refuse(refusals, "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", pod)
            continue
        if pods.is_terminal(pod.view):
            evict.append(pod)
        elif owner is None and not options.force:
            _refuse(refusals, "cannot delete Pods that declare no controller (use --force to override)", pod)
        elif _has_local_storage(pod) and not options.delete_empty_dir:
            _refuse(refusals, "cannot delete Pods with local storage (use --delete-emptydir-data to override)", pod)
        else:
            evict.append(pod)
    return Plan(tuple(evict), tuple(f"{why}: {', '.join(names)}" for why, names in refusals.items()))


def _refuse(refusals: dict[str, list[str]], why: str, pod: Object[Pod]) -> None:
    refusals.setdefault(why, []).append(str(pod.key))


def _has_local_storage(pod: Object[Pod]) -> bool:
    volumes = (pod.view.spec.volumes or ()) if pod.view.spec else ()
    return any(volume.emptyDir is not None for volume in volumes)


@dataclass
class Draining:
    """A drain that goes on: `said` is how far it is, `task` what to cancel to stop it."""

    task: asyncio.Task[Any]
    said: str = ""


async def drain(
    client: Client,
    on_nodes: Informer[Pod],
    clock: Clock,
    node: Object[Node],
    planned: Plan,
    told: Callable[[str], None],
) -> None:
    """Cordon `node`, evict what was planned, and wait until it has left; `told` hears how far that is.

    on_nodes: all pods, as they are now
    """
    if planned.refusals:
        raise bad_request("; ".join(planned.refusals))
    await operations.cordon(client, node, True)
    count = len(planned.evict)
    told(f"Draining 0/{count}")
    waiting = list(planned.evict)
    while waiting := [pod for pod in waiting if not await _evicted(client, node, pod)]:
        told(f"Draining {count - len(waiting)}/{count}, a disruption budget holds the others")
        await clock.sleep(RETRY)
    await _left(on_nodes, planned.evict, lambda gone: told(f"Draining {gone}/{count}"))


async def _evicted(client: Client, node: Object[Node], pod: Object[Pod]) -> bool:
    """Whether a pod was told to go; not while a disruption budget forbids it."""
    try:
        await operations.evict(client, pod, operations.by_user(f"drain {operations.label(node)}"))
    except StatusError as error:
        if error.reason != TOO_MANY_REQUESTS:
            raise
        return False
    return True


async def _left(on_nodes: Informer[Pod], evicted: Sequence[Object[Pod]], told: Callable[[int], None]) -> None:
    """Wait until all `evicted` are gone; `told` hears how many are."""
    await on_nodes.wait_synced()
    changed = asyncio.Event()

    def heard(old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        changed.set()

    on_nodes.add_handler(heard)
    try:
        while staying := [pod for pod in evicted if _is_there(on_nodes, pod)]:
            told(len(evicted) - len(staying))
            changed.clear()
            await changed.wait()
    finally:
        on_nodes.remove_handler(heard)


def _is_there(on_nodes: Informer[Pod], pod: Object[Pod]) -> bool:
    now = on_nodes.get(pod.name, pod.namespace)
    return now is not None and now.uid == pod.uid
