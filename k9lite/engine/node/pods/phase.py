"""The phase of a pod, from the statuses of its containers (Kubernetes: kubelet_pods.go, getPhase); pure."""

from collections.abc import Mapping

from lightkube.models.core_v1 import Container, PodSpec

from k9lite.api import pods
from k9lite.api.object import Data
from k9lite.engine.node.pods import restarts

Statuses = Mapping[str, Data]  # container name -> ContainerStatus


def is_terminal(phase: str | None) -> bool:
    return phase in ("Succeeded", "Failed")


def phase(spec: PodSpec, statuses: Statuses, ends: bool, initialised: bool) -> str:
    """`ends`: the pod is being terminated, nothing will be restarted.

    `initialised`: a regular container was created once, so that init containers no longer hold the pod back.
    """
    init = [_init_state(spec, one, statuses) for one in spec.initContainers or () if not pods.is_sidecar(one)]
    sidecars = [_sidecar_state(one, statuses) for one in spec.initContainers or () if pods.is_sidecar(one)]
    regular = [_regular_state(one, statuses) for one in spec.containers]
    if "lost" in init:
        return "Failed"
    held_back = "failed" in init or not {"waiting", "starting", "unknown"}.isdisjoint(sidecars)
    if "pending" in init or (not initialised and held_back):
        return "Pending"
    together = {*regular, *sidecars}
    if "waiting" in together or "unknown" in together:
        return "Pending"
    if "running" in together or "starting" in together:
        return "Running"
    if not ends and any(_comes_back(spec, one, statuses) for one in spec.containers):
        return "Running"
    return "Failed" if "stopped" in regular else "Succeeded"


def _comes_back(spec: PodSpec, container: Container, statuses: Statuses) -> bool:
    """Whether a stopped container will be started again."""
    status = statuses.get(container.name, {})
    ended = status.get("state", {}).get("terminated") or status.get("lastState", {}).get("terminated")
    return bool(ended) and restarts.follows(spec, container, ended["exitCode"])


def _init_state(spec: PodSpec, container: Container, statuses: Statuses) -> str:
    status = statuses.get(container.name, {})
    state = status.get("state", {})
    ended = state.get("terminated") or ("waiting" in state and status.get("lastState", {}).get("terminated"))
    if not ended:
        return "pending"
    if ended["exitCode"] == 0:
        return "done"
    return "failed" if restarts.follows(spec, container, ended["exitCode"]) else "lost"


def _sidecar_state(container: Container, statuses: Statuses) -> str:
    status = statuses.get(container.name, {})
    state = status.get("state", {})
    if "running" in state:
        return "running" if status.get("started") else "starting"
    if "terminated" in state:
        return "stopped"
    if "waiting" in state:
        return "restarting" if status.get("lastState", {}).get("terminated") else "waiting"
    return "unknown"


def _regular_state(container: Container, statuses: Statuses) -> str:
    status = statuses.get(container.name, {})
    state = status.get("state", {})
    if "running" in state:
        return "running"
    if ended := state.get("terminated"):
        return "stopped" if ended["exitCode"] else "succeeded"
    if "waiting" in state:
        return "stopped" if status.get("lastState", {}).get("terminated") else "waiting"
    return "unknown"
