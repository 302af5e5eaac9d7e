"""What can still be read of a damaged journal, and what cannot."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from k9lite import private_files
from k9lite.engine.store import wal
from k9lite.engine.store.journal_file import Damaged, Record, connect, in_words, read_summary, rows, write_all

OF_SQLITE = ("", "-wal", "-shm")  # what the names of SQLite's files end in
ASIDE = ".damaged"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """kept: how many objects; lost: those that are damaged, as far as their names can be read
    missing: how many more there should be; pages: of the last writes, which cannot be told what they were
    """

    kept: int
    lost: Sequence[str]
    missing: int
    pages: int


def salvage(path: Path) -> Salvaged:
    """Put a journal at `path` that holds what is whole of the one that is there; a copy of that stays beside it.

    Damaged when nothing can be read. OSError when there is no room.
    """
    log = path.with_name(f"{path.name}-wal")
    pages = wal.lost_frames(log.read_bytes()) if log.exists() else 0
    files = [path.with_name(path.name + ending) for ending in OF_SQLITE]
    for file in files:
        if file.exists():
            private_files.write(file.with_name(file.name + ASIDE), file.read_bytes())
    with in_words(path, Damaged):
        records, lost, revision, missing = _read(path)
    for file in files:
        file.unlink(missing_ok=True)
    private_files.touch(path)
    with in_words(path):
        database = connect(path)
        with database:
            database.execute("BEGIN")
            write_all(database, records, revision)
        database.close()
    return Salvaged(len(records), lost, missing, pages)


def _read(path: Path) -> tuple[list[Record], list[str], int, int]:
    """Records that are whole, names of those that are not, the last revision, how many are missing besides."""
    database = connect(path)
    records: list[Record] = []
    lost: list[str] = []
    failure: sqlite3.Error | None = None
    try:
        for _, record, checksum in rows(database):
            if record.checksum == checksum:
                records.append(record)
            else:
                lost.append(" ".join(filter(None, (record.plural, record.namespace, record.name))))
    except sqlite3.Error as error:  # a page that leads to others: what was read before it is whole
        failure = error
    try:
        summary = read_summary(database)
        revision, objects = summary.revision, summary.objects
    except (sqlite3.Error, TypeError, ValueError):
        revision, objects = max((record.revision for record in records), default=0), len(records) + len(lost)
    database.close()
    if failure is not None and not records:
        raise failure
    return records, lost, revision, max(0, objects - len(records) - len(lost))
