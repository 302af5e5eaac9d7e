"""How a row of a table becomes a line of the terminal."""

from collections.abc import Callable, Sequence
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.display.text import clean, fit, fit_middle, width
from k9lite.tui.display.tones import Tone
from k9lite.tui.session.filters import Filter

GAP = 2

Part = Literal["header", "cursor", "match", "marked", "picked"]  # component classes `table--...`


class RowPainter:
    """Draws cells into columns of `widths`; `styled(class, partial)` gives the style of a component class."""

    def __init__(self, columns: Sequence[Column], styled: Callable[[str, bool], Style]) -> None:
        self.columns = columns
        self.widths: Sequence[int] = ()
        self.filter: Filter | None = None
        self._styled = styled

    def style(self, part: Part, base: Style | None = None) -> Style:
        found = self._styled(f"table--{part}", base is not None)
        return found if base is None else base + found

    def toned(self, tone: Tone, base: Style) -> Style:
        return base + self._styled(f"tone--{tone}", True) if tone else base

    def header(self, sorted_by: int, descending: bool, picked: int | None, room: int) -> Strip:
        """The labels; one tells the order of the rows, one is the column that keys pick."""
        plain = self.style("header")
        segments = [Segment(" ", plain)]
        for index, (column, size) in enumerate(zip(self.columns, self.widths, strict=False)):
            if size:
                shows_order = index == sorted_by and column.label and len(column.label) < size
                label = column.label + ("↓" if descending else "↑") if shows_order else column.label
                style = self.style("picked", plain) if index == picked else plain
                segments += [Segment(fit(label, size, column.right), style), Segment(" " * GAP, plain)]
        return Strip(segments).adjust_cell_length(room, plain)

    def row(self, cells: Sequence[Cell], base: Style, mark: str, room: int) -> Strip:
        segments = [Segment(mark, base)]
        for cell, column, size in zip(cells, self.columns, self.widths, strict=False):
            if not size:
                continue
            if cell.parts:
                segments += self._parts(cell, size, base)
            else:
                text = clean(cell.text)
                text = fit_middle(text, size) if column.middle else fit(text, size, column.right)
                segments += self._matches(text, self.toned(cell.tone, base))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(room, base)

    def _parts(self, cell: Cell, size: int, base: Style) -> list[Segment]:
        segments, left = [], size
        for text, tone in cell.parts:
            cleaned = clean(text)
            taken = min(left, width(cleaned))
            segments.append(Segment(fit(cleaned, taken), self.toned(tone, base)))
            left -= taken
        return [*segments, Segment(" " * left, base)]

    def _matches(self, text: str, style: Style) -> list[Segment]:
        spans = self.filter.spans(text) if self.filter is not None else ()
        if not spans:
            return [Segment(text, style)]
        match = self.style("match", style)
        segments, end = [], 0
        for start, stop in spans:
            segments += [Segment(text[end:start], style), Segment(text[start:stop], match)]
            end = stop
        return [*segments, Segment(text[end:], style)]
