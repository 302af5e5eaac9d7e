"""Pods that get more or less of their node while they run (Kubernetes: kubelet/allocation, in-place resize).

What a pod asks for is first given to it, or not, and then done to its containers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from lightkube.models.core_v1 import Container, Pod, PodSpec, ResourceRequirements

from k9lite.api import pods
from k9lite.api.object import Data, Object
from k9lite.engine.node.pods.admission import Rejection
from k9lite.engine.node.pods.allocations import Allocations

Resources = Mapping[str, ResourceRequirements | None]  # by the names of containers


@dataclass
class Sizes:
    """A pod that was resized once.

    given, generation: what it has of its node, and the generation of the spec that asked for it
    actual: what its containers run with
    pending: why it has not what it asks for
    underway: whether what is given has not been seen to be done
    """

    given: Resources
    actual: Resources
    generation: int
    pending: Rejection | None = None
    underway: bool = False

    def told_of(self, container: Container) -> Data:
        """The part of a ContainerStatus that is about resources."""
        given, actual = self.given.get(container.name), self.actual.get(container.name)
        return {"resources": _amounts(actual)} | (
            {"allocatedResources": given.requests} if given and given.requests else {}
        )


class Change(msgspec.Struct, frozen=True):
    """What came of a resize: an event."""

    type: str
    reason: str
    message: str


def asked(spec: PodSpec) -> Resources:
    return {one.name: one.resources for one in [*(spec.initContainers or ()), *spec.containers]}


def begun(old: Object[Pod] | None, pod: Object[Pod]) -> Sizes | None:
    """The sizes of a pod that was never resized before `pod`."""
    if old is None or old.meta.generation == pod.meta.generation:
        return None
    before = asked(pods.spec(old.view))
    return Sizes(before, before, old.meta.generation or 0) if before != asked(pods.spec(pod.view)) else None


def decide(sizes: Sizes, pod: Object[Pod], allocations: Allocations) -> Change | None:
    """Give the pod what it asks for, if the node has it; what is to be told of that."""
    spec, generation = pods.spec(pod.view), pod.meta.generation or 0
    wanted = asked(spec)
    if wanted == sizes.given:
        sizes.pending = None
        return None
    pending = allocations.resize(pod.uid, pod.view)
    if pending is not None:
        if pending == sizes.pending:
            return None
        sizes.pending = pending
        told = message(f"Pod resize {pending.reason}", spec, wanted, generation, pending.message)
        return Change("Warning", f"Resize{pending.reason}", told)
    allocations.take(pod.uid, pod.view)
    sizes.given, sizes.generation, sizes.pending, sizes.underway = wanted, generation, None, True
    return Change("Normal", "ResizeStarted", message("Pod resize started", spec, wanted, generation))


def finish(sizes: Sizes, spec: PodSpec) -> Change | None:
    """What is to be told when every container has what the pod was given."""
    if not sizes.underway or sizes.actual != sizes.given:
        return None
    sizes.underway = False
    told = message("Pod resize completed", spec, sizes.given, sizes.generation)
    return Change("Normal", "ResizeCompleted", told)


def needs_restart(container: Container, sizes: Sizes) -> bool:
    """Whether the policies of what changed ask for it."""
    old, new = (_amounts(where.get(container.name)) for where in (sizes.actual, sizes.given))
    changed = {
        name
        for part in ("limits", "requests")
        for name in {**old.get(part, {}), **new.get(part, {})}
        if old.get(part, {}).get(name) != new.get(part, {}).get(name)
    }
    policies = {one.resourceName: one.restartPolicy for one in container.resizePolicy or ()}
    return any(policies.get(name) == "RestartContainer" for name in changed)


def message(prefix: str, spec: PodSpec, resources: Resources, generation: int, error: str = "") -> str:
    def summary(containers: list[Container] | None) -> list[Data]:
        return [{"name": one.name, "resources": _amounts(resources.get(one.name))} for one in containers or ()]

    told: Data = {"initContainers": summary(spec.initContainers)} if spec.initContainers else {}
    told |= {"containers": summary(spec.containers), "generation": generation} | ({"error": error} if error else {})
    return f"{prefix}: {msgspec.json.encode(told).decode()}"


def _amounts(resources: ResourceRequirements | None) -> Data:
    """As JSON data, in the order of the API."""
    parts = {part: getattr(resources, part, None) for part in ("limits", "requests")}
    return {part: dict(sorted(amounts.items())) for part, amounts in parts.items() if amounts}
