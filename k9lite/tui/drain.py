"""Draining a node as `kubectl drain` does: cordon it, then evict its pods, waiting where a budget says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lightkube.models.core_v1 import Node, Pod

from k9lite.aio.clock import Clock
from k9lite.api import pods
from k9lite.api.errors import StatusError, bad_request
from k9lite.api.object import Object
from k9lite.client.protocol import Client
from k9lite.tui import operations

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


async def drain(
    client: Client, clock: Clock, node: Object[Node], planned: Plan, told: Callable[[str], None]
) -> None:  # fmt: skip
    """Cordon `node` and evict what was planned; `told` hears each step in kubectl's words."""
    if planned.refusals:
        raise bad_request("; ".join(planned.refusals))
    await operations.cordon(client, node, True)
    told(f"node/{node.name} cordoned")
    cause = operations.by_user(f"drain {operations.label(node)}")
    for pod in planned.evict:
        told(f"evicting pod {pod.key}")
        while True:
            try:
                await operations.evict(client, pod, cause)
                break
            except StatusError as error:
                if error.reason != "TooManyRequests":
                    raise
                told(f"{error.message} Trying again in {RETRY:.0f} s")
                await clock.sleep(RETRY)
    told(f"node/{node.name} drained")
