"""What a simulated container has of a machine: names, addresses, files, processes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from k9lite.aio.clock import Clock
from k9lite.aio.datagrams import Datagrams
from k9lite.aio.network import Accept, Listener, Network
from k9lite.aio.randomness import Randomness
from k9lite.api import dns
from k9lite.api.addresses import is_loopback
from k9lite.api.services import may_be_cluster_ip
from k9lite.engine.node.runtimes.simulated.files import Files, NoFile
from k9lite.engine.node.runtimes.simulated.memory import Memory
from k9lite.engine.node.runtimes.simulated.processor import CpuTime, Processor

Resolve = dns.Ask


class Running(Protocol):
    """A process, as the process table knows it."""

    pid: int
    argv: list[str]

    def kill(self, signal: int) -> None: ...
    def end(self, code: int) -> None: ...


ENDED_AT_ONCE = 8  # processes
MOST_PROCESSES = 256  # of a container at once, as a node's podPidsLimit has it


class CannotFork(Exception):
    """The container has all the processes that it may have."""


@dataclass(eq=False)
class Machine:
    """One container from inside.

    unique: a UUID of this container alone
    log: writes one line of the container's log
    start, find: start a task by a name; the program that a command starts, if the image has it
    ports, udp_ports: what the container declares; probed_ports: where its probes expect an answer
    runs_to_completion: the pod expects the container to end by itself
    user, group: as whom its processes run
    cpu, memory: what its processes may use
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
    hanging: bool = False
    memory: Memory = field(default_factory=Memory)
    processes: dict[int, Running] = field(default_factory=dict)
    forks: int = 0  # parts of shells that run as processes of their own
    _listeners: list[Listener] = field(default_factory=list)
    _sockets: list[Datagrams] = field(default_factory=list)
    _last_pid: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock.now()
        self.cpu = CpuTime(Processor(), self.clock)

    def enter(self, process: Running) -> int:
        """Add a process; returns its number. CannotFork."""
        self._check_processes()
        self._last_pid += 1
        self.processes[self._last_pid] = process
        return self._last_pid

    def leave(self, process: Running) -> None:
        self.processes.pop(process.pid, None)

    @contextmanager
    def forked(self) -> Iterator[None]:
        """A part of a shell runs as a process of its own meanwhile. CannotFork."""
        self._check_processes()
        self.forks += 1
        try:
            yield
        finally:
            self.forks -= 1

    def _check_processes(self) -> None:
        if len(self.processes) + self.forks >= MOST_PROCESSES:
            raise CannotFork

    async def end(self, code: int) -> None:
        """End every process, a few at a turn of the loop: there may be many."""
        while self.processes:
            for process in list(self.processes.values())[:ENDED_AT_ONCE]:
                process.end(code)
            await self.cpu.begin()

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

    async def open_datagrams(self, port: int) -> Datagrams:
        """OSError when the port is taken; port 0 takes a free one."""
        opened = await self.network.open_datagrams(self.address, port)
        self._sockets.append(opened)
        return opened

    async def close(self) -> None:
        """Close every listener and socket."""
        sockets, self._sockets = self._sockets, []
        for opened in sockets:
            opened.close()
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            await listener.close()

    def addresses(self, name: str) -> list[str]:
        """What a name resolves to inside the pod, which is all that its loopback leads to; empty if nobody knows it."""
        if name == self.hostname:
            return [self.address]
        found = [name] if _is_numeric(name) or is_loopback(name) else dns.hosts(self._text("/etc/hosts"), name)
        found = found or self.lookup(name, "A").addresses
        return [self.address if is_loopback(address) else address for address in found]

    def lookup(self, name: str, type: dns.Type) -> dns.Reply:
        """What DNS says of a name, looked for as /etc/resolv.conf says."""
        resolver = self.resolver()
        ours = any(may_be_cluster_ip(server) for server in resolver.servers)  # others do not exist
        return dns.lookup(self.resolve, name, type, resolver) if ours else dns.NOBODY

    def resolver(self) -> dns.Resolver:
        """The name servers and search domains of /etc/resolv.conf."""
        return dns.resolver(self._text("/etc/resolv.conf"))

    def _text(self, path: str) -> str:
        try:
            return self.files.read(path).decode(errors="replace")
        except NoFile:
            return ""


def _is_numeric(name: str) -> bool:
    return name.replace(".", "").isdigit() or ":" in name
