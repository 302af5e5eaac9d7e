"""What a user does with a table beyond moving in it: pick columns, mark rows, look at nothing but faults."""

from collections.abc import Sequence
from typing import Any

from k9lite.tui.display.columns import Column
from k9lite.tui.display.text import clean
from k9lite.tui.widgets.rows import Rows
from k9lite.tui.widgets.table import FIXED, Table


class BrowsingTable(Table):
    """A table with columns to pick and to move, and rows to mark."""

    # Columns

    def pick_column(self, step: int) -> None:
        """Go to the next column to the right or left, to sort by it."""
        visible = [index for index, size in enumerate(self.painter.widths) if size and self.columns[index].label]
        if visible:
            here = self.picked if self.picked in visible else self._rows.sorted_by
            at = visible.index(here) if here in visible else 0
            self.picked = visible[(at + step) % len(visible)]
            self.refresh()

    def sort_by_picked(self) -> None:
        """Sort by the picked column; again: the other way round."""
        if self.picked is not None:
            self.sort_again(self.columns[self.picked].label)

    def sort_again(self, label: str) -> None:
        """Sort by a column, the other way round when the rows are sorted by it already."""
        sorted_by, descending = self.sorted_by
        self.sort_by(label, descending=sorted_by == label and not descending)

    def move_columns(self, step: int) -> None:
        """Move the columns after the name to the left, so that those that found no room are seen."""
        self.skipped = max(0, min(self.skipped + step, len(self.columns) - FIXED - 1))
        self.share_width()

    def use_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the rows must be put anew."""
        label, descending = self.sorted_by
        self.columns = self.painter.columns = tuple(columns)
        self.painter.widths, self.skipped, self.picked = (), 0, None
        before, self._rows = self._rows, Rows(len(self.columns))
        self._rows.filter, self._rows.faults_only = before.filter, before.faults_only
        self.sort_by(label, descending)

    # Rows

    @property
    def faults_only(self) -> bool:
        """Whether rows without a fault are kept off the screen."""
        return self._rows.faults_only

    @faults_only.setter
    def faults_only(self, on: bool) -> None:
        self._rows.faults_only = on
        self.reorder()

    @property
    def marked_keys(self) -> list[Any]:
        """The keys of the marked rows that are shown, in order."""
        marked = self._rows.marked
        return [row.key for row in self._rows.shown if row.key in marked] if marked else []

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        if self.cursor is not None:
            self._rows.mark([self.cursor], self.cursor not in self._rows.marked)
            self.move(1)

    def mark_range(self) -> None:
        """Mark all rows from the nearest marked one to the cursor."""
        marked = [line for line, row in enumerate(self._rows.shown) if row.key in self._rows.marked]
        start = min(marked, key=lambda line: abs(line - self.cursor_line), default=self.cursor_line)
        first, last = sorted((start, self.cursor_line))
        self._rows.mark([row.key for row in self._rows.shown[first : last + 1]], True)
        self.refresh()

    def unmark(self) -> None:
        self._rows.mark(list(self._rows.marked), False)
        self.refresh()

    def texts(self) -> list[list[str]]:
        """The labels and then every row shown, as text."""
        rows = ([clean(cell.text) for cell in row.cells] for row in self._rows.shown)
        return [[column.label for column in self.columns], *rows]
