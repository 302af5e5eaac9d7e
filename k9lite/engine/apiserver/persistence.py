"""Where a cluster that outlives its process keeps its objects."""

from pathlib import Path

from k9lite.engine.store.journal import Damaged as Damaged
from k9lite.engine.store.journal import SqliteJournal
from k9lite.engine.store.salvage import Salvaged as Salvaged
from k9lite.engine.store.salvage import salvage

JOURNAL = "journal.sqlite"


def open_journal(folder: Path) -> SqliteJournal:
    """The journal in `folder`, or a new one. OSError when it cannot be had, Damaged when it cannot be read."""
    return SqliteJournal(folder / JOURNAL)


def repair_journal(folder: Path) -> Salvaged:
    """Keep what is whole of the damaged journal in `folder`. Damaged when nothing is, OSError when there is no room."""
    return salvage(folder / JOURNAL)


def is_kept(folder: Path) -> bool:
    """Whether a cluster has its objects in `folder`."""
    return (folder / JOURNAL).exists()
