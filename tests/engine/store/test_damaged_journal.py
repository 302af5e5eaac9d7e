"""A journal is what was written, or it is refused; and what is whole of it can be had back."""

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from k9lite.engine.store.journal_file import Damaged, JournalFile, Record
from k9lite.engine.store.salvage import ASIDE, salvage

OBJECTS = 60


def record(number: int, text: str = "") -> Record:
    raw = f'{{"metadata":{{"name":"pod-{number}"}},"data":"{text or number * 37}"}}'.encode()
    return Record("", "v1", "pods", "default", f"pod-{number}", number + 1, raw, b"[]" * (number % 3))


def write(file: JournalFile, records: Sequence[Record]) -> None:
    for written in records:
        with file.transaction():
            file.put(written)


def opened(path: Path) -> list[Record]:
    """What a cluster would begin with. Raises OSError."""
    file = JournalFile(path)
    try:
        return file.load()
    finally:
        file.close()


@pytest.fixture
def records() -> list[Record]:
    return [record(number, "x" * (number * 67 % 3000)) for number in range(OBJECTS)]


@pytest.fixture
def journal(tmp_path: Path, records: list[Record]) -> Path:
    """A journal that was closed."""
    path = tmp_path / "journal"
    file = JournalFile(path)
    file.load()
    write(file, records)
    file.close()
    return path


@pytest.fixture
def killed(tmp_path: Path, records: list[Record]) -> Path:
    """The files of a journal whose process was killed: all is in the write-ahead log."""
    file = JournalFile(tmp_path / "running")
    file.load()
    write(file, records[: OBJECTS // 2])
    file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    write(file, records[OBJECTS // 2 :])
    path = tmp_path / "journal"
    for ending in ("", "-wal"):
        (tmp_path / f"journal{ending}").write_bytes((tmp_path / f"running{ending}").read_bytes())
    file.close()
    return path


def flip(path: Path, at: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_a_flipped_bit_is_refused_or_changes_nothing(killed: Path, records: list[Record], ending: str):
    """Most bytes hold something. In those that hold nothing a flipped bit may pass, in none may an object change."""
    random_bits = random.Random("bits")
    main, log = killed.read_bytes(), killed.with_name("journal-wal").read_bytes()
    refused = 0
    for _ in range(60):
        killed.write_bytes(main)
        killed.with_name("journal-wal").write_bytes(log)
        killed.with_name("journal-shm").unlink(missing_ok=True)
        damaged = killed.with_name(f"journal{ending}")
        flip(damaged, random_bits.randrange(damaged.stat().st_size), random_bits.randrange(8))
        try:
            loaded = opened(killed)
        except OSError:
            refused += 1
        else:
            assert loaded == records
    assert refused > 30


def test_a_write_that_was_under_way_is_no_damage(killed: Path, records: list[Record]):
    log = killed.with_name("journal-wal")
    log.write_bytes(log.read_bytes()[:-1000])
    assert opened(killed) == records[:-1]  # nobody was told that it had been written


def test_lost_rows_are_noticed(journal: Path):
    database = sqlite3.connect(journal)
    database.execute("DELETE FROM objects WHERE name = 'pod-7'")
    database.commit()
    database.close()
    with pytest.raises(Damaged, match=f"{OBJECTS - 1} objects are there, and not the {OBJECTS} that were written"):
        opened(journal)


def test_what_is_whole_is_kept_and_what_is_lost_is_named(journal: Path, records: list[Record]):
    database = sqlite3.connect(journal)
    database.execute("UPDATE objects SET raw = x'00' WHERE name = 'pod-7'")
    database.execute("DELETE FROM objects WHERE name = 'pod-9'")
    database.commit()
    database.close()
    with pytest.raises(Damaged, match="pods pod-7 is damaged"):
        opened(journal)
    salvaged = salvage(journal)
    assert (salvaged.kept, salvaged.lost, salvaged.missing) == (OBJECTS - 2, ["pods default pod-7"], 1)
    assert opened(journal) == [whole for whole in records if whole.name not in ("pod-7", "pod-9")]
    assert journal.with_name(f"journal{ASIDE}").exists()


def test_the_last_writes_can_be_given_up(killed: Path, records: list[Record]):
    log = killed.with_name("journal-wal")
    flip(log, log.stat().st_size // 2, 3)
    with pytest.raises(Damaged, match=r"the last writes are damaged \(\d+ pages of journal-wal\)"):
        opened(killed)
    salvaged = salvage(killed)
    assert salvaged.pages > 1
    assert opened(killed) == records[: salvaged.kept]


def test_a_write_that_fails_leaves_the_sums_as_they_were(tmp_path: Path):
    file = JournalFile(tmp_path / "journal")
    file.load()
    write(file, [record(1), record(2)])

    def fails() -> None:
        with file.transaction():
            file.put(record(1, "other"))
            file.put(record(3))
            file.remove(record(2).place, 9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    write(file, [record(4)])
    file.close()
    assert opened(tmp_path / "journal") == [record(1), record(2), record(4)]


def test_objects_take_what_they_are_long_and_give_it_back(tmp_path: Path):
    path = tmp_path / "journal"
    file = JournalFile(path)
    file.load()
    many = [record(number, "x" * 1200) for number in range(6000)]
    with file.transaction():
        for written in many:
            file.put(written)
    file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size < 1.5 * sum(len(written.raw) for written in many)
    with file.transaction():
        for written in many[10:]:
            file.remove(written.place, 9000)
    file.shrink()
    file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size < 3 << 20
    file.close()
    assert path.stat().st_size < 3 << 20
    assert opened(path) == many[:10]


def test_a_journal_without_checksums_is_taken_over(tmp_path: Path):
    database = sqlite3.connect(tmp_path / "journal")
    database.executescript("""
        CREATE TABLE objects ("group" TEXT, version TEXT, plural TEXT, namespace TEXT, name TEXT, revision INTEGER,
            raw BLOB, managed BLOB, PRIMARY KEY ("group", version, plural, namespace, name)) WITHOUT ROWID;
        CREATE TABLE newest (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER);
        INSERT INTO newest VALUES (1, 12);
    """)
    database.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record(1))
    database.commit()
    database.close()
    for _ in range(2):
        file = JournalFile(tmp_path / "journal")
        assert (file.load(), file.summary.revision) == ([record(1)], 12)
        file.close()
