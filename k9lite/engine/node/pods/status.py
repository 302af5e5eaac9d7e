"""The status of a pod as its kubelet sees it (Kubernetes: kubelet_pods.go, generateAPIPodStatus); pure."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from lightkube.models.core_v1 import Pod

from k9lite.api import pods, times
from k9lite.api.object import Data
from k9lite.engine.node.pods import conditions as pod_conditions
from k9lite.engine.node.pods import container_status
from k9lite.engine.node.pods.actions import was_initialised
from k9lite.engine.node.pods.container_status import Reason, Reasons
from k9lite.engine.node.pods.phase import is_terminal, phase
from k9lite.engine.node.pods.resizing import Sizes
from k9lite.engine.node.runtimes.protocol import PodRecord

DEADLINE = Reason("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")


class Probed(Protocol):
    """What the probes of one pod have found."""

    def started(self, container: str, running: bool) -> bool:
        """Whether a container runs and has passed its startup probe, if it has one."""

    def ready(self, container: str) -> bool:
        """Whether a started container may get traffic."""


class Observation(msgspec.Struct, frozen=True):
    """All that a status is made from.

    old: the status as this kubelet made it last, or as it found it
    foreign: the conditions that others have set, as the cluster has them
    reasons: why containers could not be started, as of the looks before
    ends: the pod is being terminated
    deadline_passed: spec.activeDeadlineSeconds is over
    sizes: what the pod has of its node, once that has changed
    """

    pod: Pod
    record: PodRecord
    probed: Probed
    old: Data
    foreign: Sequence[Data]
    now: float
    host_ip: str
    reasons: Reasons = msgspec.field(default_factory=dict)
    ends: bool = False
    deadline_passed: bool = False
    sizes: Sizes | None = None


def generate(seen: Observation) -> Data:
    """The whole status, ready to be merged with what others wrote (`merge`)."""
    spec, old = pods.spec(seen.pod), seen.old
    init = _containers(seen, "initContainers", "initContainerStatuses")
    regular = _containers(seen, "containers", "containerStatuses")
    ephemeral = _containers(seen, "ephemeralContainers", "ephemeralContainerStatuses")
    _apply_probes(seen, init, regular)
    by_name = {status["name"]: status for status in [*init, *regular]}
    created = was_initialised(seen.pod, seen.record)
    status: Data = {"phase": phase(spec, by_name, seen.ends, created)}
    if is_terminal(old.get("phase")):
        status["phase"] = old["phase"]
    if status["phase"] == old.get("phase"):
        status |= {key: old[key] for key in ("reason", "message") if old.get(key)}
    if seen.deadline_passed and not is_terminal(old.get("phase")):
        status |= {"phase": "Failed", "reason": DEADLINE.reason, "message": DEADLINE.message}
    generation = (seen.pod.metadata.generation if seen.pod.metadata else None) or 0
    sandbox = seen.record.sandbox
    status["conditions"] = pod_conditions.conditions(
        spec,
        by_name,
        status["phase"],
        sandbox is not None and sandbox.ready,
        created,
        seen.foreign,
        old.get("conditions", ()),
        generation,
        seen.now,
        seen.sizes,
    )
    status |= {"observedGeneration": generation, "startTime": old.get("startTime") or times.time(seen.now)}
    status |= {"hostIP": seen.host_ip, "hostIPs": [{"ip": seen.host_ip}]}
    ip = _pod_ip(seen)
    if ip:
        status |= {"podIP": ip, "podIPs": [{"ip": ip}]}
    status["qosClass"] = old.get("qosClass", "BestEffort")
    if init:
        status["initContainerStatuses"] = init
    status["containerStatuses"] = regular
    if ephemeral:
        status["ephemeralContainerStatuses"] = ephemeral
    return status


def merge(written: Data, new: Data, may_run: bool, now: float) -> Data:
    """What to write over `written`, the status in the cluster.

    A pod whose containers may still run is not called ended; one that ends is not called ready.
    """
    foreign = pod_conditions.foreign(written)
    own = [one for one in new.get("conditions", ()) if one["type"] in pod_conditions.OWNED]
    merged = new | ({"conditions": foreign + own} if foreign or own else {})
    if is_terminal(new["phase"]):
        if own:
            merged["conditions"] = pod_conditions.unready(merged["conditions"], new["phase"], now)
        if may_run and not is_terminal(written.get("phase")):
            for key in ("phase", "reason", "message"):
                merged.pop(key, None)
                if written.get(key):
                    merged[key] = written[key]
    for key in ("resourceClaimStatuses", "nominatedNodeName", "qosClass"):
        if written.get(key):
            merged[key] = written[key]
    return merged


def rejected(reason: str, message: str, generation: int, now: float) -> Data:
    """The status of a pod that the kubelet does not take: it says little, and has no conditions."""
    return {
        "observedGeneration": generation,
        "phase": "Failed",
        "reason": reason,
        "message": f"Pod was rejected: {message}",
        "startTime": times.time(now),
    }


def _containers(seen: Observation, part: str, key: str) -> list[Data]:
    containers = getattr(pods.spec(seen.pod), part) or ()
    return container_status.statuses(
        seen.pod,
        containers,
        part == "initContainers",
        seen.record,
        seen.old.get(key, ()),
        seen.reasons,
        seen.ends,
        seen.sizes,
    )


def _apply_probes(seen: Observation, init: list[Data], regular: list[Data]) -> None:
    sidecars = {one.name for one in pods.sidecars(pods.spec(seen.pod))}
    for status in [*init, *regular]:
        running = "running" in status["state"]
        status["started"] = started = seen.probed.started(status["name"], running)
        if status in regular or status["name"] in sidecars:
            status["ready"] = running and started and seen.probed.ready(status["name"])
        else:
            ended = status["state"].get("terminated")
            status["ready"] = bool(ended) and ended["exitCode"] == 0


def _pod_ip(seen: Observation) -> str:
    if pods.spec(seen.pod).hostNetwork:
        return seen.host_ip
    if seen.record.sandbox and seen.record.sandbox.ip:
        return seen.record.sandbox.ip
    return str(seen.old.get("podIP", ""))
