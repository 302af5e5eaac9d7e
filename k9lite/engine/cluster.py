"""The one place that wires the parts of a cluster together, and starts and stops them."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from itertools import islice
from pathlib import Path
from typing import Literal

from k9lite.aio.clock import INSTANT, Clock, LiveClock, ManualClock
from k9lite.aio.loopback import LoopbackNetwork, socket_budget
from k9lite.aio.network import LOCALHOST, Network
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds, system_objects
from k9lite.api.cause import Cause
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver import bootstrap
from k9lite.engine.apiserver.admission.webhooks.calls import HttpsCaller
from k9lite.engine.apiserver.context import Ranges
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.apiserver.server import ApiServer
from k9lite.engine.apiserver.serving import MakeServer, Server, Serving
from k9lite.engine.controllers import clock as clock_object
from k9lite.engine.controllers import restoring
from k9lite.engine.controllers.manager import controllers
from k9lite.engine.controllers.restoring import SystemObjectsController
from k9lite.engine.home import CLUSTERS, Home, Wanted
from k9lite.engine.network import ranges
from k9lite.engine.network.names import Names
from k9lite.engine.network.service_proxy import ServiceProxy
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue
from k9lite.engine.node.runtimes.simulated.log_files import LogFiles
from k9lite.engine.node.runtimes.simulated.processor import Processor
from k9lite.engine.node.runtimes.simulated.runtime import SimulatedRuntime
from k9lite.engine.node.streams import NodeStreams
from k9lite.engine.scheduler.scheduler import Scheduler

log = logging.getLogger(__name__)

LOGS = "logs"  # in the folder of a kept cluster: of its containers, by node
CAUSE = Cause("k9lite", "start")


@dataclass(frozen=True)
class ClusterOptions:
    """What a cluster is to be like.

    name: of the cluster; its nodes are named after it
    kept: on disk, so that it goes on where it was when it is started again
    workers: nodes besides the control plane; None: as many as a kept cluster has, else 2
    seed: decides every random name and choice; empty takes a new one
    images: `catalogue`, well-known public images can be pulled; `any`, every well-formed name
    bare: without the bundled images
    state_folder: for credentials, kubeconfig and what is kept
    speed: of the clock, 0.1 to 100, or INSTANT
    real_network: sockets on loopback addresses; else everything stays in memory
    server: makes what other processes reach the API by, on `api_port` where that is given; none without
    on_crash: told when a part fails in a way it should not; the cluster goes on without that part
    """

    name: str = "k9lite"
    kept: bool = False
    workers: int | None = None
    seed: str = ""
    images: Literal["catalogue", "any"] = "catalogue"
    bare: bool = False
    state_folder: Path = field(default_factory=Path.cwd)
    speed: float = 1.0
    real_network: bool = True
    pods_per_node: int = 110
    server: MakeServer | None = None
    api_port: int | None = None
    on_crash: Callable[[str, BaseException], None] | None = None


class Cluster:
    """An embedded cluster; `start` it in a running event loop.

    `clock` and `network`: in place of those that the options ask for, in tests.
    """

    def __init__(
        self, options: ClusterOptions, *, clock: ManualClock | None = None, network: Network | None = None
    ) -> None:
        self.options = options
        self.serving: Serving | None = None
        self.first_revision = 0  # what a kept cluster held when it was started is not newer
        self._server: Server | None = None
        self._clock: LiveClock | ManualClock | None = clock
        self._network = network
        self._tasks = TaskSet(self._crashed)
        self._controllers: list[Controller] = []
        self._kubelets: dict[str, Kubelet] = {}
        self._runtimes: list[SimulatedRuntime] = []

    async def start(self) -> None:
        """Bring it up: on return the nodes are registered and every part follows the store.

        OSError when its addresses, its port or its folder cannot be had.
        """
        options = self.options
        wanted = Wanted(options.seed, options.workers, options.pods_per_node, options.api_port)
        self._home = Home(options.state_folder / CLUSTERS, options.name, wanted, kept=options.kept)
        known = self._home.identity
        self._ranges = self._lease(known.addresses)
        self._turned = self._clock or LiveClock(time.time(), options.speed)
        self._network = self._network or LoopbackNetwork(socket_budget() if options.real_network else 0)
        randomness = Randomness(known.seed)
        services = Ranges(services=self._ranges.services)
        server = ApiServer(self._turned, randomness, ranges=services, journal=self._home.journal)
        self.first_revision = server.revision
        bootstrap.bootstrap(server)
        bootstrap.register(server)
        streams = NodeStreams(self._kubelets)
        webhooks = HttpsCaller(self._network)
        self._client = LocalClient(server, streams, webhooks=webhooks)
        self._users = LocalClient(server, streams, durable=options.kept, webhooks=webhooks)
        if options.server is not None:
            self._server = options.server(self._users, self._turned, self._home.folder, self._home.folder.name)
        informers = Informers(self._client, self._turned, self._tasks)
        await self._start_clock(informers)
        await self._start_loops(informers, randomness)
        await self._start_nodes(informers, randomness)
        if self._server is not None:
            self.serving = await self._server.start(known.api_port)
            self._publish(server, informers, self.serving.port)
        self._home.remember(self._ranges.number, self.serving.port if self.serving else None)

    def _publish(self, server: ApiServer, informers: Informers, port: int) -> None:
        """Say behind the API server's own service that it answers at `port` of the control plane, from now on."""
        address = self._nodes()[0].address
        if isinstance(self._network, LoopbackNetwork):
            self._network.lead_out((address, port), (LOCALHOST, port))
        bootstrap.publish(server, address, port)
        objects = system_objects.endpoints(address, port)
        controller = SystemObjectsController(
            self._client, informers, self._turned, restoring.OF_SERVICES, objects, enforced=True
        )
        self._controllers.append(controller)
        controller.start(self._tasks)

    async def close(self) -> None:
        """Stop every part; no task, timer, socket or lock is left."""
        if self._server is not None:
            await self._server.close()
        for controller in self._controllers:
            controller.stop()
        for kubelet in self._kubelets.values():
            kubelet.close()
        self._save_logs()
        await self._tasks.close()
        await self._proxy.close()
        await self.network.close()
        if isinstance(self._turned, LiveClock):
            self._turned.close()
        self._ranges.release()
        self._home.close()

    def _save_logs(self) -> None:
        """What containers wrote is worth no failure: the cluster closes without it."""
        for runtime in self._runtimes:
            try:
                runtime.save_logs()
            except OSError as error:
                log.warning("logs of containers are not kept: %s", error)

    @property
    def client(self) -> LocalClient:
        """For users: what it has answered survives, where the cluster is kept."""
        return self._users

    @property
    def clock(self) -> Clock:
        return self._turned

    @property
    def network(self) -> Network:
        assert self._network is not None, "the cluster has not been started"
        return self._network

    @property
    def idle(self) -> bool:
        """Whether the queues hold nothing but timers, and everything that happened has been reported."""
        parts: list[Controller | Kubelet] = [*self._controllers, *self._kubelets.values()]
        return all(part.idle for part in parts)

    @property
    def real_sockets(self) -> int:
        """How many addresses of the cluster are real sockets now."""
        return self._network.sockets if isinstance(self._network, LoopbackNetwork) else 0

    def _lease(self, number: int | None) -> ranges.AddressRanges:
        """The cluster's addresses: pair `number` where it had that before. A network that is handed in is its own."""
        kept = ranges.kept(str(self._home.folder.resolve()))
        numbers = (number,) if number is not None else kept if self.options.kept else ranges.passing()
        if self._network is not None:
            return ranges.in_memory(next(iter(numbers)))
        return ranges.lease(numbers)

    async def _start_clock(self, informers: Informers) -> None:
        """The Clock object of a fresh cluster shows the clock; a kept one's is shown this run's speed."""
        speed = 0.0 if self.options.speed == INSTANT else self.options.speed
        clock = {"metadata": {"name": clock_object.NAME}, "spec": {"speed": speed}}
        await self._client.patch(
            kinds.CLOCK, clock_object.NAME, clock, PatchType.APPLY, cause=CAUSE, options=WriteOptions(force=True)
        )
        clock_object.follow_clock(informers, self._turned)

    async def _start_loops(self, informers: Informers, randomness: Randomness) -> None:
        """Controllers, scheduler and proxy: everything that is a `Controller`."""
        client, clock = self._client, self._turned
        authority = self._server.authority if self._server else ""
        services = system_objects.services(client.kinds, self._ranges.services)
        self._proxy = ServiceProxy(client, informers, clock, randomness, self.network)
        self._controllers = [
            *controllers(client, informers, clock, root_certificate=authority),
            SystemObjectsController(client, informers, clock, restoring.OF_NAMESPACES, system_objects.namespaces()),
            SystemObjectsController(client, informers, clock, restoring.OF_SERVICES, services),
            Scheduler(client, informers, clock, randomness),
            self._proxy,
        ]
        await informers.wait_synced()
        for controller in self._controllers:
            controller.start(self._tasks)

    async def _start_nodes(self, informers: Informers, randomness: Randomness) -> None:
        catalogue = Catalogue(self.options.images, bundled=not self.options.bare)
        router, names, processor = PodRouter(informers), Names(informers), Processor()
        for options in self._nodes():
            runtime = SimulatedRuntime(
                options.name,
                options.pod_cidr,
                catalogue,
                self._turned,
                randomness,
                self.network,
                names.ask,
                self._tasks,
                processor,
                LogFiles(self._home.folder / LOGS / options.name) if self.options.kept else None,
            )
            self._runtimes.append(runtime)
            kubelet = Kubelet(
                options, self._client, informers, router, self._turned, randomness, runtime, self.network, self._tasks
            )
            self._kubelets[options.name] = kubelet
        await informers.wait_synced()
        await self._remove_surplus_nodes()
        for kubelet in self._kubelets.values():
            await kubelet.start()

    async def _remove_surplus_nodes(self) -> None:
        """Of a kept cluster that is to have fewer workers than before: as if their machines were given back."""
        ours = re.compile(rf"{re.escape(self.options.name)}-worker\d*")
        for node in (await self._client.list(kinds.NODE)).items:
            if node.name not in self._kubelets and ours.fullmatch(node.name):
                await self._client.delete(kinds.NODE, node.name, cause=CAUSE)

    def _nodes(self) -> list[NodeOptions]:
        """The control plane and the workers, named as kind names them, each with a range of addresses for its pods."""
        cluster = self.options.name
        numbered = [
            f"{cluster}-worker{number if number > 1 else ''}" for number in range(1, self._home.identity.workers + 1)
        ]
        pods = self._home.identity.pods_per_node
        subnets = subnets_of(self._ranges.pods, pods, 1 + len(numbered))
        return [
            NodeOptions(
                name,
                str(subnet.network_address + 1),
                str(subnet),
                control_plane=number == 0,
                pods=pods,
            )
            for number, (name, subnet) in enumerate(zip([f"{cluster}-control-plane", *numbered], subnets, strict=True))
        ]

    def _crashed(self, name: str, error: BaseException) -> None:
        log.error("%s crashed", name, exc_info=error)
        if self.options.on_crash is not None:
            self.options.on_crash(name, error)


def subnets_of(network: IPv4Network, pods: int, nodes: int) -> list[IPv4Network]:
    """A /24 for each of the `nodes`, as Kubernetes cuts them, or larger ones where each runs so many `pods`.

    Twice the addresses: those of pods that end are not free before the next ones start. OSError when there are too few.
    """
    bits = max(8, (2 * pods).bit_length())
    subnets = list(islice(network.subnets(new_prefix=32 - bits), nodes))
    if len(subnets) < nodes:
        room = network.num_addresses >> bits
        raise OSError(
            f"{nodes} nodes of {pods} pods each are too many for {network}, which has room for {room} of them"
        )
    return subnets
