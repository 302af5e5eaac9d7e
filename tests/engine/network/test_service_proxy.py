"""The proxy on a real API server, with a network in memory: who is led where, and when nobody listens."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Stream
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.informer import Informers
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.network.service_proxy import ServiceProxy

READY = {"ready": True, "serving": True, "terminating": False}
LEAVING = {"ready": False, "serving": True, "terminating": True}


class World:
    """A service `web` whose endpoints answer with their own address and the one they see."""

    def __init__(self, client: LocalClient, network: MemoryNetwork, clock: ManualClock, proxy: ServiceProxy) -> None:
        self.client, self.network, self.clock, self.proxy = client, network, clock, proxy
        self.ip = ""

    async def service(self, **spec: object) -> None:
        metadata = {"name": "web", "namespace": "default"}
        data = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 80}]} | spec}
        made = await self.client.create(kinds.SERVICE, data, "default")
        self.ip = made.data()["spec"].get("clusterIP", "")
        await settle()

    async def endpoints(self, *addresses: str, conditions: Data = READY, node: str = "one") -> None:
        slice = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "metadata": {"name": "web-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"}},
            "endpoints": [
                {"addresses": [address], "conditions": conditions, "nodeName": node} for address in addresses
            ],
            "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
        }
        listed = (await self.client.list(kinds.ENDPOINT_SLICE)).items
        known = [one for one in listed if one.name == "web-1"]
        await (self.client.update if known else self.client.create)(kinds.ENDPOINT_SLICE, slice, "default")
        await settle()

    async def backend(self, address: str) -> None:
        async def answer(stream: Stream) -> None:
            await stream.write(f"{address} {stream.peer}".encode())
            await stream.read()

        await self.network.listen(address, 8080, answer)

    async def ask(self, host: str = "", port: int = 80, source: str = "") -> tuple[str, str]:
        """The endpoint that answered, and the client as it saw it."""
        stream = await self.network.connect(host or self.ip, port, source=source)
        answer = (await stream.read()).decode()
        await stream.close()
        backend, _, client = answer.partition(" ")
        return backend, client


@pytest.fixture
async def world(
    client: LocalClient, informers: Informers, clock: ManualClock, randomness: Randomness, tasks: TaskSet
) -> AsyncIterator[World]:
    network = MemoryNetwork()
    proxy = ServiceProxy(client, informers, clock, randomness, network)
    proxy.start(tasks)
    await settle()
    yield World(client, network, clock, proxy)
    await proxy.close()
    await network.close()


BACKENDS = ("127.244.1.1", "127.244.1.2", "127.244.1.3")


async def test_every_ready_endpoint_is_as_likely_as_the_others(world: World):
    for address in BACKENDS:
        await world.backend(address)
    await world.service()
    await world.endpoints(*BACKENDS)
    counts = Counter([(await world.ask())[0] for _ in range(300)])
    assert set(counts) == set(BACKENDS)
    assert min(counts.values()) > 70
    assert (await world.ask(source="127.244.9.9"))[1] == "127.244.9.9"


async def test_nobody_listens_while_there_is_no_endpoint(world: World):
    await world.backend(BACKENDS[0])
    await world.service()
    with pytest.raises(ConnectionRefusedError):
        await world.ask()
    await world.endpoints(BACKENDS[0])
    assert (await world.ask())[0] == BACKENDS[0]
    open_one = await world.network.connect(world.ip, 80)
    assert await open_one.read()
    await world.endpoints()
    with pytest.raises(ConnectionRefusedError):
        await world.ask()
    await open_one.write(b"still here")
    await open_one.close()


async def test_the_last_ones_to_leave_still_serve(world: World):
    await world.backend(BACKENDS[0])
    await world.service()
    await world.endpoints(BACKENDS[0], conditions=LEAVING)
    assert (await world.ask())[0] == BACKENDS[0]


async def test_an_endpoint_that_does_not_answer_closes_the_connection(world: World):
    await world.service()
    await world.endpoints(BACKENDS[0])
    assert await world.ask() == ("", "")


async def test_a_client_keeps_its_endpoint_for_as_long_as_the_affinity_lasts(world: World):
    for address in BACKENDS:
        await world.backend(address)
    await world.service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 60}})
    await world.endpoints(*BACKENDS)
    first = (await world.ask())[0]
    for _ in range(10):
        await world.clock.advance(59)  # each use renews it
        assert (await world.ask())[0] == first
    others = {(await world.ask(source=f"127.244.8.{number}"))[0] for number in range(30)}
    assert others == set(BACKENDS)
    later = set()
    for _ in range(30):
        await world.clock.advance(61)
        later.add((await world.ask())[0])
    assert later == set(BACKENDS)
    rest = [address for address in BACKENDS if address != (await world.ask())[0]]
    await world.endpoints(*rest)
    assert (await world.ask())[0] in rest


async def test_a_local_service_keeps_to_the_node_of_its_client(world: World):
    await world.backend(BACKENDS[0])
    await world.service(internalTrafficPolicy="Local")
    await world.endpoints(BACKENDS[0], node="one")
    for node, address in (("one", "127.244.1.9"), ("two", "127.244.2.9")):
        spec = {"nodeName": node, "containers": [{"name": "c", "image": "web"}]}
        metadata = {"name": f"on-{node}", "namespace": "default"}
        made = await world.client.create(kinds.POD, {"metadata": metadata, "spec": spec}, "default")
        await world.client.update_status(made, {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]})
    await settle()
    assert (await world.ask(source="127.244.1.9"))[0] == BACKENDS[0]
    assert (await world.ask(source="127.244.2.9"))[0] == ""
    assert (await world.ask())[0] == BACKENDS[0]  # this machine is no node of the cluster, and near to all of them


async def add_node(world: World, name: str, address: str) -> None:
    made = (await world.client.create(kinds.NODE, {"metadata": {"name": name}})).data()
    status = {"addresses": [{"type": "InternalIP", "address": address}]}
    await world.client.update(kinds.NODE, made | {"status": status}, subresource="status")
    await settle()


async def test_node_ports_are_open_on_every_node_and_on_localhost(world: World):
    await world.backend(BACKENDS[0])
    await add_node(world, "one", "127.240.0.1")
    await world.service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}])
    await world.endpoints(BACKENDS[0])
    await add_node(world, "two", "127.240.0.2")
    for host in ("127.240.0.1", "127.240.0.2", "127.0.0.1"):
        assert (await world.ask(host, 30080))[0] == BACKENDS[0]
    patch = {"spec": {"externalTrafficPolicy": "Local"}}
    await world.client.patch(kinds.SERVICE, "web", patch, PatchType.MERGE, "default")
    await settle()
    assert (await world.ask("127.240.0.1", 30080))[0] == BACKENDS[0]
    with pytest.raises(ConnectionRefusedError):
        await world.ask("127.240.0.2", 30080)
    await world.client.delete(kinds.SERVICE, "web", "default")
    await settle()
    with pytest.raises(ConnectionRefusedError):
        await world.ask("127.240.0.1", 30080)


@pytest.mark.parametrize("spec", [{"clusterIP": "None"}, {"type": "ExternalName", "externalName": "a.b", "ports": []}])
async def test_headless_and_external_services_have_no_proxy(world: World, spec: Data):
    await world.service(**spec)
    await world.endpoints(BACKENDS[0])
    assert world.proxy.reachable("default", "web") == []
    assert world.proxy.queue.idle


async def test_datagrams_are_relayed_both_ways(world: World) -> None:
    slice = {
        "addressType": "IPv4",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "endpoints": [{"addresses": ["127.244.1.2"], "conditions": READY}],
        "ports": [{"name": "", "port": 5353, "protocol": "UDP"}],
    }
    await world.service(ports=[{"port": 53, "protocol": "UDP"}])
    await world.client.create(kinds.ENDPOINT_SLICE, slice, "default")
    await settle()
    backend = await world.network.open_datagrams("127.244.1.2", 5353)
    clients = [await world.network.open_datagrams("127.244.1.9", 0) for _ in range(2)]
    for number, client in enumerate(clients):
        client.send(b"%d" % number, (world.ip, 53))
        await settle()
        data, sender = await backend.receive()
        assert (data, sender[0]) == (b"%d" % number, "127.244.1.9")
        backend.send(b"to %d" % number, sender)
        assert await client.receive() == (b"to %d" % number, (world.ip, 53))
    other = await world.network.open_datagrams("127.244.1.3", 5353)
    moved = {"endpoints": [{"addresses": ["127.244.1.3"], "conditions": READY}]}
    await world.client.patch(kinds.ENDPOINT_SLICE, "web-1", moved, PatchType.MERGE, "default")
    await settle()
    clients[0].send(b"again", (world.ip, 53))
    await settle()
    assert (await other.receive())[0] == b"again"  # who is gone gets nothing more
    await world.client.delete(kinds.SERVICE, "web", "default")
    await settle()
    (await world.network.open_datagrams(world.ip, 53)).close()  # its address is free again
