"""Faults that befall a node and its pods, for as long as their `Fault` objects exist."""

from collections.abc import Callable, Iterator

from k9lite.api import kinds
from k9lite.api.k9lite_v1 import Fault, FaultSpec
from k9lite.api.object import Object
from k9lite.client.informer import Informers
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.runtimes.protocol import ContainerRecord

CRASH_SECONDS = 1.0  # a container that is to crash runs for that long


class Faults:
    """What is broken now. `changed` is called with every fault that comes or goes."""

    def __init__(self, informers: Informers, node: str, changed: Callable[[FaultSpec], None]) -> None:
        self._node, self._changed = node, changed
        self._specs: dict[str, FaultSpec] = {}
        self._informers = informers

    def follow(self) -> None:
        """Begin with the faults that are there."""
        self._informers.of(kinds.FAULT).add_handler(self._take)

    def node_is_down(self) -> bool:
        return any(spec.target and spec.target.name == self._node for spec in self._of_type("NodeDown"))

    def crash_code(self, state: PodState, container: str) -> int | None:
        """The code with which a container is to fail; None if it is not."""
        spec = self._on(state, container, "Crash")
        return None if spec is None else 1 if spec.exitCode is None else spec.exitCode

    def hangs(self, state: PodState, container: str) -> bool:
        return self._on(state, container, "Hang") is not None

    def unready(self, state: PodState, container: str) -> bool:
        return self._on(state, container, "NotReady") is not None

    def blocks(self, image: str) -> bool:
        """Whether an image is not to be pulled; a fault without a name is about all of them."""
        return any(not spec.image or spec.image == image for spec in self._of_type("PullFailure"))

    def _of_type(self, type: str) -> Iterator[FaultSpec]:
        return (spec for spec in self._specs.values() if spec.type == type)

    def _on(self, state: PodState, container: str, type: str) -> FaultSpec | None:
        if not self._specs:
            return None
        return next((spec for spec in self._of_type(type) if befalls(spec, state, container)), None)

    def _take(self, old: Object[Fault] | None, new: Object[Fault] | None) -> None:
        before = self._specs.pop(old.name, None) if old is not None else None
        spec = new.view.spec if new is not None else None
        if new is not None and spec is not None:
            self._specs[new.name] = spec
        for one in (before, spec):
            if one is not None:
                self._changed(one)


def befalls(spec: FaultSpec, state: PodState, container: str = "") -> bool:
    """Whether a fault is about that pod, or that container of it."""
    target = spec.target
    if target is None or target.kind != "Pod":
        return False
    same = target.name == state.pod.name and (target.namespace or "default") == state.pod.namespace
    return same and (not container or not target.container or target.container == container)


def inflict(faults: Faults, state: PodState, record: ContainerRecord) -> None:
    """Let a container that has just started, or whose faults changed, have them."""
    runtime = state.node.runtime
    runtime.hang(record.id, faults.hangs(state, record.name))

    def crash() -> None:
        """By now the container may be gone, or the fault."""
        code = faults.crash_code(state, record.name)
        if code is not None and any(one.id == record.id for one in runtime.pod(state.uid).running):
            runtime.crash(record.id, code)

    if faults.crash_code(state, record.name) is not None:
        state.node.clock.call_later(CRASH_SECONDS, crash)
