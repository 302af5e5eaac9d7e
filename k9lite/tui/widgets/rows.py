"""The rows of a table: kept by key, sorted, filtered. Knows nothing of drawing."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from textual.strip import Strip

from k9lite.tui.display.columns import Cell
from k9lite.tui.display.text import clean, width
from k9lite.tui.session.filters import Filter

NO_LABELS: Mapping[str, str] = {}
FAULTS = frozenset({"warn", "bad"})  # the tones of what needs a look


class Row:
    """One row; `strip` is how it was drawn last, None once something about it has changed."""

    __slots__ = ("cells", "key", "labels", "order", "position", "strip", "text")

    def __init__(self, key: Hashable, cells: Sequence[Cell], labels: Mapping[str, str]) -> None:
        self.key, self.cells, self.labels = key, cells, labels
        self.order: tuple[Any, ...] = ()
        self.text: str | None = None  # what filters look at; joined when first asked for
        self.position = -1  # among the rows shown; -1 when filtered out
        self.strip: Strip | None = None


class Rows:
    """`put` and `remove` as things change; `arrange` when `disordered` says that order or number did."""

    def __init__(self, columns: int) -> None:
        self._rows: dict[Hashable, Row] = {}
        self.shown: list[Row] = []
        self.changed: set[Row] = set()
        self.disordered = False
        self.natural = [0] * columns  # terminal cells that the widest content of each column takes
        self.filter: Filter | None = None
        self.faults_only = False
        self.marked: set[Hashable] = set()
        self.sorted_by, self.descending = 0, False

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def get(self, key: Hashable) -> Row | None:
        return self._rows.get(key)

    def put(self, key: Hashable, cells: Sequence[Cell], labels: Mapping[str, str] = NO_LABELS) -> None:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Row(key, cells, labels)
            row.order = self._order(row)
            self.disordered = True
        elif row.cells == cells and row.labels == labels:
            return
        else:
            row.cells, row.labels, row.text, row.strip = cells, labels, None, None
            order = self._order(row)
            if order != row.order:
                row.order, self.disordered = order, True
            elif self.narrowed and self._admits(row) != (row.position >= 0):
                self.disordered = True
        self.changed.add(row)

    def remove(self, key: Hashable) -> None:
        row = self._rows.pop(key, None)
        if row is not None:
            self.changed.discard(row)
            self.marked.discard(key)
            self.disordered = True

    def clear(self) -> None:
        self._rows.clear()
        self.changed.clear()
        self.marked.clear()
        self.natural = [0] * len(self.natural)
        self.disordered = True

    def sort(self, column: int, descending: bool) -> None:
        self.sorted_by, self.descending = column, descending
        for row in self._rows.values():
            row.order = self._order(row)
        self.disordered = True

    def take_changes(self) -> list[Row]:
        """The rows put since the last time; `natural` takes their widths in.

        Columns get narrower only when the table is cleared, so that nothing jitters.
        """
        changed = list(self.changed)
        self.changed.clear()
        for row in changed:
            for index, cell in enumerate(row.cells):
                taken = width(clean(cell.text))
                if taken > self.natural[index]:
                    self.natural[index] = taken
        return changed

    def arrange(self) -> None:
        """Sort and filter anew."""
        self.disordered = False
        for row in self.shown:
            row.position = -1
        rows = list(self._rows.values())
        if self.narrowed:
            rows = [row for row in rows if self._admits(row)]
        rows.sort(key=lambda row: row.order, reverse=self.descending)
        for position, row in enumerate(rows):
            row.position = position
        self.shown = rows

    @property
    def narrowed(self) -> bool:
        """Whether some rows may be kept off the screen."""
        return self.filter is not None or self.faults_only

    def mark(self, keys: Iterable[Hashable], on: bool) -> None:
        """Choose rows for what is done to several at once."""
        for key in keys:
            self.marked.discard(key)
            if on:
                self.marked.add(key)
            self._rows[key].strip = None

    def forget_drawings(self) -> None:
        for row in self._rows.values():
            row.strip = None

    def _order(self, row: Row) -> tuple[Any, ...]:
        cell = row.cells[self.sorted_by]
        value = cell.text if cell.order is None else cell.order
        return (isinstance(value, str), value, row.key)

    def _admits(self, row: Row) -> bool:
        if self.faults_only and not FAULTS.intersection(cell.tone for cell in row.cells):
            return False
        if self.filter is None:
            return True
        if row.text is None:
            row.text = " ".join(clean(cell.text) for cell in row.cells)
        return self.filter.admits(row.text, row.labels)
