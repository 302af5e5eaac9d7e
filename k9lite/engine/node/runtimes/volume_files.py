"""The files of a volume, shared by the containers of a pod, and parts of it that are mounted for themselves."""

import errno
import os
from collections.abc import Iterator, Mapping, MutableMapping, MutableSet
from typing import TypeVar

NEW_FILE = 0o644
MOST_BYTES, MOST_FILES = 16 * 1024**2, 10_000  # of a volume, whatever its own limit
T = TypeVar("T")


class MountedFiles(MutableMapping[str, bytes]):
    """Files by their path below where they are mounted; the empty path is a mount that is one file.

    modes: permission bits of files whose bits are not the usual ones; memory: whether it is a tmpfs
    folders: those that are there even if nothing is in them
    """

    def __init__(
        self,
        files: MutableMapping[str, bytes],
        modes: MutableMapping[str, int],
        folders: MutableSet[str],
        *,
        memory: bool,
    ) -> None:
        self._files, self.modes, self.folders, self.memory = files, modes, folders, memory

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __setitem__(self, path: str, data: bytes) -> None:
        self._files[path] = data

    def __delitem__(self, path: str) -> None:
        del self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class VolumeFiles(MountedFiles):
    """A whole volume. limit: bytes that it takes; OSError, as the kernel has it, for what is beyond."""

    def __init__(
        self, files: Mapping[str, bytes] | None = None, *, memory: bool = False, limit: int = MOST_BYTES
    ) -> None:
        super().__init__(dict(files or {}), {}, set(), memory=memory)
        self.limit, self.size = limit, sum(map(len, self._files.values()))

    def __setitem__(self, path: str, data: bytes) -> None:
        before = self._files.get(path)
        size = self.size + len(data) - len(before or b"")
        if size > self.limit or (before is None and len(self._files) >= MOST_FILES):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().__setitem__(path, data)
        self.size = size

    def __delitem__(self, path: str) -> None:
        self.size -= len(self._files[path])
        super().__delitem__(path)

    def put(self, path: str, data: bytes, mode: int | None = None) -> None:
        self[path] = data
        if mode is not None and mode != NEW_FILE:
            self.modes[path] = mode

    def add(self, other: "VolumeFiles") -> None:
        self.update(other)
        self.modes.update(other.modes)

    def become(self, other: "VolumeFiles") -> None:
        """Have the files of `other` instead, for everybody who shares these."""
        self.clear()
        self.modes.clear()
        self.add(other)

    def part(self, path: str) -> "SubFolder":
        """What is mounted of it as `path`, which becomes a folder if nothing is there."""
        path = path.strip("/")
        if path and path not in self:
            self.folders.add(path)
        return SubFolder(self, path)

    def copy_of(self, path: str) -> "VolumeFiles":
        """One file of it as it is now, or what is in one folder."""
        path = path.strip("/")
        part = VolumeFiles(memory=self.memory)
        for name, data in self.items():
            if name == path or name.startswith(path + "/"):
                part.put(name.removeprefix(path).removeprefix("/"), data, self.modes.get(name))
        return part


class SubFolder(MountedFiles):
    """One folder of a volume, which changes with it and changes it."""

    def __init__(self, whole: VolumeFiles, folder: str) -> None:
        folder = folder.strip("/")
        folders = _FoldersBelow(whole.folders, folder)
        super().__init__(_Below(whole, folder), _Below(whole.modes, folder), folders, memory=whole.memory)


class HostFolder(VolumeFiles):
    """A folder or a file of a node, mounted as a volume: what containers write is seen by all that mount it."""

    def __init__(self, host: VolumeFiles, path: str) -> None:
        MountedFiles.__init__(
            self, _Below(host, path), _Below(host.modes, path), _FoldersBelow(host.folders, path), memory=False
        )
        self.limit, self.size = host.limit, sum(map(len, self.values()))


class _Below(MutableMapping[str, T]):
    """What a mapping has for paths below `folder`; the folder itself is the empty path."""

    def __init__(self, whole: MutableMapping[str, T], folder: str) -> None:
        self._whole, self._folder = whole, folder

    def __getitem__(self, path: str) -> T:
        return self._whole[self._full(path)]

    def __setitem__(self, path: str, value: T) -> None:
        self._whole[self._full(path)] = value

    def __delitem__(self, path: str) -> None:
        del self._whole[self._full(path)]

    def __iter__(self) -> Iterator[str]:
        prefix = f"{self._folder}/" if self._folder else ""
        for path in list(self._whole):
            if path == self._folder or path.startswith(prefix):
                yield path.removeprefix(self._folder).removeprefix("/")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _full(self, path: str) -> str:
        return f"{self._folder}/{path}" if path and self._folder else path or self._folder


class _FoldersBelow(MutableSet[str]):
    """Those of the folders of a volume that are below one of them."""

    def __init__(self, whole: MutableSet[str], folder: str) -> None:
        self._whole, self._prefix = whole, f"{folder}/" if folder else ""

    def __contains__(self, path: object) -> bool:
        return f"{self._prefix}{path}" in self._whole

    def __iter__(self) -> Iterator[str]:
        return (path.removeprefix(self._prefix) for path in list(self._whole) if path.startswith(self._prefix))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, value: str) -> None:
        self._whole.add(f"{self._prefix}{value}")

    def discard(self, value: str) -> None:
        self._whole.discard(f"{self._prefix}{value}")
