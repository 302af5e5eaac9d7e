"""Files that nobody but their owner may change: what k9lite keeps in its state folder.

A folder that others may write to can hold a key of theirs, or a link to a file that they want overwritten. So every
folder is checked before anything in it is trusted, and no write follows a symbolic link.
"""

import errno
import os
import pwd
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER, FILE = 0o700, 0o600  # modes of what is made
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotPrivate(PermissionError):
    """Another user owns a file or folder, or may write to it. `strerror` says so, and what to do."""


def problem(path: Path, mode: int, owner: int, user: int) -> str:
    """Why `user` must not trust what is at `path`, an lstat's `mode` and `owner`; empty where nothing is wrong.

    A folder with the sticky bit, such as /tmp, is private enough: others add to it, but change nothing of the user's.
    """
    if stat.S_ISDIR(mode) and mode & stat.S_ISVTX and owner in (0, user):
        return ""
    if owner != user:
        return f"it belongs to {_name(owner)}, not to {_name(user)}"
    if stat.S_ISLNK(mode):
        return "it is a symbolic link"
    if mode & _WRITABLE_BY_OTHERS:
        return f"others may write to it (mode {stat.S_IMODE(mode):o}); `chmod -R go-w {path}` ends that"
    return ""


def claim(folder: Path) -> None:
    """Make `folder` where it is missing, with its parents, and check it. Raises NotPrivate.

    A link to a folder is followed: users may keep their files on another disk.
    """
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            path.mkdir(mode=FOLDER, exist_ok=True)
    _check(folder, folder.stat())


def claim_with_files(folder: Path) -> None:
    """Claim `folder` and check the files in it, which may be older than its mode. Raises NotPrivate."""
    claim(folder)
    for path in folder.iterdir():
        _check(path, path.lstat())


def opener(path: str, flags: int) -> int:
    """For the built-in `open`: follows no symbolic link, and makes files private."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, FILE)


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all. A symbolic link at `path` is replaced."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, _NEW, FILE)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def touch(path: Path) -> None:
    """Make an empty private file where there is none."""
    with _words(path):
        os.close(opener(str(path), os.O_RDWR | os.O_CREAT))


def _check(path: Path, status: os.stat_result) -> None:
    if why := problem(path, status.st_mode, status.st_uid, os.geteuid()):
        raise NotPrivate(errno.EPERM, why, str(path))


@contextmanager
def _words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP:  # what O_NOFOLLOW answers
            raise NotPrivate(errno.EPERM, "it is a symbolic link", str(path)) from None
        raise


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
