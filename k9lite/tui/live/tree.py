"""What an object consists of, down to containers: who owns whom, with how each is; pure but for looking things up."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from lightkube.models.core_v1 import Pod, Service

from k9lite.api import deployments, kinds, workloads
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.tui.display import states
from k9lite.tui.display.kind_states import ready_state
from k9lite.tui.display.tones import State, state
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.views import VIEWS

FOLLOWED: tuple[Kind[Any], ...] = (kinds.REPLICA_SET, kinds.POD, kinds.JOB, kinds.ENDPOINT_SLICE)


class TreeRow(NamedTuple):
    """One line. `obj`: what it stands for; of a container its pod. `part` names the container or endpoint."""

    obj: Object[Any]
    text: str
    state: State
    branch: str
    part: str = ""


def tree_rows(obj: Object[Any], cluster: LiveCluster) -> Iterator[TreeRow]:
    """The lines of the tree of `obj`, in order."""
    yield _row(obj, cluster, "")
    yield from _below(obj, cluster, "")


def _row(obj: Object[Any], cluster: LiveCluster, branch: str) -> TreeRow:
    return TreeRow(obj, f"{obj.kind.singular}/{obj.name}", _state(obj, cluster), branch)


def _state(obj: Object[Any], cluster: LiveCluster) -> State:
    if obj.kind is kinds.REPLICA_SET:
        return _replica_set(obj)
    view = VIEWS.get(obj.kind)
    return view.state(obj, cluster) if view is not None else state("", "muted")


def _replica_set(obj: Object[Any]) -> State:
    spec, status = obj.view.spec, obj.view.status
    ready, wanted = status.readyReplicas if status else 0, spec.replicas if spec else 0
    return ready_state(ready, wanted, f"revision {deployments.revision(obj.meta)}  ")


def _below(obj: Object[Any], cluster: LiveCluster, branch: str) -> Iterator[TreeRow]:
    """What hangs on `obj`; `branch` is drawn before each of it."""
    if obj.kind is kinds.POD:
        yield from _containers(obj, branch)
        return
    if obj.kind is kinds.SERVICE:
        yield from _endpoints(obj, cluster, branch)
        return
    owned = workloads.CHILDREN.get(obj.kind)
    children = cluster.of(owned).indexed("owner", obj.uid) if owned is not None else []
    newest_first = sorted(children, key=lambda child: (-deployments.revision(child.meta), child.key))
    for child, own, inner in _drawn(newest_first, branch):
        yield _row(child, cluster, own)
        yield from _below(child, cluster, inner)


def _drawn(items: list[Any], branch: str) -> Iterator[tuple[Any, str, str]]:
    """Each with what is drawn before it, and before what hangs on it."""
    for number, item in enumerate(items, 1):
        is_last = number == len(items)
        yield item, branch + ("└─ " if is_last else "├─ "), branch + ("   " if is_last else "│  ")


def _containers(pod: Object[Pod], branch: str) -> Iterator[TreeRow]:
    spec, status = pod.view.spec, pod.view.status
    names = [item.name for item in (*(spec.initContainers or ()), *spec.containers)] if spec else []
    known = [*(status.initContainerStatuses or ()), *(status.containerStatuses or ())] if status else []
    by_name = {item.name: item for item in known}
    for name, own, _ in _drawn(names, branch):
        yield TreeRow(pod, f"container {name}", _container_state(by_name.get(name)), own, name)


def _container_state(status: Any) -> State:
    if status is None or status.state is None:
        return state("Waiting", "busy")
    if status.state.running is not None:
        return state("Running", "good") if status.ready else state("Running, not ready", "busy")
    if status.state.terminated is not None:
        ended = status.state.terminated
        return state(ended.reason or "Terminated", "gone" if ended.exitCode == 0 else "bad")
    reason = (status.state.waiting.reason if status.state.waiting else "") or "Waiting"
    return state(reason, "busy" if reason in states.POD_TONES or reason == "Waiting" else "bad")


def _endpoints(service: Object[Service], cluster: LiveCluster, branch: str) -> Iterator[TreeRow]:
    """Endpoints with the pods behind them."""
    slices = cluster.of(kinds.ENDPOINT_SLICE).indexed("service", str(service.key))
    found = [(each, item) for item in slices for each in item.view.endpoints or ()]
    for (endpoint, item), own, inner in _drawn(found, branch):
        conditions, target = endpoint.conditions, endpoint.targetRef
        ready = conditions is None or conditions.ready is not False
        address = ", ".join(endpoint.addresses or ())
        told = state("Ready", "good") if ready else state("Not ready", "busy")
        yield TreeRow(item, f"endpoint {address}", told, own, address)
        pod = cluster.of(kinds.POD).get(target.name, service.namespace) if target and target.kind == "Pod" else None
        if pod is not None:
            yield _row(pod, cluster, inner + "└─ ")
            yield from _containers(pod, inner + "   ")
