"""What a node that was switched off finds when it comes back (containerd: internal/cri/server/restart.go); pure.

The disk remembers images, and of every pod its sandbox and its containers; whatever ran has ended, nobody knows how.
"""

from collections.abc import Iterator

from lightkube.models.core_v1 import Node, Pod
from msgspec.structs import replace

from k9lite.api import pods, times
from k9lite.api.object import Data, Object
from k9lite.engine.node.pods.actions import identity
from k9lite.engine.node.runtimes.protocol import NOTHING, ContainerRecord, ImageRecord, PodRecord, SandboxRecord

UNKNOWN_CODE, UNKNOWN = 255, "Unknown"  # how a container ended that ran when its node went off
_PARTS = {
    "initContainers": "initContainerStatuses",
    "containers": "containerStatuses",
    "ephemeralContainers": "ephemeralContainerStatuses",
}


def pod_record(pod: Object[Pod], now: float) -> PodRecord:
    """What was there of `pod` when its node went off, as its status tells; nothing if it had not begun to run."""
    status: Data = pod.data().get("status", {})
    if not status.get("podIP"):
        return NOTHING
    found = [
        record
        for part, key in _PARTS.items()
        for container in getattr(pods.spec(pod.view), part) or ()
        for told in status.get(key, ())
        if told["name"] == container.name
        for record in _attempts(told, identity(container), now)
    ]
    return PodRecord(SandboxRecord("", status["podIP"], ready=False, created=now), tuple(found))


def images(node: Object[Node] | None) -> list[ImageRecord]:
    """The images that a node said it had."""
    held = (node.view.status.images if node is not None and node.view.status else None) or ()
    found = []
    for image in held:
        reference, *names = image.names or [""]
        if names:
            found.append(ImageRecord(names[0], reference.partition("@")[2], image.sizeBytes or 0))
    return found


def _attempts(told: Data, identity: str, now: float) -> Iterator[ContainerRecord]:
    """Newest first: the attempt that a ContainerStatus is about, and the one before."""
    states = [told["state"], told.get("lastState", {})]
    if "waiting" in states[0]:
        states = states[1:]
    for number, state in enumerate(states):
        known = state.get("terminated") or state.get("running")
        if known is None:
            return
        record = ContainerRecord(
            known.get("containerID", told.get("containerID", "")).rpartition("/")[2],
            told["name"],
            told["image"],
            told["imageID"],
            told["restartCount"] - number,
            identity,
            "exited",
            0.0,
            started=times.timestamp(known.get("startedAt")) or 0.0,
        )
        if "running" in state:
            yield replace(record, finished=now, exit_code=UNKNOWN_CODE, reason=UNKNOWN)
        else:
            yield replace(
                record,
                finished=times.timestamp(known.get("finishedAt")) or 0.0,
                exit_code=known["exitCode"],
                reason=known.get("reason", ""),
                message=known.get("message", ""),
            )
