"""The folder of one cluster: its credentials and, where it is kept, its objects and what stays the same about it."""

import errno
import fcntl
import itertools
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec

from k9lite import private_files
from k9lite.engine.apiserver.persistence import JOURNAL as JOURNAL
from k9lite.engine.apiserver.persistence import Damaged as Damaged
from k9lite.engine.apiserver.persistence import Salvaged as Salvaged
from k9lite.engine.apiserver.persistence import is_kept, open_journal, repair_journal

CLUSTERS, FILE, LOCK = "clusters", "cluster.json", "lock"
WORKERS, PODS_PER_NODE = 2, 110


class AlreadyRunning(OSError):
    """Another process runs the cluster."""


class Identity(msgspec.Struct, frozen=True):
    """What stays the same when a cluster is started again, unless its user wants it otherwise.

    seed: of its randomness; workers: nodes besides the control plane; pods_per_node: the most that each runs
    addresses: number of its pair of ranges; api_port: of its HTTPS server; None until they are known
    """

    seed: str
    workers: int = WORKERS
    pods_per_node: int = PODS_PER_NODE
    addresses: int | None = None
    api_port: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says about a cluster: each wins over what was kept.

    Of what is there already, its seed and the size of its nodes stay.
    """

    seed: str = ""
    workers: int | None = None
    pods_per_node: int = PODS_PER_NODE
    api_port: int | None = None


class Home:
    """`clusters`: where all of them are. `kept`: everything is written down, and only one process may run the cluster;
    others run side by side, each with a folder of its own.
    OSError when the folder cannot be had, NotPrivate when others may write to it, Damaged when it cannot be read.
    """

    def __init__(self, clusters: Path, name: str, wanted: Wanted, *, kept: bool) -> None:
        self.folder, self._lock = _take(clusters, name, kept=kept)
        known = _known(self.folder / FILE) if kept else None
        known = known or Identity(wanted.seed or secrets.token_hex(8), pods_per_node=wanted.pods_per_node)
        port = wanted.api_port or known.api_port or wanted.api_port  # 0, any port, gives way to the one it had
        self.identity = msgspec.structs.replace(known, workers=wanted.workers or known.workers, api_port=port)
        self.journal = open_journal(self.folder) if kept else None

    def remember(self, addresses: int, api_port: int | None) -> None:
        """Keep what turned out; does nothing for a cluster that is not kept."""
        self.identity = msgspec.structs.replace(
            self.identity, addresses=addresses, api_port=api_port or self.identity.api_port
        )
        if self.journal is not None:
            private_files.write(self.folder / FILE, msgspec.json.encode(self.identity))

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()
        os.close(self._lock)


def _known(path: Path) -> Identity | None:
    """What was kept at `path`, if anything. Damaged when it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except ValueError as error:  # msgspec's, too
        raise Damaged(errno.EIO, str(error), str(path)) from None


def _take(clusters: Path, name: str, *, kept: bool) -> tuple[Path, int]:
    for folder in (clusters.parent, clusters):
        private_files.claim(folder)
    for number in itertools.count(1):
        folder = clusters / (name if number == 1 else f"{name}-{number}")
        private_files.claim_with_files(folder)
        try:
            return folder, lock(folder)
        except AlreadyRunning:
            if kept:
                raise
    raise AssertionError("there is always a next number")


def lock(folder: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """Take the cluster in `folder` for this process; the file descriptor to close in the end. Raises AlreadyRunning."""
    descriptor = private_files.opener(str(folder / LOCK), flags)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"the cluster {folder.name} is running already") from None
    return descriptor


def repair(folder: Path) -> Salvaged:
    """Make the cluster in `folder` start again with what can be read of it.

    Raises AlreadyRunning; NotPrivate; Damaged when nothing can be read; OSError when there is no room.
    """
    private_files.claim_with_files(folder)
    descriptor = lock(folder)
    try:
        return repair_journal(folder)
    finally:
        os.close(descriptor)


def is_running(folder: Path) -> bool:
    """Whether some process has taken the cluster in `folder`, which need not be writable."""
    try:
        os.close(lock(folder, os.O_RDONLY))
    except AlreadyRunning:
        return True
    except FileNotFoundError:
        return False
    return False


def kept_clusters(clusters: Path) -> list[Path]:
    """The folders of those that are kept, by name."""
    return sorted(folder for folder in clusters.glob("*") if is_kept(folder))
