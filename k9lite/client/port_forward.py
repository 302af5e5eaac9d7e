"""Ports of this machine that lead into pods, and go on doing so when the pod behind them is replaced by another."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

from lightkube.models.core_v1 import Pod

from k9lite.aio import sockets
from k9lite.aio.clock import Clock, within
from k9lite.aio.network import LOCALHOST, Stream, relay
from k9lite.aio.sockets import SocketListener
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Object
from k9lite.client.forward_target import ForwardTarget, backends, pod_port
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client

LOCALHOST_6 = "::1"
PATIENCE = 5.0  # seconds that a connection waits for a pod that would take it
ATTEMPTS = 8  # to find a free port that both addresses have
NO_IPV6 = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class PortForward:
    """One local port. All figures are since it was opened.

    open, total: connections; received, sent: bytes from and to the target; pod: where connections go now;
    error: why the last connection that failed did, or ""
    """

    def __init__(self, owner: "PortForwards", target: ForwardTarget, port: int) -> None:
        self.target, self.port, self.local_port = target, port, 0
        self.open = self.total = self.failed = 0
        self.received = self.sent = 0
        self.pod = self.error = ""
        self._owner = owner
        self._listeners: list[SocketListener] = []

    def __repr__(self) -> str:
        return f"<PortForward {self.local_port} -> {self.target}:{self.port}>"

    async def listen(self, local_port: int) -> None:
        """Take `local_port` of 127.0.0.1 and ::1; 0 takes a free one. OSError says which cannot be had."""
        bound = _bind(local_port)
        self.local_port = bound[0].getsockname()[1]
        self._listeners = [await sockets.listen(one, self._serve) for one in bound]

    async def close(self) -> None:
        """Free the port and end its connections."""
        self._owner.forget(self)
        for listener in self._listeners:
            await listener.close()

    async def _serve(self, stream: Stream) -> None:
        self.open += 1
        self.total += 1
        self._owner.changed(self)
        try:
            inside = await self._connect()
            await relay(stream, inside, self._count)
        except StatusError as error:
            self._failed(error.message)
        except ConnectionError as error:
            self._failed(error.strerror or str(error))
        finally:
            self.open -= 1
            self._owner.changed(self)

    def _failed(self, why: str) -> None:
        self.failed += 1
        self.error = why

    def _count(self, sent: int, received: int) -> None:
        self.sent += sent
        self.received += received
        self._owner.changed(self)

    async def _connect(self) -> Stream:
        """A connection to the pod of the last one as long as that serves, else to another.

        Where none serves yet one may soon: a rollout is under way, a crashed container starts again.
        """
        tried: dict[str, Exception] = {}
        while True:
            pod, port = await self._choose(tried)
            self.pod = pod.name
            try:
                return await self._owner.client.streams.connect(pod.namespace, pod.name, port)
            except (StatusError, ConnectionError) as error:
                reason = error.message if isinstance(error, StatusError) else "connection refused"
                why = f"{pod.name}: {reason} on port {port}"
                tried[pod.uid] = ConnectionRefusedError(errno.ECONNREFUSED, why)

    async def _choose(self, tried: dict[str, Exception]) -> tuple[Object[Pod], int]:
        async def wait() -> tuple[Object[Pod], int]:
            while True:
                found = self._backends()
                untried = [one for one in found if one[0].uid not in tried]
                if untried:
                    return next((one for one in untried if one[0].name == self.pod), untried[0])
                if found:
                    raise tried[found[0][0].uid]
                await self._owner.next_change()

        try:
            return await within(self._owner.clock, PATIENCE, wait())
        except TimeoutError:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"no pod of {self.target} is ready") from None

    def _backends(self) -> list[tuple[Object[Pod], int]]:
        target = self._owner.informers.of(self.target.kind).get(self.target.name, self.target.namespace)
        if target is None:
            return []
        pods = self._owner.informers.of(kinds.POD).in_namespace(self.target.namespace)
        found = [(pod, pod_port(target, self.port, pod)) for pod in backends(target, pods)]
        return [(pod, port) for pod, port in found if port is not None]


class PortForwards:
    """All forwards of one program; `on_change(forward)` is called whenever a figure of one changes."""

    def __init__(
        self,
        client: Client,
        informers: Informers,
        clock: Clock,
        on_change: Callable[[PortForward], None] = lambda forward: None,
    ) -> None:
        self.client, self.informers, self.clock = client, informers, clock
        self.changed = on_change
        self._forwards: list[PortForward] = []
        self._waiters: list[asyncio.Future[None]] = []
        informers.of(kinds.POD).add_handler(self._pods_changed)

    def __iter__(self) -> Iterator[PortForward]:
        return iter(list(self._forwards))

    def __len__(self) -> int:
        return len(self._forwards)

    async def open(self, target: ForwardTarget, port: int, local_port: int = 0) -> PortForward:
        """Forward `local_port` (0: any free one) to `port` of the target. OSError when it cannot be had."""
        informer = self.informers.of(target.kind)
        await informer.wait_synced()
        forward = PortForward(self, target, port)
        await forward.listen(local_port)
        self._forwards.append(forward)
        self.changed(forward)
        return forward

    async def close(self) -> None:
        """Close all of them."""
        self.informers.of(kinds.POD).remove_handler(self._pods_changed)
        for forward in list(self._forwards):
            await forward.close()

    def forget(self, forward: PortForward) -> None:
        """Called by a forward that closes."""
        if forward in self._forwards:
            self._forwards.remove(forward)
            self.changed(forward)

    async def next_change(self) -> None:
        """Wait until something happens to a pod."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _pods_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _bind(port: int) -> list[socket.socket]:
    """`port` on both loopback addresses; ::1 is left out where this machine has none."""
    refused = OSError(errno.EADDRNOTAVAIL, "no port is free")
    for _ in range(1 if port else ATTEMPTS):
        first = _bind_one(LOCALHOST, port)
        try:
            return [first, _bind_one(LOCALHOST_6, first.getsockname()[1])]
        except OSError as error:
            if error.errno in NO_IPV6:
                return [first]
            first.close()
            refused = error
    raise refused


def _bind_one(host: str, port: int) -> socket.socket:
    try:
        return sockets.bind(host, port)
    except PermissionError:
        raise PermissionError(errno.EACCES, f"port {port} needs more rights: take one above 1023") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(errno.EADDRINUSE, f"port {port} is already in use on {host}") from None
        raise OSError(error.errno, f"port {port} on {host}: {os.strerror(error.errno or 0)}") from error
