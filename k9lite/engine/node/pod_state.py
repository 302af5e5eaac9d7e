"""What a kubelet knows about one of its pods, shared by all that act on it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lightkube.models.core_v1 import Container, EphemeralContainer, Pod

from k9lite.api import pods
from k9lite.api.cause import Cause
from k9lite.api.object import Data, Object
from k9lite.engine.node.node_context import NodeContext
from k9lite.engine.node.pods.container_status import Reason
from k9lite.engine.node.pods.resizing import Change, Sizes
from k9lite.engine.node.runtimes.protocol import NOTHING, PodRecord
from k9lite.engine.node.runtimes.volume_files import VolumeFiles


@dataclass(eq=False)
class PodState:
    """One pod on its node.

    pod, cause: its newest object, and what made the kubelet act on it
    seen: what ran when the runtime was last listed, or a container last started
    status: what its status should say; None before the first look
    reasons: container -> why it could not be started
    mounts: volume -> its files, by path; shared by the containers that mount it
    outdated: whether what they show may have changed since
    etc: files of /etc that the kubelet wrote for the pod, by path
    sizes: what it has of its node, once that has changed
    tokens: token and when it is to be renewed, of every volume that has one
    may_run, finished: whether containers may still run; whether nothing of it is left on the node
    wake: have the kubelet look again; sandbox_started: tell at once that containers may start
    report: tell at once what probes have found
    """

    node: NodeContext
    pod: Object[Pod]
    cause: Cause
    wake: Callable[[], None]
    sandbox_started: Callable[[], None]
    report: Callable[[], Data]
    seen: PodRecord = NOTHING
    status: Data | None = None
    reasons: dict[str, Reason] = field(default_factory=dict)
    mounts: dict[str, VolumeFiles] = field(default_factory=dict)
    outdated: bool = False
    etc: dict[str, VolumeFiles] = field(default_factory=dict)
    tokens: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    sizes: Sizes | None = None
    may_run: bool = True
    finished: bool = False

    @property
    def uid(self) -> str:
        return self.pod.uid

    @property
    def view(self) -> Pod:
        return self.pod.view

    @property
    def address(self) -> str:
        """The pod's address; the node's own for a pod on the host's network."""
        if pods.spec(self.view).hostNetwork:
            return self.node.address
        return self.seen.sandbox.ip if self.seen.sandbox else ""

    def tell(self, type: str, reason: str, message: str, container: str = "") -> None:
        """Record an event about the pod, or about one of its containers."""
        self.node.recorder.record(self.pod, type, reason, message, self.cause, field=self.field(container))

    def tell_change(self, change: Change | None) -> None:
        if change is not None:
            self.tell(change.type, change.reason, change.message)

    def field(self, container: str) -> str:
        """The path of a container, as events name it."""
        if not container:
            return ""
        spec = pods.spec(self.view)
        part = "containers"
        if all(one.name != container for one in spec.containers):
            init = any(one.name == container for one in spec.initContainers or ())
            part = "initContainers" if init else "ephemeralContainers"
        return f"spec.{part}{{{container}}}"

    def container(self, name: str) -> Container | EphemeralContainer | None:
        spec = pods.spec(self.view)
        every = [*spec.containers, *(spec.initContainers or ()), *(spec.ephemeralContainers or ())]
        return next((one for one in every if one.name == name), None)
