"""How an object is, in a glyph, a word and a colour. Pure."""

from lightkube.models.apps_v1 import Deployment
from lightkube.models.core_v1 import Node, Pod

from k9lite.api import deployments, pods
from k9lite.api.object import Object
from k9lite.tables import nodes as node_rows
from k9lite.tables import pods as pod_rows
from k9lite.tui.display.tones import State, Tone, state

# The words of a pod's STATUS that are neither a failure nor on their way.
POD_TONES: dict[str, Tone] = {
    "Completed": "gone",
    "Succeeded": "gone",
    "Terminating": "gone",
    "Pending": "busy",
    "ContainerCreating": "busy",
    "PodInitializing": "busy",
    "NotReady": "busy",
    "SchedulingGated": "warn",
    "Unknown": "bad",
}
PULL_PROBLEMS = {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull"}


def pod_state(obj: Object[Pod]) -> State:
    """STATUS as kubectl says it; a running pod whose containers are not all ready is still busy."""
    summary = pod_rows.summary(obj)
    word = summary.status
    if word == "Running":
        return state(word, "good" if summary.ready == summary.total else "busy")
    if word == "Pending":
        scheduled = pods.condition(obj.view, "PodScheduled")
        return state(word, "warn" if scheduled is not None and scheduled.reason == "Unschedulable" else "busy")
    if word.startswith("Init:"):
        return state(word, "busy" if word[5:6].isdigit() else "bad")
    return state(word, POD_TONES.get(word, "bad"))


def lacks_image(obj: Object[Pod]) -> list[str]:
    """The images that containers of the pod wait for in vain."""
    status = obj.view.status
    waiting = [*(status.initContainerStatuses or ()), *(status.containerStatuses or ())] if status else []
    images = [
        container.image or ""
        for container in waiting
        if container.state and container.state.waiting and container.state.waiting.reason in PULL_PROBLEMS
    ]
    return list(dict.fromkeys(images))


def node_state(obj: Object[Node]) -> State:
    word = node_rows.status(obj.view)
    if word == "Ready":
        return state(word, "good")
    if word == "Ready,SchedulingDisabled":
        return state("Cordoned", "warn")
    return state(word.replace(",SchedulingDisabled", ",Cordoned"), "bad")


def deployment_state(obj: Object[Deployment]) -> State:
    """Ready, or what it is doing, or why it does not get there."""
    deployment = obj.view
    status = deployment.status
    progressing = deployments.condition(deployment, "Progressing")
    failure = deployments.condition(deployment, "ReplicaFailure")
    if deployments.is_complete(deployment):
        return state("Ready", "good") if deployments.replicas(deployment) else state("Scaled to 0", "gone")
    if failure is not None and failure.status == "True":
        return state(failure.reason or "ReplicaFailure", "bad")
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        return state("Stuck", "bad")
    if deployments.spec(deployment).paused:
        return state("Paused", "warn")
    if status is None or (status.updatedReplicas or 0) < deployments.replicas(deployment):
        return state("Rolling out", "busy")
    if (status.replicas or 0) > deployments.replicas(deployment):
        return state("Scaling down", "busy") if _has_one_template(deployment) else state("Rolling out", "busy")
    return state("Starting", "busy")


def _has_one_template(deployment: Deployment) -> bool:
    status = deployment.status
    return status is not None and (status.updatedReplicas or 0) == (status.replicas or 0)
