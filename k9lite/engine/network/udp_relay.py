"""UDP relay of a service: a client keeps its endpoint until it has been silent for a while."""

from collections.abc import Callable

from k9lite.aio.clock import Clock, within
from k9lite.aio.datagrams import Address, Datagrams
from k9lite.aio.network import Network, crashed
from k9lite.aio.tasks import TaskSet
from k9lite.engine.network.endpoints import Backend

SILENT_SECONDS = 120.0  # after which a client is forgotten, as connection tracking does
MOST_CLIENTS = 1024  # at a time; what further ones send is lost

Choose = Callable[[str], Backend | None]  # a client's address -> the endpoint for it
Serves = Callable[[Backend], bool]  # whether an endpoint is still one


class UdpRelay:
    """A `Listener` for datagrams."""

    def __init__(self, outside: Datagrams, network: Network, clock: Clock, choose: Choose, serves: Serves) -> None:
        self._outside, self._network, self._clock = outside, network, clock
        self._choose, self._serves = choose, serves
        self._clients: dict[Address, tuple[Backend, Datagrams]] = {}
        self._tasks = TaskSet(crashed)
        self._tasks.start(self._listen(), f"datagrams to {outside.address[0]}:{outside.address[1]}")

    @property
    def address(self) -> Address:
        return self._outside.address

    @property
    def reachable(self) -> Address | None:
        """Whether a port-forward may use it: never, for UDP."""
        return None

    async def drain(self) -> None:
        await self.close()

    async def close(self) -> None:
        self._outside.close()
        for _, inside in list(self._clients.values()):
            inside.close()
        await self._tasks.close()

    async def _listen(self) -> None:
        try:
            while True:
                data, client = await self._outside.receive()
                inside = await self._way_of(client)
                if inside is not None:
                    backend, datagrams = inside
                    datagrams.send(data, (backend.address, backend.port))
        except ConnectionAbortedError:
            return

    async def _way_of(self, client: Address) -> tuple[Backend, Datagrams] | None:
        """The endpoint of a client, and the socket that sends on the client's behalf."""
        way = self._clients.get(client)
        if way is not None and not self._serves(way[0]):
            self._clients.pop(client)[1].close()
            way = None
        if way is None and len(self._clients) < MOST_CLIENTS:
            backend = self._choose(client[0])
            if backend is None:
                return None
            way = self._clients[client] = backend, await self._network.open_datagrams(client[0], 0)
            self._tasks.start(self._answer(client, way[1]), f"answers to {client[0]}:{client[1]}")
        return way

    async def _answer(self, client: Address, inside: Datagrams) -> None:
        try:
            while True:
                data, _ = await within(self._clock, SILENT_SECONDS, inside.receive())
                self._outside.send(data, client)
        except (TimeoutError, ConnectionAbortedError):
            return
        finally:
            if self._clients.get(client, (None, None))[1] is inside:
                del self._clients[client]
            inside.close()
