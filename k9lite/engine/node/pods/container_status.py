"""What a pod's status says of its containers (Kubernetes: kubelet_pods.go, convertToAPIContainerStatuses); pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import Container, EphemeralContainer, Pod, VolumeMount

from k9lite.api import pods, times
from k9lite.api.object import Data
from k9lite.engine.node.pods import restarts, users
from k9lite.engine.node.pods.resizing import Sizes
from k9lite.engine.node.runtimes.protocol import ContainerRecord, PodRecord


class Reason(NamedTuple):
    """Why the last attempt to start a container failed, e.g. ImagePullBackOff, with its message."""

    reason: str
    message: str


Reasons = Mapping[str, Reason]  # container name -> what kept it from starting

LOST = "The container could not be located when the pod was terminated"
LOST_STATE: Data = {"terminated": {"exitCode": 137, "reason": "ContainerStatusUnknown", "message": LOST}}


def statuses(
    pod: Pod,
    containers: Sequence[Container],
    init: bool,
    record: PodRecord,
    old: Sequence[Data],
    reasons: Reasons,
    ends: bool = False,
    sizes: Sizes | None = None,
) -> list[Data]:
    """ContainerStatuses without `ready` and `started`, which the probes decide; regular ones ordered by name.

    A failure to start is told only from the next look on: `reasons` are those of the looks before this one.
    `ends`: the pod will start nothing any more; what ran and cannot be found has been lost. `sizes`: of a pod that was
    resized.
    """
    if not containers:
        return []
    known = {status["name"]: status for status in old}
    default = "PodInitializing" if pods.spec(pod).initContainers else "ContainerCreating"
    found: dict[str, Data] = {}
    for container in containers:
        attempts = [one for one in record.containers if one.name == container.name][:2]
        if attempts:
            status = _of_record(attempts[0]) | (sizes.told_of(container) if sizes else _resources(container))
            status["user"] = users.linux(pods.spec(pod), container)
            if len(attempts) > 1:
                status["lastState"] = _of_record(attempts[1])["state"]
        else:
            status = _without_record(container, known.get(container.name), default, ends)
        if container.volumeMounts:
            status["volumeMounts"] = [_mount(one) for one in container.volumeMounts]
        found[container.name] = status
    for container in containers:
        status, reason = found[container.name], reasons.get(container.name)
        if reason and _waits(pod, container, init, record):
            if "terminated" in status["state"]:
                status["lastState"] = status["state"]
            status["state"] = {"waiting": {"reason": reason.reason, "message": reason.message}}
            if not reason.message:
                del status["state"]["waiting"]["message"]
    ordered = list(found.values())
    return ordered if init else sorted(ordered, key=lambda status: str(status["name"]))


def _waits(pod: Pod, container: Container, init: bool, record: PodRecord) -> bool:
    latest = record.latest(container.name)
    if init and latest and latest.state == "exited" and latest.exit_code == 0 and not pods.is_sidecar(container):
        return False
    return should_restart(pod, container, latest)


def should_restart(pod: Pod, container: Container | EphemeralContainer, latest: ContainerRecord | None) -> bool:
    """Whether the kubelet will start `container` the next time it looks."""
    if pods.is_deleting(pod):
        return False
    if latest is None or latest.state == "created":
        return True
    if latest.state == "running":
        return False
    return restarts.follows(pods.spec(pod), container, latest.exit_code)


def _of_record(record: ContainerRecord) -> Data:
    status: Data = {
        "name": record.name,
        "state": _state(record),
        "lastState": {},
        "ready": False,
        "restartCount": record.attempt,
        "image": record.image,
        "imageID": record.image_id,
        "containerID": f"k9lite://{record.id}",
    }
    return status


def _resources(container: Container) -> Data:
    """What a created container was given: all that it asked for."""
    asked = container.resources
    given: Data = {key: value for key in ("limits", "requests") if asked is not None and (value := getattr(asked, key))}
    return {"resources": given} | ({"allocatedResources": given["requests"]} if "requests" in given else {})


def _mount(mount: VolumeMount) -> Data:
    """No simulated mount is read-only recursively."""
    told: Data = {"name": mount.name, "mountPath": mount.mountPath}
    return told | {"readOnly": True, "recursiveReadOnly": "Disabled"} if mount.readOnly else told


def _state(record: ContainerRecord) -> Data:
    if record.state == "created":
        return {"waiting": {}}
    if record.state == "running":
        return {"running": {"startedAt": times.time(record.started)}}
    ended: Data = {"exitCode": record.exit_code, "reason": record.reason}
    if record.message:
        ended["message"] = record.message
    ended["startedAt"] = times.time(record.started)
    ended["finishedAt"] = times.time(record.finished)
    ended["containerID"] = f"k9lite://{record.id}"
    return {"terminated": ended}


def _without_record(container: Container, old: Data | None, default: str, ends: bool) -> Data:
    """The runtime knows nothing of it: it was not created yet, or its record is lost."""
    if old and "terminated" in old["state"]:
        return dict(old)
    status: Data = {
        "name": container.name,
        "state": {"waiting": {"reason": default}},
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": container.image or "",
        "imageID": "",
    }
    if old:
        status["restartCount"] = old["restartCount"]
        status["lastState"] = old.get("lastState", {})
        if "running" in old["state"]:
            status["state" if ends else "lastState"] = LOST_STATE
            status["restartCount"] += 0 if ends else 1
    return status
