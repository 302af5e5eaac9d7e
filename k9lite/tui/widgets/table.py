"""A table for 10,000 rows that change a thousand times a second: rows have keys, the cursor follows its object."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from k9lite.tui.filters import Filter
from k9lite.tui.text import clean, fit, fit_middle, width
from k9lite.tui.tones import CLASSES, Tone
from k9lite.tui.widgets.columns import Cell, Column, widths
from k9lite.tui.widgets.rows import NO_LABELS, Row, Rows

GAP = 2
HEADER = 1  # lines above the first row


class Table(ScrollView, can_focus=True, inherit_bindings=False):
    """`put` and `remove` rows as they change, then `paint`: only what changed and is visible is drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--cursor", "table--match", *CLASSES}
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
        self._widths: list[int] = []
        self.cursor: Any = None  # the key of the row under the cursor
        self._cursor_line = 0
        self._touched = False  # whether the user has moved the cursor; until then it stays on top

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
            self._arrange()
            return
        self._share_width()
        for row in changed:
            if row.position >= 0:
                self._redraw(row.position)

    def filter_by(self, filter: Filter | None) -> None:
        self._rows.filter = filter
        self._rows.forget_drawings()
        self._arrange()

    def sort_by(self, label: str, descending: bool = False) -> None:
        """Sort by the column named `label`; nothing happens where there is none."""
        for index, column in enumerate(self.columns):
            if column.label == label:
                self._rows.sort(index, descending)
                self._arrange()

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
        self._go(self._cursor_line + lines)

    def move_pages(self, pages: int) -> None:
        self.move(pages * max(1, self._height - 1))

    async def on_click(self, event: events.Click) -> None:
        line = event.y - HEADER + self.scroll_offset.y
        if event.y >= HEADER and line < len(self._rows.shown):
            self._go(line)
            if event.chain == 2:
                await self.run_action("app.perform('choose')")

    def _arrange(self) -> None:
        """Show the rows in their order, and keep the cursor on its object."""
        was_visible = 0 <= self._cursor_line - self.scroll_offset.y < self._height
        self._rows.arrange()
        self._share_width()
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
            line = min(self._cursor_line, len(shown) - 1)
            self._put_cursor(shown[line].key, line)

    def _put_cursor(self, key: Any, line: int) -> None:
        moved = key != self.cursor
        self.cursor, self._cursor_line = key, line
        if moved:
            self.post_message(self.Moved(self, key))

    def _go(self, line: int) -> None:
        shown = self._rows.shown
        if not shown:
            return
        line = max(0, min(line, len(shown) - 1))
        self._touched = True
        before = self._cursor_line
        self._put_cursor(shown[line].key, line)
        self._reveal()
        self._redraw(before)
        self._redraw(line)

    def _reveal(self) -> None:
        top = self.scroll_offset.y
        if self._cursor_line < top:
            self.scroll_to(y=self._cursor_line, animate=False, force=True)
        elif self._cursor_line >= top + self._height:
            self.scroll_to(y=self._cursor_line - self._height + 1, animate=False, force=True)

    # Drawing

    def on_resize(self) -> None:
        self._rows.forget_drawings()
        self._share_width()
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

    def _share_width(self) -> None:
        sizes = widths(self.columns, self._rows.natural, self._width - 1, GAP)
        if sizes != self._widths:
            self._widths = sizes
            self._rows.forget_drawings()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y < HEADER:
            return self._header()
        line = y - HEADER + self.scroll_offset.y
        if line >= len(self._rows.shown):
            return self._below(line)
        row = self._rows.shown[line]
        if line == self._cursor_line and self.has_focus:
            return self._draw(row, self.get_component_rich_style("table--cursor"), "▌")
        if row.strip is None:
            row.strip = self._draw(row, self.rich_style, " ")
        return row.strip

    def _header(self) -> Strip:
        style = self.get_component_rich_style("table--header")
        segments = [Segment(" ", style)]
        for index, (column, size) in enumerate(zip(self.columns, self._widths, strict=False)):
            if size:
                mark = "↓" if self._rows.descending else "↑"
                sorted_here = index == self._rows.sorted_by and len(column.label) < size
                label = column.label + mark if sorted_here and column.label else column.label
                segments.append(Segment(fit(label, size, column.right) + " " * GAP, style))
        return Strip(segments).adjust_cell_length(self._width, style)

    def _below(self, line: int) -> Strip:
        style = self.rich_style
        if line > 0 or self._rows.shown:
            return Strip.blank(self._width, style)
        filter = self._rows.filter
        text = f" {self.empty}" if filter is None else f" nothing matches {filter.text}"
        return Strip([Segment(fit(clean(text), self._width), self._toned("muted", style))])

    def _draw(self, row: Row, base: Style, mark: str) -> Strip:
        segments = [Segment(mark, base)]
        for cell, column, size in zip(row.cells, self.columns, self._widths, strict=False):
            if not size:
                continue
            if cell.parts:
                segments += self._parts(cell, size, base)
            else:
                text = clean(cell.text)
                text = fit_middle(text, size) if column.middle else fit(text, size, column.right)
                segments += self._matches(text, self._toned(cell.tone, base))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(self._width, base)

    def _toned(self, tone: Tone, base: Style) -> Style:
        return base + self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else base

    def _parts(self, cell: Cell, size: int, base: Style) -> list[Segment]:
        segments, left = [], size
        for text, tone in cell.parts:
            taken = min(left, width(text))
            segments.append(Segment(fit(text, taken), self._toned(tone, base)))
            left -= taken
        return [*segments, Segment(" " * left, base)]

    def _matches(self, text: str, style: Style) -> list[Segment]:
        filter = self._rows.filter
        if filter is None:
            return [Segment(text, style)]
        match = style + self.get_component_rich_style("table--match", partial=True)
        segments, end = [], 0
        for start, stop in filter.spans(text):
            segments += [Segment(text[end:start], style), Segment(text[start:stop], match)]
            end = stop
        return [*segments, Segment(text[end:], style)]
