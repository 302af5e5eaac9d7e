"""Where a cluster that outlives its process keeps its objects."""

from pathlib import Path

from k9lite.engine.store.journal import SqliteJournal

FILE = "journal.sqlite"


def open_journal(folder: Path) -> SqliteJournal:
    """The journal in `folder`; a new one where there is none. OSError when it cannot be opened."""
    return SqliteJournal(folder / FILE)


def is_kept(folder: Path) -> bool:
    """Whether a cluster has its objects in `folder`."""
    return (folder / FILE).exists()
