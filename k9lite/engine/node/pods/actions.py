"""What a kubelet does next for a pod, given what runs (Kubernetes: kuberuntime_manager.go, computePodActions); pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import msgspec
from lightkube.models.core_v1 import Container, EphemeralContainer, Pod

from k9lite.api import pods
from k9lite.engine.node.pods import restarts
from k9lite.engine.node.pods.container_status import should_restart
from k9lite.engine.node.runtimes.protocol import ContainerRecord, PodRecord

# Asked of a running container: what its liveness and startup probes have concluded against it, if anything.
Failed = Callable[[ContainerRecord], str]
Started = Callable[[ContainerRecord], bool]


class Kill(NamedTuple):
    """A running container that is to be stopped.

    message: text of its Killing event. restarts: whether the container is started again at once.
    """

    record: ContainerRecord
    message: str
    restarts: bool = True


@dataclass(slots=True)
class Actions:
    """In the order of the fields; `end` means that the pod is over and its sandbox goes."""

    end: bool = False
    kill: list[Kill] = field(default_factory=list)
    create_sandbox: bool = False
    start_ephemeral: list[EphemeralContainer] = field(default_factory=list)
    start_init: list[Container] = field(default_factory=list)
    start: list[Container] = field(default_factory=list)


def identity(container: Container | EphemeralContainer) -> str:
    """Changes when a running container no longer is what the spec asks for."""
    return container.image or ""


def back_off_key(uid: str, container: Container | EphemeralContainer) -> str:
    """A crash back-off belongs to this; a new image or new resources begin a new one."""
    resources = msgspec.json.encode(container.resources)
    return f"{uid}_{container.name}_{sha256(resources + (container.image or '').encode()).hexdigest()[:16]}"


def actions(pod: Pod, record: PodRecord, failed: Failed, started: Started) -> Actions:
    """`failed(record)` names the probe that wants a container killed ("liveness probe"), or is empty.

    `started(record)`: whether a running container has passed its startup probe.
    """
    spec = pods.spec(pod)
    todo = Actions()
    if record.sandbox is None or not record.sandbox.ready:
        if record.sandbox is not None and _nothing_left(pod, record):
            todo.end = True
            return todo
        todo.create_sandbox = True
        if spec.initContainers:
            todo.start_init = [spec.initContainers[0]]
        else:
            todo.start = [one for one in spec.containers if not _succeeded_for_good(pod, one, record)]
        return todo
    todo.start_ephemeral = [one for one in spec.ephemeralContainers or () if record.latest(one.name) is None]
    initialised = _init_actions(pod, record, failed, started, todo)
    if todo.end or not initialised:
        return todo
    kept = _regular_actions(pod, record, failed, todo)
    if not kept and not todo.start:
        todo.end, todo.start_init = True, []
    return todo


def was_initialised(pod: Pod, record: PodRecord) -> bool:
    """Whether any regular container was created in the pod's sandbox."""
    names = {container.name for container in pods.spec(pod).containers}
    return any(one.name in names and record.is_of_sandbox(one) for one in record.containers)


def _regular_actions(pod: Pod, record: PodRecord, failed: Failed, todo: Actions) -> int:
    """Adds to `todo`; how many containers are left running as they are."""
    kept = 0
    for container in pods.spec(pod).containers:
        latest = record.latest(container.name)
        if latest is None or latest.state != "running":
            if should_restart(pod, container, latest):
                todo.start.append(container)
        elif kill := _kill(pod, container, latest, failed):
            todo.kill.append(kill)
            if kill.restarts:
                todo.start.append(container)
        else:
            kept += 1
    return kept


WILL_RESTART = ", will be restarted"


def _kill(pod: Pod, container: Container, record: ContainerRecord, failed: Failed) -> Kill | None:
    if record.identity != identity(container):
        return Kill(record, f"Container {container.name} definition changed{WILL_RESTART}")
    if probe := failed(record):
        again = restarts.policy(pods.spec(pod), container) != "Never"
        return Kill(record, f"Container {container.name} failed {probe}{WILL_RESTART if again else ''}", again)
    return None


def _init_actions(pod: Pod, record: PodRecord, failed: Failed, started: Started, todo: Actions) -> bool:
    """Adds to `todo`; whether regular containers may run.

    The init container that began last decides how to go on; of those before it, sidecars are kept running.
    """
    containers = pods.spec(pod).initContainers or []
    over = was_initialised(pod, record)
    begun = [number for number, one in enumerate(containers) if record.of_sandbox(one.name) is not None]
    last = len(containers) if over else max(begun, default=-1)
    passed = True
    for number, container in enumerate(containers[: last + 1]):
        if number == last or pods.is_sidecar(container):
            passed = _init_action(pod, container, record.of_sandbox(container.name), failed, started, todo)
    if over:
        return True
    if passed and not todo.end:
        todo.start_init += containers[last + 1 : last + 2]
    return passed and not todo.end and last + 1 == len(containers)


def _init_action(
    pod: Pod, container: Container, record: ContainerRecord | None, failed: Failed, started: Started, todo: Actions
) -> bool:
    """Adds to `todo` what one init container needs; whether what follows it may start."""
    sidecar = pods.is_sidecar(container)
    if record is not None and record.state == "running":
        return sidecar and _watch_sidecar(container, record, failed, started, todo)
    if sidecar or record is None or record.state == "created":
        todo.start_init.append(container)
        return False
    if record.exit_code == 0:
        return True
    if restarts.follows(pods.spec(pod), container, record.exit_code):
        todo.start_init.append(container)
    else:
        todo.end = True
    return False


def _watch_sidecar(
    container: Container, record: ContainerRecord, failed: Failed, started: Started, todo: Actions
) -> bool:
    """Adds to `todo` what a running sidecar needs; whether what follows it may start."""
    problem = f"failed {probe}" if (probe := failed(record)) else ""
    if record.identity != identity(container):
        problem = "definition changed"
    if problem:
        todo.kill.append(Kill(record, f"Init container {container.name} {problem}"))
        todo.start_init.append(container)
    return started(record)


def _nothing_left(pod: Pod, record: PodRecord) -> bool:
    """A stopped sandbox is not replaced for a pod that is through."""
    policy = pods.spec(pod).restartPolicy
    if policy == "Never" and record.containers:
        return True
    return policy == "OnFailure" and all(_succeeded(one.name, record) for one in pods.spec(pod).containers)


def _succeeded_for_good(pod: Pod, container: Container, record: PodRecord) -> bool:
    return restarts.policy(pods.spec(pod), container) == "OnFailure" and _succeeded(container.name, record)


def _succeeded(name: str, record: PodRecord) -> bool:
    latest = record.latest(name)
    return latest is not None and latest.state == "exited" and latest.exit_code == 0
