"""What is in a folder of manifests now: read only where a file has changed, parsed only where its text has."""

import os
import stat
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from k9lite.yaml_reader.decoding import LARGEST
from k9lite.yaml_reader.parser import ParsedFile, parse
from k9lite.yaml_reader.problem import Problem

SUFFIXES = (".yaml", ".yml", ".json")
_SKIPPED = ("_", ".")
# A file that changed less than this before it was read may change again within the same tick of its time stamps.
_TRUSTED_AFTER = 1.0  # seconds

ROOT = "./"  # what stands for the whole folder
Identity = tuple[int, int]  # device and inode
Stamp = tuple[int, int, int, int]  # inode, size, times of change of content and of inode; another one: another content


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """`saved_at`: when its content last changed on disk, in seconds since the epoch.

    stamp: as long as the file has it, it need not be read again; None where that is not certain
    """

    raw: bytes
    saved_at: float
    parsed: ParsedFile
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a folder by their path in it, sorted. A sub-folder that cannot be read stands among them, with a
    slash at its end and a problem (the whole folder: `ROOT`).

    at: the identity of the folder; None while it does not exist, or is just being replaced by another one
    """

    at: Identity | None = None
    files: dict[str, ScannedFile] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        return self.at is not None


def scan(root: Path, before: Snapshot, touched: Collection[str] | None = None) -> Snapshot:
    """What is below `root`, a folder or a single file, after it was as `before`.

    touched: the paths below `root` where something has happened; only these are looked at. None: anywhere.
    Names that start with `_` or `.` are skipped, but `root` itself may have such a name.
    """
    at = identity(root)
    if touched is None or at is None or at != before.at:
        return _scan_all(root, before, at)
    files = dict(before.files)
    for path in touched:
        name = _shown(path)
        scanned = _read(root / path, name, before.files.get(name), certainly=True) if is_manifest(path) else None
        if scanned is not None:
            files[name] = scanned
        else:
            files.pop(name, None)
    if files.keys() != before.files.keys():
        files = dict(sorted(files.items()))
    return Snapshot(at if at == identity(root) else None, files)


def is_manifest(path: str) -> bool:
    """Whether a file of that path below the folder is read."""
    return path.endswith(SUFFIXES) and not any(part.startswith(_SKIPPED) for part in path.split("/"))


def _scan_all(root: Path, before: Snapshot, at: Identity | None) -> Snapshot:
    files: dict[str, ScannedFile] = {}
    closed: list[OSError] = []
    for path in _manifest_files(root, closed.append):
        name = _shown(path.name if path == root else path.relative_to(root).as_posix())
        scanned = _read(path, name, before.files.get(name))
        if scanned is not None:
            files[name] = scanned
    for error in closed:
        if not isinstance(error, FileNotFoundError):
            name = _shown(f"{Path(error.filename).relative_to(root).as_posix()}/")
            files[name] = _unreadable(name, error, before.files.get(name))
    return Snapshot(at if at == identity(root) else None, dict(sorted(files.items())))


def _shown(name: str) -> str:
    """The name as text: bytes in it that are no UTF-8 are spelled out, since nothing else could hold them."""
    return os.fsencode(name).decode(errors="backslashreplace")


def _manifest_files(root: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, names in folders(root, on_error):
        for name in names:
            if name.endswith(SUFFIXES) and not name.startswith(_SKIPPED):
                yield Path(folder, name)


def folders(root: Path, on_error: Callable[[OSError], None] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Every folder that manifests are read from, with the names of the files in it; links may lead back to it."""
    seen: set[Identity] = set()
    for folder, subfolders, names in os.walk(root, onerror=on_error, followlinks=True):
        at = identity(Path(folder))
        if at is None or at in seen:  # it vanished, or it is a link that leads back up
            subfolders.clear()
            continue
        seen.add(at)
        subfolders[:] = [name for name in subfolders if not name.startswith(_SKIPPED)]
        yield folder, names


def identity(folder: Path) -> Identity | None:
    """What tells a folder from another one that takes its place: device and inode; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _read(path: Path, name: str, before: ScannedFile | None, *, certainly: bool = False) -> ScannedFile | None:
    """None when it vanished, or is no file that can be read to its end (a pipe, a device).

    certainly: read it whatever its stamp says
    """
    try:
        seen = path.stat()
        if not stat.S_ISREG(seen.st_mode):
            return None
        if before is not None and before.stamp == _stamp(seen) and not certainly:
            return before
        with path.open("rb") as file:
            seen = os.fstat(file.fileno())
            raw = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _unreadable(name, error, before)
    stamp = _stamp(seen) if time.time() - max(seen.st_mtime, seen.st_ctime) > _TRUSTED_AFTER else None
    if before is not None and before.raw == raw and raw:
        return before if before.stamp == stamp else replace(before, stamp=stamp)
    return ScannedFile(raw, seen.st_mtime, parse(name, raw, before.parsed if before else None), stamp)


def _stamp(seen: os.stat_result) -> Stamp:
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _unreadable(name: str, error: OSError, before: ScannedFile | None) -> ScannedFile:
    problem = Problem(name, 1, 1, f"cannot be read: {error.strerror}")
    return ScannedFile(b"", before.saved_at if before else 0.0, ParsedFile(name, (), (problem,)))
