"""The files of a node that pods mount by hostPath, and the checks of its types (pkg/volume/hostpath)."""

from collections.abc import Callable, Mapping

from k9lite.engine.node.runtimes.volume_files import HostFolder, VolumeFiles

_FOLDERS = {
    "bin",
    "boot",
    "dev",
    "etc",
    "etc/cni/net.d",
    "etc/kubernetes",
    "etc/kubernetes/manifests",
    "etc/ssl/certs",
    "home",
    "lib",
    "lib/modules",
    "mnt",
    "opt",
    "opt/cni/bin",
    "proc",
    "root",
    "run",
    "run/containerd",
    "sbin",
    "srv",
    "sys",
    "sys/fs/cgroup",
    "tmp",
    "usr",
    "usr/bin",
    "usr/lib",
    "usr/local",
    "usr/sbin",
    "usr/share",
    "usr/share/zoneinfo",
    "usr/src",
    "var",
    "var/lib",
    "var/lib/containerd",
    "var/lib/kubelet",
    "var/lib/kubelet/pods",
    "var/lib/kubelet/plugins",
    "var/lib/kubelet/plugins_registry",
    "var/log",
    "var/log/containers",
    "var/log/pods",
    "var/run",
}
_SOCKETS = {"run/containerd/containerd.sock", "var/run/containerd/containerd.sock"}
_CHARACTER_DEVICES = {
    f"dev/{name}" for name in ("console", "full", "fuse", "kmsg", "null", "random", "tty", "urandom", "zero")
}
_BLOCK_DEVICES = {"dev/vda", "dev/vda1"}


class HostPathError(Exception):
    """A hostPath volume that cannot be set up; the text says why."""


class HostFiles:
    """The file system of one node, as far as pods can see it; what they write there stays while the node runs."""

    def __init__(self, name: str) -> None:
        self._files = VolumeFiles(
            {
                "etc/group": b"root:x:0:\n",
                "etc/hostname": f"{name}\n".encode(),
                "etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n".encode(),
                "etc/localtime": b"",
                "etc/machine-id": b"",
                "etc/os-release": b'NAME="k9lite"\nID=k9lite\n',
                "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
                "etc/resolv.conf": b"",
            }
        )
        self._files.folders |= _FOLDERS

    def volume(self, path: str, type: str) -> HostFolder:
        """What is mounted of the node at `path`, a file or a folder; `type` as in the API. HostPathError."""
        relative = path.strip("/")
        if type in _OR_CREATE and not self._exists(relative):
            self._create(path, relative, _OR_CREATE[type])
        check = _CHECKS.get(type)
        if check is not None and not check[0](self, relative):
            raise HostPathError(f"hostPath type check failed: {path} is not a {check[1]}")
        if not self._exists(relative):
            self._files.folders.add(relative)  # the container runtime makes what is missing
        return HostFolder(self._files, relative)

    def _create(self, path: str, relative: str, what: str) -> None:
        if what == "folder":
            self._files.folders.add(relative)
        elif self.is_folder(relative.rpartition("/")[0]):
            self._files[relative] = b""
        else:
            raise HostPathError(f"open {path}: no such file or directory")

    def is_folder(self, relative: str) -> bool:
        below = f"{relative}/"
        if not relative or relative in self._files.folders:
            return True
        return any(path.startswith(below) for paths in (self._files, self._files.folders) for path in paths)

    def is_file(self, relative: str) -> bool:
        return relative in self._files

    def is_socket(self, relative: str) -> bool:
        return relative in _SOCKETS

    def is_character_device(self, relative: str) -> bool:
        return relative in _CHARACTER_DEVICES

    def is_block_device(self, relative: str) -> bool:
        return relative in _BLOCK_DEVICES

    def _exists(self, relative: str) -> bool:
        special = relative in _SOCKETS | _CHARACTER_DEVICES | _BLOCK_DEVICES
        return special or self.is_file(relative) or self.is_folder(relative)


_OR_CREATE = {"DirectoryOrCreate": "folder", "FileOrCreate": "file"}
_CHECKS: Mapping[str, tuple[Callable[[HostFiles, str], bool], str]] = {
    "Directory": (HostFiles.is_folder, "directory"),
    "DirectoryOrCreate": (HostFiles.is_folder, "directory"),
    "File": (HostFiles.is_file, "file"),
    "FileOrCreate": (HostFiles.is_file, "file"),
    "Socket": (HostFiles.is_socket, "socket file"),
    "CharDevice": (HostFiles.is_character_device, "character device"),
    "BlockDevice": (HostFiles.is_block_device, "block device"),
}
