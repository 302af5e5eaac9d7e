"""kube-proxy: listens at the addresses of services and relays each connection to an endpoint."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import Node, Pod, Service

from k9lite.aio.clock import Clock
from k9lite.aio.network import Listener, Network, Stream, crashed, relay
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds, services
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.network.endpoints import SERVICE_LABEL, Backend, service_of
from k9lite.engine.network.frontends import UDP, Address, Frontend, frontends, node_addresses
from k9lite.engine.network.udp_relay import UdpRelay

log = logging.getLogger(__name__)

BY_SERVICE, BY_ADDRESS, NODE_PORTS, ALL = "service", "address", "node ports", "all"


class Reachable(NamedTuple):
    """`port` of the service, or its node port, is reached from this machine at `host`:`number`."""

    port: int
    host: str
    number: int


class ServiceProxy(Controller):
    """Listens for services that have endpoints; connections to the others are refused.

    TCP and UDP are relayed. Headless and external services need no proxy: clients resolve their names.
    """

    name = "service-proxy"

    def __init__(
        self, client: Client, informers: Informers, clock: Clock, randomness: Randomness, network: Network
    ) -> None:
        super().__init__(client, informers, clock)
        self._randomness, self._network = randomness, network
        self._frontends: dict[Key, dict[Address, Frontend]] = {}
        self._draining = TaskSet(crashed)
        self._services = informers.of(kinds.SERVICE)
        self._slices = informers.of(kinds.ENDPOINT_SLICE)
        self._nodes = informers.of(kinds.NODE)
        self._pods = informers.of(kinds.POD)
        self._slices.add_index(BY_SERVICE, service_of)
        self._services.add_index(NODE_PORTS, lambda obj: [ALL] if services.has_node_ports(obj.view) else [])
        self._pods.add_index(BY_ADDRESS, _address)
        self.watch(self._services)
        self.watch(self._slices, lambda obj: [Key(obj.namespace, obj.labels.get(SERVICE_LABEL, ""))])
        self._nodes.add_handler(self._node_changed)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        service = self._services.get(key.name, key.namespace)
        desired = {} if service is None else self._desired(service)
        current = self._frontends.setdefault(key, {})
        for address in [address for address in current if address not in desired]:
            frontend = current.pop(address)
            if frontend.listener is not None:
                await frontend.listener.close()
        for address, newer in desired.items():
            frontend = current.setdefault(address, newer)
            frontend.update(newer)
            await self._open_or_shut(key, address, frontend)
        if not current:
            del self._frontends[key]
        return None

    def reachable(self, namespace: str, service: str) -> list[Reachable]:
        """Where the ports of a service are reached from this machine, now; none while it has no endpoints."""
        return [
            Reachable(port, *frontend.listener.reachable)
            for (_, port, _), frontend in self._frontends.get(Key(namespace, service), {}).items()
            if frontend.listener is not None and frontend.listener.reachable is not None
        ]

    async def close(self) -> None:
        """Stop listening and close every connection."""
        self.stop()
        for current in self._frontends.values():
            for frontend in current.values():
                if frontend.listener is not None:
                    await frontend.listener.close()
        self._frontends.clear()
        await self._draining.close()

    def _desired(self, service: Object[Service]) -> dict[Address, Frontend]:
        slices = self._slices.indexed(BY_SERVICE, str(service.key))
        with_nodes = services.has_node_ports(service.view)
        nodes = node_addresses((node.name, node.view) for node in self._nodes) if with_nodes else {}
        return frontends(service.view, slices, nodes)

    async def _open_or_shut(self, key: Key, address: Address, frontend: Frontend) -> None:
        if not frontend.has_backends:
            listener, frontend.listener = frontend.listener, None
            if listener is not None:  # connections that are open go on, as they do in Kubernetes
                self._draining.start(listener.drain(), f"{key} {address[0]}:{address[1]} drains")
        elif frontend.listener is None:
            frontend.listener = await self._open(key, address, frontend)

    async def _open(self, key: Key, address: Address, frontend: Frontend) -> Listener:
        async def accept(stream: Stream) -> None:
            backend = self._choose(key, address, frontend, stream.peer)
            if backend is not None:
                target = await self._network.connect(backend.address, backend.port, source=stream.peer)
                await relay(stream, target)

        host, port, protocol = address
        if protocol == UDP:
            outside = await self._network.open_datagrams(host, port)
            return UdpRelay(
                outside,
                self._network,
                self.clock,
                lambda client: self._choose(key, address, frontend, client),
                lambda backend: backend in frontend.backends(backend.node),
            )
        return await self._network.listen(host, port, accept)

    def _choose(self, key: Key, address: Address, frontend: Frontend, client: str) -> Backend | None:
        """The endpoint for a connection from the address `client`."""

        def pick(backends: Sequence[Backend]) -> Backend:
            frontend.counter += 1
            return self._randomness.choice(backends, "service-proxy", f"{key} {address[:2]}", frontend.counter)

        pods = self._pods.indexed(BY_ADDRESS, client)
        node = pods[0].view.spec.nodeName if pods and pods[0].view.spec else None
        backend = frontend.choose(client, node or "", self.clock.now(), pick)
        log.debug("%s: %s is led to %s", key, client, backend)
        return backend

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        before = node_addresses((node.name, node.view) for node in (old,) if node)
        after = node_addresses((node.name, node.view) for node in (new,) if node)
        newest = new or old
        if before != after and newest is not None:
            for service in self._services.indexed(NODE_PORTS, ALL):
                self.queue.add(service.key, self.caused_by(newest))


def _address(obj: Object[Pod]) -> tuple[str, ...]:
    """Index function: the pod's address, unless it is its node's."""
    spec, status = obj.view.spec, obj.view.status
    return (status.podIP,) if status and status.podIP and not (spec and spec.hostNetwork) else ()
