"""A store on disk: every committed write goes to SQLite, behind the writer's back; memory alone serves reads."""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from k9lite.engine.store.journal_file import Damaged as Damaged
from k9lite.engine.store.journal_file import JournalFile, place_of
from k9lite.engine.store.journal_file import Record as Record
from k9lite.engine.store.log import Change

log = logging.getLogger(__name__)

QUIET = 2.0  # seconds without a write after which the file is made smaller, if that is worth it


class Journal(Protocol):
    """Keeps what a store commits."""

    def load(self) -> tuple[int, list[Record]]:
        """The newest revision, and all objects; asked once, before anything is written."""

    def wrote(self, change: Change) -> None:
        """Keep `change`; called in the order of revisions, returns at once."""

    async def settled(self) -> None:
        """Wait until everything written so far would survive the death of this process. OSError when it cannot."""


class SqliteJournal:
    """A journal in the file at `path`. One thread writes whatever has gathered while it wrote before. What cannot be
    written, on a full disk, it tries again together with what comes next.

    OSError when the file cannot be had, Damaged when it is no journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = JournalFile(path)
        self._pending: deque[Change] = deque()
        self._waiting: list[Future[None]] = []
        self._news = threading.Condition()
        self._closing = False
        self._shrunk = True  # nothing was written since the file was made smaller
        self._writer = threading.Thread(target=self._run, name=f"journal {path.name}", daemon=True)
        self._writer.start()

    def load(self) -> tuple[int, list[Record]]:
        records = self._file.load()
        return self._file.summary.revision, records

    def wrote(self, change: Change) -> None:
        with self._news:
            self._pending.append(change)
            self._news.notify()

    async def settled(self) -> None:
        done: Future[None] = Future()
        with self._news:
            self._waiting.append(done)
            self._news.notify()
        await asyncio.wrap_future(done)

    def close(self) -> None:
        """Write what is left, and close the file."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._writer.join()
        self._file.close()

    def _run(self) -> None:
        changes: list[Change] = []
        told = False
        while True:
            waiting, closing = self._gather(changes)
            failure: OSError | None = None
            try:
                self._commit(changes)
                changes.clear()
            except sqlite3.Error as error:
                failure = OSError(f"the cluster cannot be kept on disk: {error} ({self._path})")
                if not told:
                    log.error("%s; what changes from now on is lost when k9lite ends before that ends", failure)
            told = failure is not None
            for done in waiting:
                _answer(done, failure)
            if closing:
                return

    def _gather(self, changes: list[Change]) -> tuple[list[Future[None]], bool]:
        """Wait for something to do and add it to `changes`; who waits for it, and whether it is the last."""
        with self._news:
            while not self._news.wait_for(lambda: self._pending or self._waiting or self._closing, self._patience()):
                with suppress(sqlite3.Error):  # a full disk is told of when something is to be written
                    self._file.shrink()
                self._shrunk = True
            self._shrunk = self._shrunk and not self._pending
            changes += self._pending
            self._pending.clear()
            waiting, self._waiting = self._waiting, []
            return waiting, self._closing

    def _patience(self) -> float | None:
        """Seconds to wait for a write before the quiet is used; None when it has been."""
        return None if self._shrunk else QUIET

    def _commit(self, changes: Sequence[Change]) -> None:
        """All of `changes` or none of them: a gap would make a state that never was."""
        if not changes:
            return
        with self._file.transaction():
            for change in changes:
                self._write(change)

    def _write(self, change: Change) -> None:
        obj, old = change.event.object, change.old
        gone = change.event.type == "DELETED"
        place = place_of(obj)
        if old is not None and (gone or place_of(old) != place):  # it may have been stored in another version
            self._file.remove(place_of(old), change.revision)
        if not gone:
            self._file.put(Record(*place, obj.revision, obj.raw, obj.managed))


def _answer(done: Future[None], failure: OSError | None) -> None:
    if not done.set_running_or_notify_cancel():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
