"""Say whenever a folder may have changed, and where; nothing wakes while nothing changes.

On Linux the system itself says so (inotify), without a thread that asks; elsewhere watchfiles does. What neither sees,
a network folder or the target of a link, is found by the rescans of whoever follows the folder.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from k9lite.manifests.scanning import Identity, folders, identity, is_manifest

Touched = frozenset[str] | None  # paths below the folder; None: anywhere
Changed = Callable[[Touched], None]

REPLACED = 3.0  # seconds between looks whether another folder has taken the place of the watched one
MISSING = 0.5  # seconds between looks for a folder that is gone
_SILENCE, _LONGEST_BURST = 0.005, 0.05  # seconds to wait for after an event, and the longest wait in a burst of them


async def watch(folder: Path, changed: Changed) -> None:
    """Call `changed` at the start and after every change, until cancelled.

    Folders are watched, never files: those go deaf when an editor saves by renaming. So does a folder that is itself
    replaced by another; then the new one is watched.
    """
    while True:
        with _held(folder):
            watched = identity(folder)
            if watched is None:
                changed(None)
                await asyncio.sleep(MISSING)
                continue
            try:
                await _watch_one(folder, watched, changed)
            except (OSError, RuntimeError):
                # Gone between the two looks, or the system watches no more folders: the rescan has to do.
                changed(None)
                await asyncio.sleep(REPLACED if identity(folder) == watched else MISSING)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep the folder open: a folder that is removed and made anew would else often get the same inode again."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:  # not there, or not readable
        yield
        return
    try:
        yield
    finally:
        os.close(descriptor)


if sys.platform == "linux":
    from asyncinotify import Event, Inotify, Mask

    _MASK = (
        Mask.CLOSE_WRITE
        | Mask.MODIFY
        | Mask.CREATE
        | Mask.DELETE
        | Mask.MOVED_FROM
        | Mask.MOVED_TO
        | Mask.ATTRIB
        | Mask.DELETE_SELF
        | Mask.MOVE_SELF
        | Mask.ONLYDIR
    )
    _FOLDERS_CHANGED = Mask.ISDIR | Mask.Q_OVERFLOW | Mask.DELETE_SELF | Mask.MOVE_SELF | Mask.UNMOUNT
    _AT_ONCE = 200  # events that one read may bring

    class _Events:
        """Collects what inotify says from the loop's own reader, so that no thread waits for it."""

        def __init__(self, folder: Path, inotify: Inotify) -> None:
            self._folder, self._inotify = folder, inotify
            self._touched: set[str] = set()
            self._anywhere = False
            self.arrived = asyncio.Event()

        def read(self) -> None:
            """What there is to be read now; the loop calls this."""
            for event in self._inotify:
                self._note(event)
            self.arrived.set()

        def _note(self, event: Event) -> None:
            if event.mask & _FOLDERS_CHANGED:
                self._anywhere = True
            elif event.path is not None:
                path = event.path
                name = path.relative_to(self._folder).as_posix()
                if is_manifest(name):
                    self._touched.add(name)
                elif path.is_symlink():  # manifests are read through links, too
                    self._anywhere = True

        def take(self) -> Touched:
            """Where something has happened since the last time."""
            touched = None if self._anywhere else frozenset(self._touched)
            self._touched, self._anywhere = set(), False
            self.arrived.clear()
            return touched

    async def _watch_one(folder: Path, watched: Identity, changed: Changed) -> None:
        """Until another folder takes its place. OSError when the system cannot watch it."""
        loop = asyncio.get_running_loop()
        with Inotify(cache_size=_AT_ONCE, sync_timeout=0) as inotify:
            events = _Events(folder, inotify)
            loop.add_reader(inotify.fd, events.read)
            try:
                touched: Touched = None
                while identity(folder) == watched:
                    if touched is None:
                        await asyncio.to_thread(_add_folders, inotify, folder)
                    if touched is None or touched:
                        changed(touched)
                    touched = await _next(events)
            finally:
                loop.remove_reader(inotify.fd)

    def _add_folders(inotify: Inotify, folder: Path) -> None:
        """Watch every folder below `folder`; those that are watched already stay so."""
        for path, _ in folders(folder):
            inotify.add_watch(path, _MASK)

    async def _next(events: _Events) -> Touched:
        """What happens next; nothing when it is time to look whether the folder is still the same."""
        try:
            async with asyncio.timeout(REPLACED):
                await events.arrived.wait()
        except TimeoutError:
            return frozenset()
        latest = asyncio.get_running_loop().time() + _LONGEST_BURST
        while events.arrived.is_set() and asyncio.get_running_loop().time() < latest:
            events.arrived.clear()
            await asyncio.sleep(_SILENCE)
        return events.take()

else:
    from watchfiles import awatch

    async def _watch_one(folder: Path, watched: Identity, changed: Changed) -> None:
        """Until another folder takes its place."""
        changed(None)
        async for _ in awatch(
            folder,
            watch_filter=None,
            step=int(_LONGEST_BURST * 1000),
            debounce=int(_LONGEST_BURST * 1000),
            rust_timeout=int(REPLACED * 1000),
            yield_on_timeout=True,
        ):
            changed(None)
            if identity(folder) != watched:
                return
