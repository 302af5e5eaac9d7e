"""What a simulated container has of a machine: names, addresses, files, processes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from k9lite.aio.clock import Clock
from k9lite.aio.network import Accept, Listener, Network
from k9lite.aio.randomness import Randomness
from k9lite.api.addresses import is_loopback
from k9lite.engine.node.runtimes.simulated.files import Files

Resolve = Callable[[str, str], list[str]]  # (a name, the namespace of who asks) -> addresses


class Running(Protocol):
    """A process, as the process table knows it."""

    pid: int
    argv: list[str]

    def kill(self, signal: int) -> None: ...


MOST_MEMORY = 64 * 1024**2  # bytes that a simulated container may hold, whatever its limit


@dataclass(eq=False)
class Machine:
    """One container from inside.

    unique: a UUID of this container alone
    log: writes one line of the container's log
    start, find: start a task by a name; the program that a command starts, if the image has it
    ports, udp_ports: what the container declares; probed_ports: where its probes expect an answer
    runs_to_completion: the pod expects the container to end by itself
    user, group: as whom its processes run
    memory: bytes that its processes may hold; out_of_memory: ends the container when they hold more
    hanging: its servers accept connections and never answer
    """

    hostname: str
    namespace: str
    node: str
    address: str
    image: str
    unique: str
    files: Files
    clock: Clock
    network: Network
    randomness: Randomness
    resolve: Resolve
    log: Callable[[str], None]
    start: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[Any]]
    find: Callable[[str], Callable[[Any], Awaitable[int]] | None]
    ports: tuple[int, ...] = ()
    udp_ports: tuple[int, ...] = ()
    probed_ports: tuple[int, ...] = ()
    runs_to_completion: bool = False
    user: int = 0
    group: int = 0
    memory: int = MOST_MEMORY
    out_of_memory: Callable[[], None] = lambda: None
    hanging: bool = False
    processes: dict[int, Running] = field(default_factory=dict)
    _listeners: list[Listener] = field(default_factory=list)
    _last_pid: int = 0

    def enter(self, process: Running) -> int:
        """Add a process; returns its number."""
        self._last_pid += 1
        self.processes[self._last_pid] = process
        return self._last_pid

    def leave(self, process: Running) -> None:
        self.processes.pop(process.pid, None)

    async def hold(self, size: int) -> None:
        """A process holds so many bytes. What is too much ends the container, and nothing comes after."""
        if size > self.memory:
            self.out_of_memory()
            await asyncio.get_running_loop().create_future()

    async def listen(self, port: int, accept: Accept) -> Listener:
        """OSError when the port is taken."""
        listener = await self.network.listen(self.address, port, accept)
        self._listeners.append(listener)
        return listener

    async def stop_listening(self, listener: Listener) -> None:
        """The process that listened ended before the container."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            await listener.close()

    async def close(self) -> None:
        """Close every listener."""
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            await listener.close()

    def addresses(self, name: str) -> list[str]:
        """What a name resolves to inside the pod, which is all that its loopback leads to; empty if nobody knows it."""
        if name == self.hostname:
            return [self.address]
        numeric = name.replace(".", "").isdigit() or ":" in name
        found = [name] if numeric or is_loopback(name) else self.resolve(name, self.namespace)
        return [self.address if is_loopback(address) else address for address in found]
