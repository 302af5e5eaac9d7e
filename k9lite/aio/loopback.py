"""The network of a running cluster: real sockets on loopback addresses, so that `curl` from any terminal reaches them.

Every listener is known in memory; a socket beside it lets the world in. Connections from inside the process need no
socket, so what cannot be bound, or is beyond the budget of file descriptors, works all the same inside the cluster.
"""

import asyncio
import contextlib
import errno
import resource
import socket
from collections.abc import Callable
from weakref import WeakSet

from k9lite.aio import sockets
from k9lite.aio.datagrams import Datagrams, Door
from k9lite.aio.memory_network import MemoryListener, MemoryNetwork
from k9lite.aio.network import LOCALHOST, Accept, Stream
from k9lite.aio.sockets import Address, SocketListener

MOST_DESCRIPTORS = 65536  # what is asked of the system at most; some refuse their own "unlimited"
OUT_OF_DESCRIPTORS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def socket_budget() -> int:
    """How many sockets may listen: half of what this process may open, after raising that as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return (MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, MOST_DESCRIPTORS)) // 2


class LoopbackListener:
    """An address of the cluster; `reachable` is None where no socket could be had for it."""

    def __init__(self, network: "LoopbackNetwork", inside: MemoryListener, outside: SocketListener | None) -> None:
        self._network, self._inside, self._outside = network, inside, outside

    @property
    def address(self) -> Address:
        return self._inside.address

    @property
    def reachable(self) -> Address | None:
        return self._outside.reachable if self._outside else None

    async def drain(self) -> None:
        self._network.forget(self)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._inside.drain())
            if self._outside is not None:
                both.create_task(self._outside.drain())

    async def close(self) -> None:
        self._network.forget(self)
        await self._inside.close()
        if self._outside is not None:
            await self._outside.close()


class LoopbackNetwork:
    """`budget`: how many sockets may listen at the same time (see `socket_budget`)."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._inside = MemoryNetwork()
        self._listeners: dict[Address, LoopbackListener] = {}
        self.sockets = 0  # that listen now
        self._transports: sockets.Transports = WeakSet()
        self._exits: dict[Address, Address] = {}

    def lead_out(self, address: Address, server: Address) -> None:
        """Let connections to `address` of the cluster go to a server of this machine, which no others reach."""
        self._exits[address] = server

    async def listen(self, host: str, port: int, accept: Accept) -> LoopbackListener:
        bound = None if self._inside.listens(host, port) else self._bind(host, port)
        if bound is not None and port == 0:
            port = bound.getsockname()[1]
        try:
            inside = await self._inside.listen(host, port, accept)
        except OSError:
            if bound is not None:
                bound.close()
            raise
        outside = None if bound is None else await sockets.listen(bound, accept, inside.address)
        listener = LoopbackListener(self, inside, outside)
        self._listeners[listener.address] = listener
        self.sockets += outside is not None
        return listener

    async def open_datagrams(self, host: str, port: int) -> Datagrams:
        inside = self._inside.bind_datagrams(host, port, lambda data, target: door.answer(data, target))
        door = Door(inside.take)
        bound = self._bind(host, port, sockets.bind_datagrams) if port else None
        if bound is not None:
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: door, sock=bound)
            inside.when_closed.append(door.close)
        return inside

    async def connect(self, host: str, port: int, *, source: str = "") -> Stream:
        # A stranger on 0.0.0.0 must not pass for a pod, nor what listens on this machine be reached from a cluster.
        exit = self._exits.get((host, port))
        if exit is None or self._inside.listens(host, port):
            return await self._inside.connect(host, port, source=source)
        stream, transport = await sockets.connect(*exit, source)
        self._transports.add(transport)
        return stream

    def reachable(self, host: str, port: int) -> Address | None:
        listener = self._listeners.get((host, port))
        return listener.reachable if listener else None

    async def close(self) -> None:
        for listener in list(self._listeners.values()):
            await listener.close()
        await self._inside.close()
        for transport in list(self._transports):
            transport.abort()
        await asyncio.sleep(0)  # the event loop closes sockets in its next turn

    def forget(self, listener: LoopbackListener) -> None:
        """Called by a listener that closes."""
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]
            self.sockets -= listener.reachable is not None

    def _bind(
        self, host: str, port: int, bind: Callable[[str, int], socket.socket] = sockets.bind
    ) -> socket.socket | None:
        """The address itself, else any free port of 127.0.0.1, else (out of descriptors) nothing."""
        if self.sockets >= self._budget:
            return None
        for address in ((host, port), (LOCALHOST, 0)):
            try:
                return bind(*address)
            except OSError as error:
                if error.errno in OUT_OF_DESCRIPTORS:
                    return None
        return None
