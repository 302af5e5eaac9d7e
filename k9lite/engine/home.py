"""The folder of one cluster: its credentials and, where it is kept, its objects and what stays the same about it."""

import errno
import fcntl
import itertools
import os
import secrets
from pathlib import Path

import msgspec

from k9lite.engine.apiserver.persistence import Damaged as Damaged
from k9lite.engine.apiserver.persistence import is_kept, open_journal

CLUSTERS, FILE, LOCK = "clusters", "cluster.json", "lock"


class AlreadyRunning(OSError):
    """Another process runs the cluster."""


class Identity(msgspec.Struct, frozen=True):
    """What stays the same when a cluster is started again.

    seed: of its randomness; workers: nodes besides the control plane
    addresses: number of its pair of ranges; api_port: of its HTTPS server; None until they are known
    """

    seed: str
    workers: int
    addresses: int | None = None
    api_port: int | None = None


class Home:
    """`clusters`: where all of them are. `kept`: everything is written down, and only one process may run the cluster;
    others run side by side, each with a folder of its own. OSError when the folder cannot be had, Damaged when what was
    kept in it cannot be read.
    """

    def __init__(self, clusters: Path, name: str, given: Identity, *, kept: bool) -> None:
        self.folder, self._lock = _take(clusters, name, kept=kept)
        fresh = given if given.seed else msgspec.structs.replace(given, seed=secrets.token_hex(8))
        self.identity = _known(self.folder / FILE) or fresh if kept else fresh
        self.journal = open_journal(self.folder) if kept else None

    def remember(self, addresses: int, api_port: int | None) -> None:
        """Keep what turned out; does nothing for a cluster that is not kept."""
        known = self.identity
        self.identity = Identity(known.seed, known.workers, addresses, api_port or known.api_port)
        if self.journal is not None:
            temporary = self.folder / f".{FILE}"
            temporary.write_bytes(msgspec.json.encode(self.identity))
            temporary.replace(self.folder / FILE)

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
    for number in itertools.count(1):
        folder = clusters / (name if number == 1 else f"{name}-{number}")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return folder, lock(folder)
        except AlreadyRunning:
            if kept:
                raise
    raise AssertionError("there is always a next number")


def lock(folder: Path) -> int:
    """Take the cluster in `folder` for this process; the file descriptor to close in the end. Raises AlreadyRunning."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"the cluster {folder.name} is running already") from None
    return descriptor


def is_running(folder: Path) -> bool:
    """Whether some process has taken the cluster in `folder`."""
    try:
        os.close(lock(folder))
    except AlreadyRunning:
        return True
    return False


def kept_clusters(state_folder: Path) -> list[Path]:
    """The folders of the clusters that are kept, by name."""
    return sorted(folder for folder in (state_folder / CLUSTERS).glob("*") if is_kept(folder))
