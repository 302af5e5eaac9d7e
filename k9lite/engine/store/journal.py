"""A store on disk: every committed write goes to SQLite, behind the writer's back; memory alone serves reads."""

import asyncio
import errno
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from k9lite import private_files
from k9lite.api.object import Object
from k9lite.engine.store.log import Change

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    "group" TEXT, version TEXT, plural TEXT, namespace TEXT, name TEXT, revision INTEGER, raw BLOB,
    managed BLOB,
    PRIMARY KEY ("group", version, plural, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS newest (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER);
INSERT OR IGNORE INTO newest VALUES (1, 0);
"""
PUT = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
DELETE = 'DELETE FROM objects WHERE "group" = ? AND version = ? AND plural = ? AND namespace = ? AND name = ?'
REVISION = "UPDATE newest SET revision = ?"


class Damaged(OSError):
    """What was kept cannot be read any more."""


class Record(NamedTuple):
    """One object as it was kept."""

    group: str
    version: str
    plural: str
    namespace: str
    name: str
    revision: int
    raw: bytes
    managed: bytes


class _Metadata(msgspec.Struct):
    name: str
    namespace: str = ""


class _Envelope(msgspec.Struct):
    metadata: _Metadata


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
        private_files.touch(path)  # SQLite gives its other files the mode of this one
        with _told_by_path(path):
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            # In WAL mode a commit without fsync survives the process, though perhaps not a power cut.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)
        self._pending: deque[Change] = deque()
        self._waiting: list[Future[None]] = []
        self._news = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._run, name=f"journal {path.name}", daemon=True)
        self._writer.start()

    def load(self) -> tuple[int, list[Record]]:
        try:
            [(revision,)] = self._database.execute("SELECT revision FROM newest")
            records = [Record(*row) for row in self._database.execute("SELECT * FROM objects ORDER BY revision")]
            for record in records:
                _check(record)
        except (sqlite3.Error, ValueError) as error:  # msgspec's, too
            raise Damaged(errno.EIO, str(error), str(self._path)) from None
        return revision, records

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
        self._database.close()

    def _run(self) -> None:
        changes: list[Change] = []
        told = False
        while True:
            with self._news:
                self._news.wait_for(lambda: self._pending or self._waiting or self._closing)
                changes += self._pending
                self._pending.clear()
                waiting, self._waiting = self._waiting, []
                closing = self._closing
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

    def _commit(self, changes: Sequence[Change]) -> None:
        """All of `changes` or none of them: a gap would make a state that never was."""
        if not changes:
            return
        with self._database:
            self._database.execute("BEGIN")
            for change in changes:
                self._write(change)
            self._database.execute(REVISION, (changes[-1].revision,))

    def _write(self, change: Change) -> None:
        obj, old = change.event.object, change.old
        gone = change.event.type == "DELETED"
        if old is not None and (gone or _place(old) != _place(obj)):  # it may have been stored in another version
            self._database.execute(DELETE, _place(old))
        if not gone:
            self._database.execute(PUT, (*_place(obj), obj.revision, obj.raw, obj.managed))


def _place(obj: Object[Any]) -> tuple[str, ...]:
    kind = obj.kind
    return kind.group, kind.version, kind.plural, obj.meta.namespace, obj.meta.name


def _check(record: Record) -> None:
    """ValueError when a record is not what was written: SQLite looks after its pages, not after what is in them."""
    found = msgspec.json.decode(record.raw, type=_Envelope).metadata
    if (found.namespace, found.name) != (record.namespace, record.name):
        raise ValueError(f"{record.plural} {record.name} is stored under the name {found.name}")
    if record.managed:
        msgspec.json.decode(record.managed)


def _answer(done: Future[None], failure: OSError | None) -> None:
    if not done.set_running_or_notify_cancel():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)


@contextmanager
def _told_by_path(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:  # no room, no right, no such folder
        raise OSError(errno.EIO, str(error), str(path)) from None
    except sqlite3.DatabaseError as error:
        raise Damaged(errno.EIO, str(error), str(path)) from None
