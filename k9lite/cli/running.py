"""A cluster that is fed by a folder, for as long as a command needs it."""

import asyncio
import errno
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from k9lite.aio.clock import LiveClock
from k9lite.aio.tasks import TaskSet
from k9lite.cli import heap, signals, troubles
from k9lite.cli.collector import settle
from k9lite.cli.commands import Failure
from k9lite.client.informer import Informers
from k9lite.engine.apiserver.serving import MakeServer
from k9lite.engine.cluster import Cluster, ClusterOptions
from k9lite.engine.home import JOURNAL, AlreadyRunning, Damaged
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync
from k9lite.settings import Settings


def tell_on_stderr(text: str) -> None:
    print(f"k9lite: {text}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Running:
    """`informers`: of the command itself; they end with it."""

    cluster: Cluster
    sync: FolderSync
    informers: Informers


@asynccontextmanager
async def running(
    settings: Settings,
    folder: Path,
    on_change: Callable[[FolderState], None],
    tell_trouble: Callable[[str], None] = tell_on_stderr,
    server: MakeServer | None = None,
) -> AsyncIterator[Running]:
    """A fresh cluster that follows `folder`; all of it is closed at the end, which a signal may bring (Ended).

    tell_trouble: told in a line what goes wrong inside; the log file in the state folder has the rest.
    server: makes what other programs reach the cluster by, where the settings let them.
    Raises what makes the following fail.
    """
    with troubles.told(settings.state_folder, tell_trouble), signals.heeded():
        async with _running(settings, folder, on_change, server) as run:
            yield run


@asynccontextmanager
async def _running(
    settings: Settings, folder: Path, on_change: Callable[[FolderState], None], server: MakeServer | None
) -> AsyncIterator[Running]:
    crashes: list[BaseException] = []
    command = asyncio.current_task()

    def crashed(name: str, error: BaseException) -> None:
        crashes.append(error)
        if command is not None:
            command.cancel()

    cluster = Cluster(options(settings, server))
    tasks = TaskSet(crashed)
    try:
        await cluster.start()
    except OSError as error:
        raise Failure(f"the cluster cannot start: {_why(error, settings)}") from None
    settle()
    clock = LiveClock(time.time())  # an editor does not save faster because the cluster's clock runs faster
    sync = FolderSync(cluster.client, clock, folder, on_change)
    tasks.start(sync.run(), "folder")
    tasks.start(heap.keep_trimmed(), "heap")
    try:
        yield Running(cluster, sync, Informers(cluster.client, cluster.clock, tasks))
    except asyncio.CancelledError:
        if crashes:
            raise crashes[0] from None
        raise
    finally:
        await tasks.close()
        await sync.close()
        clock.close()
        await cluster.close()


_OF_DISKS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def _why(error: OSError, settings: Settings) -> str:
    match error:
        case AlreadyRunning():
            return f"{error}; `k9lite --attach --name {settings.name}` shows it"
        case Damaged():
            folder = Path(error.filename).parent
            way_out = f"`k9lite clusters rm {folder.name}` gives up what was kept, or take another --name"
            if error.filename.endswith(JOURNAL):
                way_out = f"`k9lite clusters repair {folder.name}` keeps what is whole and says what is lost, {way_out}"
            return f"{error.filename}: {error.strerror}; {way_out}"
        case OSError(filename=str(path)):
            return f"{path}: {error.strerror}; --state-folder DIR keeps its files elsewhere"
        case OSError(errno=errno.EADDRINUSE):
            return f"{error.strerror}; --api-port PORT takes another one, --no-api none"
        case OSError(errno=number) if number in _OF_DISKS:
            return f"{error.strerror} (its files are in {settings.state_folder})"
        case _:
            return error.strerror or str(error)


def options(settings: Settings, server: MakeServer | None) -> ClusterOptions:
    """What the user's settings mean to a cluster."""
    return ClusterOptions(
        name=settings.cluster_name,
        kept=bool(settings.name),
        workers=settings.nodes,
        pods_per_node=settings.pods_per_node,
        seed=settings.seed,
        images=settings.images,
        bare=settings.bare,
        state_folder=settings.state_folder,
        speed=settings.speed,
        server=server if settings.api else None,
        api_port=settings.api_port,
    )
