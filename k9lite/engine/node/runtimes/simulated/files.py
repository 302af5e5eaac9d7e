"""A small file system in memory: what an image brings, what a container writes, what volumes mount."""

import posixpath
from collections.abc import Iterator, Mapping
from functools import cached_property

from k9lite.engine.node.runtimes.volume_files import NEW_FILE, MountedFiles

NEW_FOLDER, MOUNTED_FOLDER = 0o755, 0o777
FOLDERS = ("/", "/bin", "/dev", "/etc", "/home", "/proc", "/root", "/tmp", "/usr", "/var")  # noqa: S108 -- in memory


class NoFile(Exception):
    """`problem` says why, as libc does: No such file or directory, Is a directory..."""

    def __init__(self, problem: str = "No such file or directory") -> None:
        super().__init__(problem)
        self.problem = problem


class Files:
    """`image`: path -> contents, shared by all containers of the image and never changed here.

    `mounts`: mount path -> the files of a volume. `read_only`: nothing beside those can be changed.
    """

    def __init__(
        self, image: Mapping[str, bytes], mounts: Mapping[str, MountedFiles], *, read_only: bool = False
    ) -> None:
        self._image = image
        self._own: dict[str, bytes | None] = {}  # None: removed
        self._modes: dict[str, int] = {}
        self._read_only = read_only
        self._mounts = {path.rstrip("/"): files for path, files in mounts.items()}

    @cached_property
    def _folders(self) -> set[str]:
        """Folders that are there even if nothing is in them; made when somebody looks."""
        whole = (path for path, files in self._mounts.items() if "" not in files)
        folders = {*FOLDERS, *whole}
        for path in [*self._image, *self._mounts]:
            folders.update(_above(path))
        return folders

    def read(self, path: str) -> bytes:
        """The contents of a file. NoFile."""
        if path in ("/dev/null", "/dev/stdin"):
            return b""
        found = self._mounted(path)
        data = found[0].get(found[1]) if found else self._own.get(path, self._image.get(path))
        if data is None:
            raise NoFile("Is a directory" if self.is_folder(path) else "No such file or directory")
        return data

    def write(self, path: str, data: bytes, append: bool = False) -> None:
        """NoFile when there is no folder for it."""
        if path == "/dev/null":
            return
        self._check_writable(path)
        if self.is_folder(path):
            raise NoFile("Is a directory")
        if not self.is_folder(posixpath.dirname(path)):
            raise NoFile("nonexistent directory")
        before = self.read(path) if append and self.is_file(path) else b""
        found = self._mounted(path)
        if found:
            found[0][found[1]] = before + data
        else:
            self._own[path] = before + data

    def remove(self, path: str) -> None:
        """Remove a file, or a folder and all that is in it."""
        self._check_writable(path)
        for inner in [one for one in self._paths() if one == path or one.startswith(path + "/")]:
            found = self._mounted(inner)
            if found:
                found[0].pop(found[1], None)
            else:
                self._own[inner] = None
        gone = {one for one in self._folders if one == path or one.startswith(path + "/")}
        self._folders.difference_update(gone)

    def make_folder(self, path: str, parents: bool = False) -> None:
        if not self.is_folder(path):
            self._check_writable(path)
        if parents:
            self._folders.update(_above(path))
        elif not self.is_folder(posixpath.dirname(path)):
            raise NoFile
        self._folders.add(path)

    def is_file(self, path: str) -> bool:
        found = self._mounted(path)
        if found:
            return found[1] in found[0]
        return path == "/dev/null" or self._own.get(path, self._image.get(path)) is not None

    def is_folder(self, path: str) -> bool:
        return path == "" or path in self._folders or any(one.startswith(path + "/") for one in self._paths())

    def exists(self, path: str) -> bool:
        return self.is_file(path) or self.is_folder(path)

    def mode(self, path: str) -> int:
        """The permission bits of a file or folder. NoFile."""
        if self.is_folder(path):
            return self._modes.get(path, MOUNTED_FOLDER if path in self._mounts else NEW_FOLDER)
        found = self._mounted(path)
        if not self.is_file(path):
            raise NoFile
        return found[0].modes.get(found[1], NEW_FILE) if found else self._modes.get(path, NEW_FILE)

    def change_mode(self, path: str, mode: int) -> None:
        found = None if self.is_folder(path) else self._mounted(path)
        modes, name = (found[0].modes, found[1]) if found else (self._modes, path)
        modes[name] = mode

    def in_memory(self, path: str) -> bool:
        """Whether `path` is on a tmpfs."""
        found = self._mounted(path + "/.") or self._mounted(path)
        return found is not None and found[0].memory

    def names(self, folder: str) -> list[str]:
        """What is directly in a folder, sorted."""
        prefix = folder.rstrip("/") + "/"
        every = [*self._paths(), *self._folders]
        return sorted(
            {one.removeprefix(prefix).split("/")[0] for one in every if one.startswith(prefix) and one != prefix}
        )

    def below(self, folder: str) -> list[str]:
        """Every file in a folder and its folders, sorted."""
        return sorted(one for one in self._paths() if one == folder or one.startswith(folder.rstrip("/") + "/"))

    def _check_writable(self, path: str) -> None:
        if self._read_only and self._mounted(path + "/.") is None and not path.startswith("/dev/"):
            raise NoFile("Read-only file system")

    def _paths(self) -> Iterator[str]:
        removed = {path for path, data in self._own.items() if data is None}
        yield from (path for path in {**self._image, **self._own} if path not in removed and not self._mounted(path))
        for mount, files in self._mounts.items():
            yield from (f"{mount}/{name}" if name else mount for name in files)

    def _mounted(self, path: str) -> tuple[MountedFiles, str] | None:
        for mount in sorted(self._mounts, key=len, reverse=True):
            if path == mount and "" in self._mounts[mount]:
                return self._mounts[mount], ""
            if path.startswith(mount + "/"):
                return self._mounts[mount], path[len(mount) + 1 :]
        return None


def _above(path: str) -> Iterator[str]:
    """The folders that `path` is in."""
    while (path := posixpath.dirname(path)) not in ("/", ""):
        yield path


def absolute(path: str, folder: str) -> str:
    """`path` as seen from `folder`, without `.` and `..`."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "/" + joined.lstrip("/")
