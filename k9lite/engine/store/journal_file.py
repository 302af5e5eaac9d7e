"""The file of a journal: one row per object, each with a checksum, and one row that sums up all of them."""

import errno
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from k9lite import private_files
from k9lite.api.object import Object
from k9lite.engine.store import wal

FORMAT = 2  # as user_version
# With a rowid and without an index an object takes what it is long; "WITHOUT ROWID" gave each a page of its own.
SCHEMA = (
    'CREATE TABLE objects (id INTEGER PRIMARY KEY, "group" TEXT, version TEXT, plural TEXT, namespace TEXT, name TEXT,'
    " revision INTEGER, raw BLOB, managed BLOB, checksum INTEGER)",
    "CREATE TABLE summary (id INTEGER PRIMARY KEY CHECK (id = 1), revision, objects, digest, checksum)",
    f"PRAGMA user_version = {FORMAT}",
)
PUT = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
DELETE = "DELETE FROM objects WHERE id = ?"
SUMMARIZE = "INSERT OR REPLACE INTO summary VALUES (1, ?, ?, ?, ?)"
OF_FORMAT_1 = 'SELECT "group", version, plural, namespace, name, revision, raw, managed FROM objects ORDER BY revision'
LONGEST_LOG = 4 << 20  # bytes of the write-ahead log that stay on disk
SPARE = 1000  # pages of 4 KB that may lie idle in the file

Place = tuple[str, str, str, str, str]  # group, version, plural, namespace, name


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

    @property
    def place(self) -> Place:
        return self.group, self.version, self.plural, self.namespace, self.name

    @property
    def checksum(self) -> int:
        """Of everything in it; as long as it is right, the record is what was written."""
        head = "\0".join([*self.place, str(self.revision), str(len(self.raw))])
        return zlib.crc32(self.managed, zlib.crc32(self.raw, zlib.crc32(head.encode())))


class Summary(NamedTuple):
    """Of all records: the revision of the last write, how many `objects` there are, and their checksums, xor-ed."""

    revision: int = 0
    objects: int = 0
    digest: int = 0

    @property
    def checksum(self) -> int:
        return zlib.crc32(repr(tuple(self)).encode())


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at `path` from another one in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def place_of(obj: Object[Any]) -> Place:
    kind = obj.kind
    return kind.group, kind.version, kind.plural, obj.meta.namespace, obj.meta.name


class JournalFile:
    """The file at `path`, to be used by one thread at a time.

    OSError when it cannot be had, Damaged when it is no journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[Place, tuple[int, int]] = {}  # id and checksum
        self._before: list[tuple[Place, tuple[int, int] | None]] = []  # what this transaction changed in `_rows`
        self._next = 1
        self.summary = Summary()
        private_files.touch(path)  # SQLite gives its other files the mode of this one
        check_log(path)
        with in_words(path):
            self.database = connect(path)
            if self.database.execute("PRAGMA user_version").fetchone() == (0,):
                _begin(self.database)
        self._identity = _identity(path)

    def load(self) -> list[Record]:
        """All records, in the order of their revisions. Damaged when they are not what was written."""
        with in_words(self.path, Damaged):
            self.summary = read_summary(self.database)
            records = []
            for id, record, checksum in rows(self.database):
                if record.checksum != checksum:
                    raise Damaged(errno.EIO, f"{record.plural} {record.name} is damaged", str(self.path))
                self._rows[record.place] = id, checksum
                self._next = max(self._next, id + 1)
                records.append(record)
        digest = 0
        for _, checksum in self._rows.values():
            digest ^= checksum
        if (len(self._rows), digest) != (self.summary.objects, self.summary.digest):
            missing = f"{len(records)} objects are there, and not the {self.summary.objects} that were written"
            raise Damaged(errno.EIO, missing, str(self.path))
        return sorted(records, key=lambda record: record.revision)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is written inside, or nothing. Raises sqlite3.Error."""
        if _identity(self.path) != self._identity:  # SQLite would go on writing to a file that nobody can find
            raise sqlite3.OperationalError("its file was removed or replaced while it was written")
        self._before, summary = [], self.summary
        try:
            with self.database:
                self.database.execute("BEGIN")
                yield
                self.database.execute(SUMMARIZE, (*self.summary, self.summary.checksum))
        except BaseException:
            self.summary = summary
            for place, row in reversed(self._before):
                self._set(place, row)
            raise

    def put(self, record: Record) -> None:
        checksum = record.checksum
        id, before = self._rows.get(record.place, (0, 0))
        if not id:
            id, self._next = self._next, self._next + 1
        self._note(record.place, (id, checksum))
        self.database.execute(PUT, (id, *record, checksum))
        self._sum_up(record.revision, before ^ checksum)

    def remove(self, place: Place, revision: int) -> None:
        id, before = self._rows.get(place, (0, 0))
        if id:
            self._note(place, None)
            self.database.execute(DELETE, (id,))
        self._sum_up(revision, before)

    def shrink(self) -> None:
        """Give what lies idle in the file back to the system, where that is much."""
        [spare] = self.database.execute("PRAGMA freelist_count").fetchone()
        if spare > SPARE:
            # A single `execute` frees a single page.
            self.database.executescript(f"PRAGMA incremental_vacuum({spare - SPARE // 2})")

    def close(self) -> None:
        self.database.close()

    def _note(self, place: Place, row: tuple[int, int] | None) -> None:
        self._before.append((place, self._rows.get(place)))
        self._set(place, row)

    def _set(self, place: Place, row: tuple[int, int] | None) -> None:
        if row is None:
            self._rows.pop(place, None)
        else:
            self._rows[place] = row

    def _sum_up(self, revision: int, difference: int) -> None:
        self.summary = Summary(revision, len(self._rows), self.summary.digest ^ difference)


def connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")  # heeded while the file is empty
    # In WAL mode a commit without fsync survives the process, though perhaps not a power cut.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
    return database


def check_log(path: Path) -> None:
    """Raise Damaged when writes would be lost that were acknowledged."""
    log = path.with_name(f"{path.name}-wal")
    lost = wal.lost_frames(log.read_bytes()) if log.exists() else 0
    if lost:
        raise Damaged(errno.EIO, f"the last writes are damaged ({lost} pages of {log.name})", str(path))


def rows(database: sqlite3.Connection) -> Iterator[tuple[int, Record, int]]:
    """The id, the record, and its checksum as it was written. Raises sqlite3.Error."""
    for id, *fields, checksum in database.execute("SELECT * FROM objects ORDER BY id"):
        yield id, _record(fields), checksum


def read_summary(database: sqlite3.Connection) -> Summary:
    row = database.execute("SELECT revision, objects, digest, checksum FROM summary").fetchone()
    if row is None:
        return Summary()
    summary = Summary(*row[:3])
    if summary.checksum != row[3]:
        raise sqlite3.DatabaseError("the summary of all objects is damaged")
    return summary


def _record(fields: list[Any]) -> Record:
    """What is in a row; bits that have flipped in its types as well make a record that fits no checksum."""
    group, version, plural, namespace, name = (field if isinstance(field, str) else repr(field) for field in fields[:5])
    raw, managed = (field if isinstance(field, bytes) else repr(field).encode() for field in fields[6:])
    return Record(group, version, plural, namespace, name, fields[5], raw, managed)


def _begin(database: sqlite3.Connection) -> None:
    """Make the tables; of a file of format 1, which had no checksums, from what is in it."""
    with database:
        database.execute("BEGIN")
        records, revision = _of_format_1(database)
        write_all(database, records, revision)
    if records:
        database.execute("VACUUM")


def _of_format_1(database: sqlite3.Connection) -> tuple[list[Record], int]:
    """What is in a file of format 1, whose tables are dropped, and the revision of the last write."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'newest'").fetchone():
        return [], 0
    [revision] = database.execute("SELECT revision FROM newest").fetchone()
    records = [_record(list(row)) for row in database.execute(OF_FORMAT_1)]
    for record in records:
        msgspec.json.decode(record.raw)
    database.execute("DROP TABLE objects")
    database.execute("DROP TABLE newest")
    return records, revision


def write_all(database: sqlite3.Connection, records: Sequence[Record], revision: int) -> None:
    """Make the tables of a fresh file, and put `records` into them."""
    digest = 0
    for statement in SCHEMA:
        database.execute(statement)
    for id, record in enumerate(records, 1):
        database.execute(PUT, (id, *record, record.checksum))
        digest ^= record.checksum
    summary = Summary(revision, len(records), digest)
    database.execute(SUMMARIZE, (*summary, summary.checksum))


@contextmanager
def in_words(path: Path, operational: type[OSError] = OSError) -> Iterator[None]:
    """What SQLite says of a file, as OSErrors that name it; `operational`: of what may be put right from outside."""
    try:
        yield
    except sqlite3.OperationalError as error:  # no room, no right, no such folder
        raise operational(errno.EIO, str(error), str(path)) from None
    except (sqlite3.Error, ValueError) as error:  # UnicodeDecodeError is one
        raise Damaged(errno.EIO, str(error), str(path)) from None
