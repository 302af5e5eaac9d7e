"""Which container's log is meant, and which of its lines (Kubernetes: kubelet_pods.go, validateContainerLogStatus)."""

from collections.abc import Iterable, Iterator

from lightkube.models.core_v1 import ContainerStatus

from k9lite.api import pods
from k9lite.api.errors import bad_request
from k9lite.client.streams import LogLine, LogOptions
from k9lite.engine.node.pod_state import PodState

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
WAITING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}


def container_name(state: PodState, wanted: str) -> str:
    """`wanted`, if the pod has such a container; the only or default one where nothing is wanted. BadRequest."""
    spec = pods.spec(state.view)
    if wanted:
        if state.container(wanted) is None:
            raise bad_request(f"container {wanted} is not valid for pod {state.pod.name}")
        return wanted
    if len(spec.containers) == 1:
        return spec.containers[0].name
    init = [one.name for one in spec.initContainers or ()]
    choices = f"[{' '.join(one.name for one in spec.containers)}]" + (
        f" or one of the init containers: [{' '.join(init)}]" if init else ""
    )
    raise bad_request(f"a container name must be specified for pod {state.pod.name}, choose one of: {choices}")


def default_container(state: PodState, wanted: str) -> str:
    """As `container_name`, but any pod has a default: the annotated one, else the first."""
    annotated = state.pod.annotations.get(DEFAULT_CONTAINER, "")
    first = pods.spec(state.view).containers[0].name
    return container_name(state, wanted or (annotated if state.container(annotated) else "") or first)


def container_id(state: PodState, name: str, previous: bool) -> str:
    """The container whose log it is, running or not. BadRequest."""
    status = next((one for one in pods.container_statuses(state.view) if one.name == name), None)
    ephemeral = state.view.status.ephemeralContainerStatuses if state.view.status else None
    status = status or next((one for one in ephemeral or () if one.name == name), None)
    told = f'container "{name}" in pod "{state.pod.name}"'
    if previous:
        if not (
            status and status.lastState and status.lastState.terminated and status.lastState.terminated.containerID
        ):
            raise bad_request(f"previous terminated {told} not found")
        return _plain(status.lastState.terminated.containerID)
    latest = state.node.runtime.pod(state.uid).latest(name)
    if latest is not None and latest.state == "running":
        return latest.id
    return _from_status(status, told)


def _from_status(status: ContainerStatus | None, told: str) -> str:
    if status is None or status.state is None:
        raise bad_request(f"{told} is not available")
    ended = status.state.terminated or (status.lastState.terminated if status.lastState else None)
    if ended is not None and ended.containerID:
        return _plain(ended.containerID)
    if status.state.running is not None and status.containerID:
        return _plain(status.containerID)
    reason = (status.state.waiting.reason if status.state.waiting else None) or "ContainerCreating"
    raise bad_request(f"{told} is waiting to start: {WAITING.get(reason, reason)}")


def _plain(id: str) -> str:
    return id.rpartition("//")[2]


def chosen(lines: list[LogLine], options: LogOptions) -> list[LogLine]:
    """The lines that `since` and `tail` leave."""
    found = lines if options.since is None else [line for line in lines if line.time >= options.since]
    if options.tail is not None:
        found = found[-options.tail :] if options.tail else []
    return found


def cut(lines: Iterable[LogLine], left: int) -> Iterator[LogLine]:
    """Lines of at most `left` bytes together; the last one may be cut short."""
    for line in lines:
        size = len(line.text.encode()) + 1
        if size > left:
            if left:
                yield line._replace(text=line.text.encode()[:left].decode(errors="ignore"))
            return
        yield line
        left -= size


def gone(id: str, now: float) -> LogLine:
    """What a kubelet writes in place of a log that went with its container."""
    return LogLine(now, f"unable to retrieve container logs for k9lite://{id}")
