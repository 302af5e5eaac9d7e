"""A small file system in memory: what an image brings, what a container writes, what volumes mount."""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from k9lite.engine.node.runtimes.volume_files import NEW_FILE, MountedFiles

MOST_BYTES, MOST_FILES = 16 * 1024**2, 10_000  # what a simulated disk takes
MOST_LINKS = 40  # that a path may lead through, as Linux has it
NEW_FOLDER, MOUNTED_FOLDER = 0o755, 0o777
FOLDERS = (
    "/",
    "/bin",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",  # noqa: S108 -- a folder of the simulated container
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/spool",
    "/var/tmp",  # noqa: S108
)


class NoFile(Exception):
    """`problem` says why, as libc does: No such file or directory, Is a directory..."""

    def __init__(self, problem: str = "No such file or directory") -> None:
        super().__init__(problem)
        self.problem = problem


class Files:
    """`image`: path -> contents, shared by all containers of the image and never changed here.

    mounts: mount path -> the files of a volume; read_only: nothing beside those can be changed
    kernel: makes `live`, once somebody looks: path -> what gives the contents of a file of the kernel at this moment
    """

    def __init__(
        self, image: Mapping[str, bytes], mounts: Mapping[str, MountedFiles], *, read_only: bool = False
    ) -> None:
        self._image = image
        self.kernel: Callable[[], Mapping[str, Callable[[], str]]] = dict
        self._own: dict[str, bytes | bytearray | None] = {}  # None: removed
        self._links: dict[str, str] = {}  # symbolic links: path -> target
        self._size = 0  # bytes in `_own`
        self._modes: dict[str, int] = {}
        self.read_only = read_only
        self._mounts = {path.rstrip("/"): files for path, files in mounts.items()}

    @cached_property
    def live(self) -> Mapping[str, Callable[[], str]]:
        return self.kernel()

    @cached_property
    def _folders(self) -> set[str]:
        """Folders that are there even if nothing is in them; made when somebody looks."""
        whole = (path for path, files in self._mounts.items() if "" not in files)
        folders = {*FOLDERS, *whole}
        for path in [*self._image, *self._mounts, *self.live]:
            folders.update(_above(path))
        return folders

    @property
    def mounts(self) -> Mapping[str, MountedFiles]:
        return self._mounts

    @property
    def size(self) -> int:
        """Bytes that were written beside the image and the volumes."""
        return self._size

    def read(self, path: str) -> bytes:
        """The contents of a file. NoFile."""
        path = self.real(path)
        if path in ("/dev/null", "/dev/stdin"):
            return b""
        if path in self.live:
            return self.live[path]().encode()
        found = self._mounted(path)
        data = found[0].get(found[1]) if found else self._own.get(path, self._image.get(path))
        if data is None:
            raise NoFile("Is a directory" if self.is_folder(path) else "No such file or directory")
        return bytes(data)

    def write(self, path: str, data: bytes, append: bool = False) -> None:
        """NoFile when there is no folder for it."""
        path = self.real(path)
        if path == "/dev/null":
            return
        self._check_writable(path)
        if self.is_folder(path):
            raise NoFile("Is a directory")
        if not self.is_folder(posixpath.dirname(path)):
            raise NoFile("nonexistent directory")
        found = self._mounted(path)
        try:
            if found:
                before = found[0].get(found[1], b"") if append else b""
                found[0][found[1]] = before + data if before else data
            else:
                self._write_own(path, data, append)
        except OSError as error:
            raise NoFile(error.strerror or "") from None

    def _write_own(self, path: str, data: bytes, append: bool) -> None:
        before = self._own.get(path) or b""
        if append and not before:
            before = bytearray(self._image.get(path, b"")) if path not in self._own else b""
        grown = len(data) - (0 if append else len(before))
        if self._size + grown > MOST_BYTES or (path not in self._own and len(self._own) >= MOST_FILES):
            raise NoFile("No space left on device")
        self._size += grown
        if append and isinstance(before, bytearray):
            before += data
            self._own[path] = before
        else:
            self._own[path] = bytearray(before + data if append else data)

    def remove(self, path: str) -> None:
        """Remove a file, a link, or a folder and all that is in it."""
        self._check_writable(path)
        for link in [one for one in self._links if one == path or one.startswith(path + "/")]:
            del self._links[link]
        for inner in [one for one in self._paths() if one == path or one.startswith(path + "/")]:
            found = self._mounted(inner)
            if found:
                found[0].pop(found[1], None)
            else:
                self._size -= len(self._own.get(inner) or b"")
                if inner in self._image:
                    self._own[inner] = None
                else:
                    del self._own[inner]
        for folder in [one for one in self._every_folder() if one == path or one.startswith(path + "/")]:
            self._folders.discard(folder)
            if found := self._mounted(folder):
                found[0].folders.discard(found[1])

    def link(self, target: str, path: str) -> None:
        """Make a symbolic link. NoFile."""
        if path in self._links or self.exists(path):
            raise NoFile("File exists")
        self._check_writable(path)
        if not self.is_folder(posixpath.dirname(path)):
            raise NoFile
        if len(self._links) >= MOST_FILES:
            raise NoFile("No space left on device")
        self._links[path] = target

    def target(self, path: str) -> str | None:
        """Where a symbolic link leads; None if it is none."""
        return self._links.get(path)

    def real(self, path: str) -> str:
        """The path after all symbolic links. NoFile where they go round in circles."""
        if not self._links:
            return path
        for _ in range(MOST_LINKS):
            link = next((one for one in [*reversed(list(_above(path))), path] if one in self._links), None)
            if link is None:
                return path
            path = absolute(self._links[link] + path[len(link) :], posixpath.dirname(link))
        raise NoFile("Symbolic link loop")

    def make_folder(self, path: str, parents: bool = False) -> None:
        path = self.real(path)
        if not self.is_folder(path):
            self._check_writable(path)
        if not parents and not self.is_folder(posixpath.dirname(path)):
            raise NoFile
        for folder in [path, *_above(path)] if parents else [path]:
            mounted = self._mounted(folder)
            folders, name = (mounted[0].folders, mounted[1]) if mounted else (self._folders, folder)
            if len(folders) >= MOST_FILES:
                raise NoFile("No space left on device")
            folders.add(name)

    def is_file(self, path: str) -> bool:
        try:
            path = self.real(path)
        except NoFile:
            return False
        found = self._mounted(path)
        if found:
            return found[1] in found[0]
        return path in ("/dev/null", *self.live) or self._own.get(path, self._image.get(path)) is not None

    def is_folder(self, path: str) -> bool:
        try:
            path = self.real(path)
        except NoFile:
            return False
        if path == "" or path in self._folders:
            return True
        found = self._mounted(path)
        if found is None:
            return False
        mounted, name = found
        return any(one.startswith(f"{name}/") for one in mounted) or any(
            f"{one}/".startswith(f"{name}/") for one in mounted.folders
        )

    def exists(self, path: str) -> bool:
        return self.is_file(path) or self.is_folder(path)

    def mode(self, path: str) -> int:
        """The permission bits of a file or folder. NoFile."""
        path = self.real(path)
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
        prefix = self.real(folder).rstrip("/") + "/"
        every = [*self._paths(), *self._every_folder(), *self._links]
        return sorted(
            {one.removeprefix(prefix).split("/")[0] for one in every if one.startswith(prefix) and one != prefix}
        )

    def below(self, folder: str) -> list[str]:
        """Every file in a folder and its folders, sorted."""
        folder = self.real(folder)
        return sorted(one for one in self._paths() if one == folder or one.startswith(folder.rstrip("/") + "/"))

    def _check_writable(self, path: str) -> None:
        if path in self.live:
            raise NoFile("Permission denied")
        if self.read_only and self._mounted(path + "/.") is None and not path.startswith("/dev/"):
            raise NoFile("Read-only file system")

    def _paths(self) -> Iterator[str]:
        removed = {path for path, data in self._own.items() if data is None}
        every = {**self._image, **self._own, **self.live}
        yield from (path for path in every if path not in removed and not self._mounted(path))
        for mount, files in self._mounts.items():
            yield from (f"{mount}/{name}" if name else mount for name in files)

    def _every_folder(self) -> Iterator[str]:
        """Folders that are there even if nothing is in them, those of volumes too."""
        yield from self._folders
        for mount, files in self._mounts.items():
            yield from (f"{mount}/{name}" for name in files.folders)

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
