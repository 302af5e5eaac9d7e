"""A table for 10,000 rows that change a thousand times a second: rows have keys, the cursor follows its object."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from k9lite.tui.display.columns import Cell, Column, widths
from k9lite.tui.display.text import clean, fit
from k9lite.tui.display.tones import CLASSES
from k9lite.tui.session.filters import Filter
from k9lite.tui.widgets.row_painter import GAP, RowPainter
from k9lite.tui.widgets.rows import NO_LABELS, Row, Rows
from k9lite.tui.widgets.selectable import Selectable

FIXED = 2  # columns on the left that stay when the others move: glyph and name
HEADER = 1  # lines above the first row


class Table(Selectable, can_focus=True, inherit_bindings=False):
    """`put` and `remove` rows as they change, then `paint`: only what changed and is visible is drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--match",
        "table--marked",
        "table--picked",
        *CLASSES,
    }
    DEFAULT_CSS = """
    Table { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        table: "Table"
        key: Any

        @property
        def control(self) -> "Table":
            return self.table

    def __init__(self, columns: Sequence[Column], *, empty: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.empty = empty  # what to say when there is no row
        self._rows = Rows(len(self.columns))
        self.painter = RowPainter(self.columns, self._styled)
        self.skipped = 0  # columns moved out of sight on the left
        self.picked: int | None = None  # the column that keys pick to sort by
        self.cursor: Any = None  # the key of the row under the cursor
        self.cursor_line = 0
        self._touched = False  # whether the user has moved the cursor; until then it stays on top

    def _styled(self, part: str, partial: bool) -> Style:
        return self.get_component_rich_style(part, partial=partial)

    def put(self, key: Hashable, cells: Sequence[Cell], labels: Mapping[str, str] = NO_LABELS) -> None:
        """Add the row `key`, or change it; takes effect with the next `paint`. Keys must be comparable."""
        self._rows.put(key, cells, labels)

    def take_out(self, key: Hashable) -> None:
        self._rows.remove(key)

    def clear(self) -> None:
        self._rows.clear()

    def paint(self) -> None:
        """Take in what was put and removed since the last time, and have what is visible of it redrawn."""
        changed = self._rows.take_changes()
        if self._rows.disordered:
            self.reorder()
            return
        self.share_width()
        for row in changed:
            if row.position >= 0:
                self._redraw(row.position)

    def filter_by(self, filter: Filter | None) -> None:
        self._rows.filter = self.painter.filter = filter
        self._rows.forget_drawings()
        self.reorder()

    def sort_by(self, label: str, descending: bool = False) -> None:
        """Sort by the column named `label`; nothing happens where there is none."""
        for index, column in enumerate(self.columns):
            if column.label == label:
                self._rows.sort(index, descending)
                self.reorder()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    @property
    def shown(self) -> list[Any]:
        """The keys of the rows that the filter admits, in order."""
        return [row.key for row in self._rows.shown]

    @property
    def on_screen(self) -> list[Any]:
        """The keys of the rows on the screen now."""
        top = self.scroll_offset.y
        return [row.key for row in self._rows.shown[top : top + self._height]]

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The label of the column that orders the rows, and whether it does so downwards."""
        return self.columns[self._rows.sorted_by].label, self._rows.descending

    @property
    def _width(self) -> int:
        """Without the place of the scrollbar, whether it is shown or not."""
        return self.scrollable_content_region.width

    @property
    def _height(self) -> int:
        return max(1, self.size.height - HEADER)

    # The cursor

    def move_to(self, key: Hashable) -> None:
        row = self._rows.get(key)
        if row is not None and row.position >= 0:
            self._go(row.position)

    def move(self, lines: int) -> None:
        """Move the cursor by so many rows, as far as there are any."""
        self._go(self.cursor_line + lines)

    def move_pages(self, pages: int) -> None:
        self.move(pages * max(1, self._height - 1))

    async def on_click(self, event: events.Click) -> None:
        line = event.y - HEADER + self.scroll_offset.y
        if event.y >= HEADER and line < len(self._rows.shown):
            self._go(line)
            if event.chain == 2:
                await self.run_action("app.perform('choose')")

    def reorder(self) -> None:
        """Show the rows in their order, and keep the cursor on its object."""
        was_visible = 0 <= self.cursor_line - self.scroll_offset.y < self._height
        self._rows.arrange()
        self.share_width()
        self.virtual_size = Size(self._width, len(self._rows.shown) + HEADER)
        self._follow()
        if was_visible:
            self._reveal()
        self.refresh()

    def _follow(self) -> None:
        shown = self._rows.shown
        row = self._rows.get(self.cursor)
        if not shown:
            self._put_cursor(None, 0)
        elif not self._touched:
            self._put_cursor(shown[0].key, 0)
        elif row is not None and row.position >= 0:
            self._put_cursor(row.key, row.position)
        else:  # its object is gone or filtered out: the next one takes its place
            line = min(self.cursor_line, len(shown) - 1)
            self._put_cursor(shown[line].key, line)

    def _put_cursor(self, key: Any, line: int) -> None:
        moved = key != self.cursor
        self.cursor, self.cursor_line = key, line
        if moved:
            self.post_message(self.Moved(self, key))

    def _go(self, line: int) -> None:
        shown = self._rows.shown
        if not shown:
            return
        line = max(0, min(line, len(shown) - 1))
        self._touched = True
        before = self.cursor_line
        self._put_cursor(shown[line].key, line)
        self._reveal()
        self._redraw(before)
        self._redraw(line)

    def _reveal(self) -> None:
        top = self.scroll_offset.y
        if self.cursor_line < top:
            self.scroll_to(y=self.cursor_line, animate=False, force=True)
        elif self.cursor_line >= top + self._height:
            self.scroll_to(y=self.cursor_line - self._height + 1, animate=False, force=True)

    # Drawing

    def on_resize(self) -> None:
        self._rows.forget_drawings()
        self.share_width()
        self.virtual_size = Size(self._width, len(self._rows.shown) + HEADER)
        self._reveal()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._rows.forget_drawings()

    def _redraw(self, position: int) -> None:
        line = position - self.scroll_offset.y
        if 0 <= line < self._height:
            self.refresh(Region(0, line + HEADER, self._width, 1))

    def share_width(self) -> None:
        hidden = range(FIXED, FIXED + self.skipped)
        columns = [column for index, column in enumerate(self.columns) if index not in hidden]
        natural = [size for index, size in enumerate(self._rows.natural) if index not in hidden]
        sizes: list[int] = widths(columns, natural, self._width - 1, GAP)
        sizes[FIXED:FIXED] = [0] * len(hidden)
        if sizes != self.painter.widths:
            self.painter.widths = sizes
            self._rows.forget_drawings()
            self.refresh()

    def number_at(self, y: int) -> int:
        return y if y < HEADER else y + int(self.scroll_offset.y)

    def line_strip(self, number: int) -> Strip:
        rows, painter = self._rows, self.painter
        if number < HEADER:
            return painter.header(rows.sorted_by, rows.descending, self.picked, self._width)
        line = number - HEADER
        if line >= len(rows.shown):
            return self._below(line)
        row = rows.shown[line]
        if line == self.cursor_line and self.has_focus:
            return painter.row(row.cells, painter.style("cursor"), "✓" if row.key in rows.marked else "▌", self._width)
        if row.strip is None:
            row.strip = self._drawn(row)
        return row.strip

    def _drawn(self, row: Row) -> Strip:
        marked = row.key in self._rows.marked
        base = self.painter.style("marked", self.rich_style) if marked else self.rich_style
        return self.painter.row(row.cells, base, "✓" if marked else " ", self._width)

    def _below(self, line: int) -> Strip:
        style = self.rich_style
        if line > 0 or self._rows.shown:
            return Strip.blank(self._width, style)
        filter = self._rows.filter
        nothing = "no faults" if self._rows.faults_only and len(self._rows) else self.empty
        text = f" {nothing}" if filter is None else f" nothing matches {filter.text}"
        return Strip([Segment(fit(clean(text), self._width), self.painter.toned("muted", style))])
