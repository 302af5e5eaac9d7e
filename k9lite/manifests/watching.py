"""Say whenever a folder may have changed: at once where the system tells, every few seconds where it does not."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import awatch

from k9lite.manifests.scanning import identity

RESCAN = 3.0  # seconds; network folders and links to files elsewhere raise no events
MISSING = 0.5  # seconds between looks for a folder that is gone
_SETTLE_MS, _DEBOUNCE_MS = 5, 50  # silence to wait for after an event, and the longest wait in a burst of them


async def watch(folder: Path, changed: Callable[[], None]) -> None:
    """Call `changed` at the start, after every change and every `RESCAN` seconds, until cancelled.

    Folders are watched, never files: those go deaf when an editor saves by renaming. So does a folder that is itself
    replaced by another; then the new one is watched.
    """
    while True:
        with _held(folder):
            watched = identity(folder)
            changed()
            if watched is None:
                await asyncio.sleep(MISSING)
                continue
            try:
                async for _ in awatch(
                    folder, watch_filter=None, step=_SETTLE_MS, debounce=_DEBOUNCE_MS,
                    rust_timeout=int(RESCAN * 1000), yield_on_timeout=True,
                ):  # fmt: skip
                    changed()
                    if identity(folder) != watched:
                        break
            except (OSError, RuntimeError):
                # Gone between the two looks, or the system watches no more folders: the rescan has to do.
                await asyncio.sleep(RESCAN if identity(folder) == watched else MISSING)


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
