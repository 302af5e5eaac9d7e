"""Where a cluster that outlives its process keeps its objects."""

from pathlib import Path

from k9lite.engine.store.journal import Damaged as Damaged
from k9lite.engine.store.journal import SqliteJournal

FILE = "journal.sqlite"


def open_journal(folder: Path) -> SqliteJournal:
    """The journal in `folder`, or a new one. OSError when it cannot be had, Damaged when it cannot be read."""
    return SqliteJournal(folder / FILE)


def is_kept(folder: Path) -> bool:
    """Whether a cluster has its objects in `folder`."""
    return (folder / FILE).exists()
