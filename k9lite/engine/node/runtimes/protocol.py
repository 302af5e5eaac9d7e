"""What a kubelet asks of a container runtime: images, sandboxes, containers, logs (Kubernetes' CRI in small)."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Protocol

import msgspec

from k9lite.client.streams import LogLine, Process, Usage
from k9lite.engine.node.runtimes.volume_files import MountedFiles


class RuntimeFailure(Exception):
    """A request to the runtime failed; the text is what the runtime says."""


class PullError(RuntimeFailure):
    """An image could not be pulled."""


class StartError(RuntimeFailure):
    """A container was created but its process could not be started; it counts as exited with code 128."""


class CommandNotFound(RuntimeFailure):
    """A command to exec cannot be started: it is not there, or there are too many processes."""


class ImageRecord(NamedTuple):
    """An image as a node holds it; `size` in bytes, `digest` its identity."""

    name: str
    digest: str
    size: int


class SandboxRecord(msgspec.Struct, frozen=True, gc=False):
    """A pod's network namespace; it keeps its address when its containers restart."""

    id: str
    ip: str
    ready: bool
    created: float


class ContainerRecord(msgspec.Struct, frozen=True, gc=False):
    """One attempt at running a container, as it is at one moment. Times are seconds since the epoch, 0 for never."""

    id: str
    name: str
    image: str
    image_id: str
    attempt: int
    identity: str  # changes when the container must be replaced
    state: Literal["created", "running", "exited"]
    created: float
    started: float = 0.0
    finished: float = 0.0
    exit_code: int = 0
    reason: str = ""
    message: str = ""


class PodRecord(msgspec.Struct, frozen=True, gc=False):
    """What runs, or ran, for one pod; containers newest first."""

    sandbox: SandboxRecord | None = None
    containers: tuple[ContainerRecord, ...] = ()

    def latest(self, name: str) -> ContainerRecord | None:
        return next((one for one in self.containers if one.name == name), None)

    def of_sandbox(self, name: str) -> ContainerRecord | None:
        """The latest attempt, if it was made in the present sandbox."""
        latest = self.latest(name)
        return latest if latest is not None and self.is_of_sandbox(latest) else None

    def latest_exited(self, name: str) -> ContainerRecord | None:
        return next((one for one in self.containers if one.name == name and one.state == "exited"), None)

    def is_of_sandbox(self, container: ContainerRecord) -> bool:
        """Whether a container was made in the present sandbox, not in one before."""
        return self.sandbox is not None and container.created >= self.sandbox.created

    @property
    def running(self) -> tuple[ContainerRecord, ...]:
        return tuple(one for one in self.containers if one.state == "running")


NOTHING = PodRecord()


class SandboxConfig(msgspec.Struct, frozen=True, gc=False):
    """What a sandbox is made from; `ip` empty means that the runtime assigns an address of the node's range."""

    uid: str
    namespace: str
    name: str
    hostname: str
    node: str
    ip: str = ""
    annotations: Mapping[str, str] = msgspec.field(default_factory=dict)
    sysctls: Mapping[str, str] = msgspec.field(default_factory=dict)


class ContainerConfig(msgspec.Struct, frozen=True):
    """What a container is made from. `mounts` maps paths to the files of a volume, shared by the pod's containers.

    ports, udp_ports: what the container declares; probed_ports: where its probes expect an answer
    runs_to_completion: the pod expects it to end by itself
    """

    name: str
    image: str
    identity: str
    attempt: int
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: Mapping[str, str] = msgspec.field(default_factory=dict)
    working_folder: str = ""
    ports: tuple[int, ...] = ()
    mounts: Mapping[str, MountedFiles] = msgspec.field(default_factory=dict)
    stop_signal: str = ""
    stdin: bool = False
    tty: bool = False
    termination_log: str = "/dev/termination-log"
    user: int = 0
    group: int = 0
    read_only: bool = False  # its own file system
    memory: int = 0  # its limit in bytes, 0 for none
    cpu: float = 0.0  # its limit in cores, 0 for none
    cpu_request: float = 0.0
    logs_as_message: bool = False  # the last lines of the log explain a failure where the container wrote no message
    udp_ports: tuple[int, ...] = ()
    probed_ports: tuple[int, ...] = ()
    runs_to_completion: bool = False


class Runtime(Protocol):
    """One node's runtime. Every refusal is a `RuntimeFailure`.

    `died` is called with a pod's uid whenever one of its containers has ended.
    """

    died: Callable[[str], None]

    def image(self, name: str) -> ImageRecord | None:
        """The image of that name, if the node has it."""

    def image_files(self, name: str) -> Mapping[str, bytes]:
        """What is in an image, by absolute path."""

    async def pull(self, name: str) -> ImageRecord:
        """Fetch an image. PullError."""

    def images(self) -> list[ImageRecord]:
        """Every image on the node."""

    def load(self, name: str, size: int | None) -> None:
        """Put an image on the node without pulling it, as `kind load` does; `size` in bytes."""

    def unload(self, name: str) -> None:
        """Take an image away that was loaded or pulled."""

    def restore(self, uid: str, record: PodRecord) -> None:
        """Remember what a pod had before the node was switched off; its address stays its own."""

    async def run_sandbox(self, config: SandboxConfig) -> SandboxRecord:
        """Give a pod its address."""

    async def stop_sandbox(self, uid: str) -> None:
        """Kill what still runs and give the address back; the record stays."""

    def remove(self, uid: str) -> None:
        """Forget a pod whose sandbox is stopped."""

    def pod(self, uid: str) -> PodRecord:
        """What runs for a pod right now."""

    async def create(self, uid: str, config: ContainerConfig) -> str:
        """Make a container in the pod's sandbox; returns its id."""

    async def start(self, id: str) -> None:
        """Start its process. StartError."""

    async def stop(self, id: str, grace: float) -> None:
        """Ask the process to end, kill it after `grace` seconds; returns when it is gone."""

    def resize(self, id: str, memory: int, cpu: float, cpu_request: float) -> None:
        """Give a running container other limits: bytes, cores, and the cores it is promised."""

    def crash(self, id: str, exit_code: int) -> None:
        """End the process at once, as if it had failed by itself."""

    def hang(self, id: str, hanging: bool) -> None:
        """Let a container neither answer nor react to signals but KILL."""

    async def exec(self, id: str, command: list[str], *, tty: bool = False) -> Process:
        """Run a command in a running container. CommandNotFound."""

    async def attach(self, id: str) -> Process:
        """Join a running container's own process."""

    def logs(self, id: str) -> "Logs":
        """What a container wrote."""

    def usage(self, id: str) -> Usage:
        """What a container uses now."""


class Logs(Protocol):
    """A container's output, while it runs and after."""

    @property
    def lines(self) -> list[LogLine]:
        """Every line so far."""

    @property
    def dropped(self) -> int:
        """How many lines at the beginning are no longer kept."""

    async def more(self, seen: int) -> bool:
        """Wait until there are more lines than `seen` (dropped ones counted); False when there will be none."""
