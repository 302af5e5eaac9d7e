"""Streams into pods: logs, exec, attach, connections. Implemented by the node (in process) and by HttpClient."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from k9lite.aio.network import Stream


@dataclass(frozen=True, slots=True)
class LogOptions:
    """As `kubectl logs` has them: `tail` lines from the end, `since` in the clock's epoch seconds, `limit` in bytes."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    since: float | None = None
    limit: int | None = None


class LogLine(NamedTuple):
    """One line a container wrote, without its newline; `time` in the cluster's epoch seconds."""

    time: float
    text: str
    stream: str = "stdout"


class Process(Protocol):
    """A command that runs in a container, or the container's own process when attached."""

    @property
    def stdin(self) -> "Sink":
        """Where to write its input; closing it is end of file."""

    def output(self) -> AsyncIterator[tuple[int, bytes]]:
        """What it writes, as (1 for stdout or 2 for stderr, bytes), until it ends."""

    async def resize(self, columns: int, rows: int) -> None:
        """Tell it the size of its terminal."""

    async def wait(self) -> int:
        """Its exit code."""

    async def close(self) -> None:
        """Leave it; an exec'd command is killed."""


class Sink(Protocol):
    """Something to write bytes to."""

    async def write(self, data: bytes) -> None:
        """Send `data`; nothing happens when the reader is gone."""

    async def close(self) -> None:
        """No more will come."""


class Usage(NamedTuple):
    """What a container uses now: cores and bytes."""

    cpu: float
    memory: int


class PodStreams(Protocol):
    """Refusals are `StatusError`s.

    BadRequest, e.g. `container "c" in pod "p" is waiting to start: ...`; NotFound where the container of an exec or
    attach does not run; InternalError where a command could not be started in it.
    """

    def logs(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator[list[LogLine]]:
        """The lines so far in batches; with `follow` go on until the container has ended."""

    async def exec(
        self,
        namespace: str,
        pod: str,
        container: str,
        command: list[str],
        *,
        stdin: bool = False,
        tty: bool = False,
    ) -> Process:
        """Start `command` (argv) in a running container; `container` empty means the pod's default one."""

    async def attach(
        self, namespace: str, pod: str, container: str, *, stdin: bool = False, tty: bool = False
    ) -> Process:
        """Join the container's own process."""

    async def connect(self, namespace: str, pod: str, port: int) -> Stream:
        """A connection to a port of the pod, as seen from inside it. ConnectionRefusedError when nobody listens."""

    def reachable(self, address: str, port: int) -> tuple[str, int] | None:
        """Where other programs on this machine reach what listens on an address of the cluster.

        Another place than that only where the address could not be had; None where it cannot be reached at all.
        """

    async def usage(self, namespace: str, pod: str) -> dict[str, Usage]:
        """What each running container of the pod uses, by name."""
