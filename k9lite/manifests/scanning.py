"""What is in a folder of manifests now: every file's content, parsed again only where it has changed."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from k9lite.yaml_reader.decoding import LARGEST
from k9lite.yaml_reader.parser import ParsedFile, parse
from k9lite.yaml_reader.problem import Problem

SUFFIXES = (".yaml", ".yml", ".json")
_SKIPPED = ("_", ".")

ROOT = "./"  # what stands for the whole folder
Identity = tuple[int, int]  # device and inode


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """`saved_at`: when its content last changed on disk, in seconds since the epoch."""

    raw: bytes
    saved_at: float
    parsed: ParsedFile


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


def scan(root: Path, before: Snapshot) -> Snapshot:
    """Read everything below `root`, a folder or a single file. Content decides whether a file has changed.

    Names that start with `_` or `.` are skipped, but `root` itself may have such a name.
    """
    at = identity(root)
    files: dict[str, ScannedFile] = {}
    closed: list[OSError] = []
    for path in sorted(_manifest_files(root, closed.append)):
        name = _shown(path.name if path == root else path.relative_to(root).as_posix())
        scanned = _read(path, name, before.files.get(name))
        if scanned is not None:
            files[name] = scanned
    for error in closed:
        if not isinstance(error, FileNotFoundError):
            name = _shown(f"{Path(error.filename).relative_to(root).as_posix()}/")
            files[name] = _unreadable(name, error, before.files.get(name))
    return Snapshot(at if at == identity(root) else None, files)


def _shown(name: str) -> str:
    """The name as text: bytes in it that are no UTF-8 are spelled out, since nothing else could hold them."""
    return os.fsencode(name).decode(errors="backslashreplace")


def _manifest_files(root: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    seen: set[tuple[int, int]] = set()
    for folder, subfolders, names in os.walk(root, onerror=on_error, followlinks=True):
        at = identity(Path(folder))
        if at is None or at in seen:  # it vanished, or it is a link that leads back up
            subfolders.clear()
            continue
        seen.add(at)
        subfolders[:] = [name for name in subfolders if not name.startswith(_SKIPPED)]
        for name in names:
            if name.endswith(SUFFIXES) and not name.startswith(_SKIPPED):
                yield Path(folder, name)


def identity(folder: Path) -> Identity | None:
    """What tells a folder from another one that takes its place: device and inode; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _read(path: Path, name: str, before: ScannedFile | None) -> ScannedFile | None:
    """None when it vanished, or is no file that can be read to its end (a pipe, a device)."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            saved_at = os.fstat(file.fileno()).st_mtime
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unreadable(name, error, before)
    if before is not None and before.raw == raw and raw:
        return before
    return ScannedFile(raw, saved_at, parse(name, raw))


def _unreadable(name: str, error: OSError, before: ScannedFile | None) -> ScannedFile:
    problem = Problem(name, 1, 1, f"cannot be read: {error.strerror}")
    return ScannedFile(b"", before.saved_at if before else 0.0, ParsedFile(name, (), (problem,)))
