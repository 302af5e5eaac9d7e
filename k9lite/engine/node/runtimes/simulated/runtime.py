"""The simulated runtime: containers that live in this process, with real addresses, logs and answers."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from k9lite.aio.clock import Clock
from k9lite.aio.network import Network
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import images
from k9lite.client import streams
from k9lite.client.streams import Usage
from k9lite.engine.node.runtimes.protocol import (
    NOTHING,
    ContainerConfig,
    ImageRecord,
    PodRecord,
    RuntimeFailure,
    SandboxConfig,
    SandboxRecord,
)
from k9lite.engine.node.runtimes.simulated.addresses import AddressPool
from k9lite.engine.node.runtimes.simulated.catalogue import MEGABYTE, UNKNOWN_SIZE, Catalogue, record
from k9lite.engine.node.runtimes.simulated.container import SimulatedContainer
from k9lite.engine.node.runtimes.simulated.images import simulated_image
from k9lite.engine.node.runtimes.simulated.log_files import LogFiles
from k9lite.engine.node.runtimes.simulated.logs import LogBuffer
from k9lite.engine.node.runtimes.simulated.machine import Resolve
from k9lite.engine.node.runtimes.simulated.processor import Processor

SANDBOX_SECONDS, REMOVE_SECONDS = 0.08, 0.05  # what containerd takes
PULL_LATENCY, PULL_SPEED = 0.6, 60 * MEGABYTE  # seconds before the first byte; bytes per second
KEPT_ATTEMPTS = 2  # of each container; older ones are removed


class SimulatedRuntime:
    """Implements `runtimes.protocol.Runtime` for one node.

    cidr: the range of its pods' addresses; processor: shared by all nodes that live in this process
    """

    def __init__(
        self,
        node: str,
        cidr: str,
        catalogue: Catalogue,
        clock: Clock,
        randomness: Randomness,
        network: Network,
        resolve: Resolve,
        tasks: TaskSet,
        processor: Processor | None = None,
        log_files: LogFiles | None = None,
    ) -> None:
        self.died: Callable[[str], None] = lambda uid: None
        self.catalogue = catalogue
        self._node, self._clock, self._randomness = node, clock, randomness
        self._network, self._resolve, self._tasks = network, resolve, tasks
        self._processor = processor or Processor()
        self._log_files = log_files  # of containers that ran before the node was switched off
        self._addresses = AddressPool(cidr)
        self._images: dict[str, ImageRecord] = {}
        self._sandboxes: dict[str, tuple[SandboxConfig, SandboxRecord]] = {}
        self._pods: dict[str, list[SimulatedContainer]] = {}  # newest first
        self._remembered: dict[str, PodRecord] = {}  # what pods had before the node was switched off
        self._kept: dict[str, str] = {}  # their addresses, until they are used again
        self._containers: dict[str, SimulatedContainer] = {}

    # -- images -------------------------------------------------------------------------------------------------------

    def image(self, name: str) -> ImageRecord | None:
        full = str(images.parse(name))
        return self._images.get(full) or self.catalogue.on_disk(full)

    def image_files(self, name: str) -> Mapping[str, bytes]:
        return simulated_image(name).files

    def images(self) -> list[ImageRecord]:
        return [*self._images.values(), *self.catalogue.everywhere()]

    def load(self, name: str, size: int | None) -> None:
        loaded = record(str(images.parse(name)), UNKNOWN_SIZE)
        self._images[loaded.name] = loaded if size is None else loaded._replace(size=size)

    def unload(self, name: str) -> None:
        self._images.pop(str(images.parse(name)), None)

    async def pull(self, name: str) -> ImageRecord:
        full = str(images.parse(name))
        await self._clock.delay(PULL_LATENCY)
        found = self.catalogue.fetch(full)
        if full not in self._images:
            await self._clock.delay(found.size / PULL_SPEED)
        self._images[full] = found
        return found

    # -- sandboxes ----------------------------------------------------------------------------------------------------

    def restore(self, uid: str, record: PodRecord) -> None:
        self._remembered[uid] = record
        if record.sandbox is not None and self._addresses.reserve(record.sandbox.ip):
            self._kept[uid] = record.sandbox.ip

    async def run_sandbox(self, config: SandboxConfig) -> SandboxRecord:
        await self._clock.delay(SANDBOX_SECONDS)
        address = config.ip or self._kept.pop(config.uid, "") or self._addresses.take()
        if address is None:
            raise RuntimeFailure("failed to allocate for range 0: no IP addresses available in range set")
        id = self._new_id("sandbox", config.uid, len(self._pods.get(config.uid, ())))
        record = SandboxRecord(id, address, True, self._clock.now())
        self._sandboxes[config.uid] = config, record
        self._pods.setdefault(config.uid, [])
        return record

    async def stop_sandbox(self, uid: str) -> None:
        if uid in self._kept:
            self._addresses.release(self._kept.pop(uid))
        if uid not in self._sandboxes or not self._sandboxes[uid][1].ready:
            return
        for container in self._pods[uid]:
            await container.kill()
        await self._clock.delay(REMOVE_SECONDS)
        config, record = self._sandboxes[uid]
        if not config.ip and record.ready:
            self._addresses.release(record.ip)
        self._sandboxes[uid] = config, replace(record, ready=False)

    def remove(self, uid: str) -> None:
        self._sandboxes.pop(uid, None)
        remembered = self._remembered.pop(uid, NOTHING)
        if self._log_files is not None:
            self._log_files.delete(record.id for record in remembered.containers)
        for container in self._pods.pop(uid, ()):
            self._containers.pop(container.record.id, None)

    def pod(self, uid: str) -> PodRecord:
        found, remembered = self._sandboxes.get(uid), self._remembered.get(uid, NOTHING)
        if found is None:
            return remembered
        return PodRecord(found[1], (*(container.record for container in self._pods[uid]), *remembered.containers))

    # -- containers ---------------------------------------------------------------------------------------------------

    async def create(self, uid: str, config: ContainerConfig) -> str:
        sandbox = self._sandboxes.get(uid)
        if sandbox is None or not sandbox[1].ready:
            raise RuntimeFailure(f'failed to find sandbox of pod "{uid}"')
        image = self.image(config.image)
        if image is None:
            raise RuntimeFailure(f'image "{config.image}" not found')
        id = self._new_id("container", f"{uid}/{config.name}", config.attempt)
        container = SimulatedContainer(
            id,
            config,
            sandbox[0],
            sandbox[1].ip,
            image,
            self._clock,
            self._randomness,
            self._network,
            self._resolve,
            self._tasks,
            lambda: self.died(uid),
            self._processor,
        )
        self._trim(uid, config.name)
        self._pods[uid].insert(0, container)
        self._containers[id] = container
        return id

    async def start(self, id: str) -> None:
        await self._container(id).start()

    async def stop(self, id: str, grace: float) -> None:
        await self._container(id).stop(grace)

    def resize(self, id: str, memory: int, cpu: float, cpu_request: float) -> None:
        self._container(id).resize(memory, cpu, cpu_request)

    def crash(self, id: str, exit_code: int) -> None:
        self._container(id).crash(exit_code)

    def hang(self, id: str, hanging: bool) -> None:
        self._container(id).hang(hanging)

    async def exec(self, id: str, command: list[str], *, tty: bool = False) -> streams.Process:
        return self._container(id).exec(command, tty)

    async def attach(self, id: str) -> streams.Process:
        return self._container(id).attach()

    def logs(self, id: str) -> LogBuffer:
        if id not in self._containers and self._log_files is not None:
            lines = self._log_files.read(id)
            if lines is not None:
                return LogBuffer.ended(self._clock, lines)
        return self._container(id).logs

    def save_logs(self) -> None:
        """Write the logs of all containers to the node's disk, where it has one. OSError."""
        if self._log_files is not None:
            self._log_files.write({id: container.logs.lines for id, container in self._containers.items()})

    def usage(self, id: str) -> Usage:
        return self._container(id).usage()

    def _container(self, id: str) -> SimulatedContainer:
        if id not in self._containers:
            raise RuntimeFailure(f'container "{id}" not found')
        return self._containers[id]

    def _trim(self, uid: str, name: str) -> None:
        attempts = [one for one in self._pods[uid] if one.record.name == name]
        for old in attempts[KEPT_ATTEMPTS - 1 :]:
            self._pods[uid].remove(old)
            del self._containers[old.record.id]

    def _new_id(self, purpose: str, key: str, counter: int) -> str:
        """64 hexadecimal digits, as containerd has them."""
        halves = (self._randomness.uuid(f"{purpose} {part}", key, counter).replace("-", "") for part in range(2))
        return "".join(halves)
