"""Lines of text: logs, the story, descriptions. Keeps a bounded number and says how many it dropped."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from k9lite.tui.display.lines import Line, Part, folded
from k9lite.tui.display.text import width
from k9lite.tui.display.tones import CLASSES, Tone
from k9lite.tui.session.filters import Filter
from k9lite.tui.widgets.selectable import Selectable

KEPT = 20_000  # lines


class Lines(Selectable, can_focus=True):
    """`add` lines as they come, then `paint`. At the end of the text it follows what comes; elsewhere it stays put.

    painter: gives a bare line its colours, only when it is drawn
    searching: whether what is typed after `/` is looked for rather than left alone on the screen
    wrapped: whether lines wider than the screen go on below
    """

    searching = False
    wrapped = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--match", *CLASSES}
    DEFAULT_CSS = """
    Lines { height: 1fr; scrollbar-size: 1 1; }
    """

    def __init__(
        self,
        *,
        kept: int = KEPT,
        follow: bool = True,
        painter: Callable[[str], Sequence[Part]] | None = None,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.follow = follow
        self.empty = empty
        self.dropped = 0
        self.filter: Filter | None = None
        self._painter = painter
        self._kept: deque[Line] = deque(maxlen=kept)
        self._shown: deque[Line] = deque(maxlen=kept)
        self._fresh = False
        self._at_end = True  # whether the user sees the last line
        self._widest = 0
        self._scrolled_out = 0  # lines shown that were dropped since the last paint
        self._match: int | None = None  # the number of the line that was last gone to

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return "\n".join(line.text for line in self._shown)

    def add(self, lines: Iterable[Line]) -> None:
        """Append; takes effect with the next `paint`."""
        for new in lines:
            if len(self._kept) == self._kept.maxlen:
                self.dropped += 1
            self._kept.append(new)
            if self._admits(new):
                self._show(new)
        self._fresh = True

    def replace(self, lines: Iterable[Line]) -> None:
        """Show other lines in place of all there are, at the same place in the text."""
        self._kept.clear()
        self._shown.clear()
        self._widest = 0
        self.add(lines)

    def filter_by(self, filter: Filter | None) -> None:
        self.filter = filter
        self._shown.clear()
        self._widest = 0
        for kept in self._kept:
            if self._admits(kept):
                self._show(kept)
        self._fresh = True
        self.paint()
        if self.searching and filter is not None:
            self.go_to_match(1, here=True)

    def go_to_match(self, step: int, *, here: bool = False) -> bool:
        """Go to the next (1) or previous (-1) line that matches, round the end; `here`: the first line seen counts."""
        filter, count = self.filter, len(self._shown)
        if filter is None or not count:
            return False
        if self._match is None or here:
            self._match = round(self.scroll_offset.y) - (step if here else 0)
        for away in range(1, count + 1):
            number = (self._match + step * away) % count
            if filter.spans(self._shown[number].text):
                self._match = number
                self._at_end = False
                self.scroll_to(y=max(0, number - self.size.height // 3), animate=False, force=True)
                self.refresh()
                return True
        return False

    def wrap(self, wrapped: bool) -> None:
        """Let wide lines go on below, or not."""
        self.wrapped = wrapped
        self.filter_by(self.filter)

    def move(self, lines: int) -> None:
        """Scroll down by so many lines."""
        self.scroll_relative(y=lines, animate=False)

    def move_pages(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 1))

    def paint(self) -> None:
        """Draw what was added since the last time."""
        if not self._fresh:
            return
        self._fresh = False
        gone, self._scrolled_out = self._scrolled_out, 0
        self.virtual_size = Size(self._widest, len(self._shown))
        if self.follow and self._at_end:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        elif gone:
            self.scroll_to(y=max(0, self.scroll_offset.y - gone), animate=False, force=True)
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._at_end = round(new_value) >= self.max_scroll_y

    def on_resize(self) -> None:
        if self.wrapped:
            self.filter_by(self.filter)
        if self.follow and self._at_end:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _admits(self, line: Line) -> bool:
        return self.filter is None or self.searching or self.filter.admits(line.text, {})

    def _show(self, line: Line) -> None:
        for piece in folded(line, self.size.width) if self.wrapped and self.size.width else (line,):
            if len(self._shown) == self._shown.maxlen:
                self._scrolled_out += 1
            self._shown.append(piece)
            self._widest = max(self._widest, width(piece.text))

    def line_strip(self, number: int) -> Strip:
        base = self.rich_style
        if number >= len(self._shown):
            if number == 0 and self.empty and not self._kept:
                return Strip([Segment(self.empty, self._toned("muted", base))]).adjust_cell_length(
                    self.size.width, base
                )
            return Strip.blank(self.size.width, base)
        shown = self._shown[number]
        end = int(self.scroll_offset.x) + self.size.width
        return Strip(self._segments(shown, base)).extend_cell_length(end, base)

    def _segments(self, shown: Line, base: Style) -> list[Segment]:
        parts = shown.parts or (self._painter(shown.text) if self._painter else ((shown.text, shown.tone),))
        segments = [Segment(text, self._toned(tone, base)) for text, tone in parts]
        spans = self.filter.spans(shown.text) if self.filter is not None else ()
        return self._marked(segments, spans) if spans else segments

    def _marked(self, segments: list[Segment], spans: Sequence[tuple[int, int]]) -> list[Segment]:
        """The segments with the matches, given as (start, end) in their joined text, standing out."""
        match = self.get_component_rich_style("lines--match", partial=True)
        cuts = sorted({edge for span in spans for edge in span})
        marked, position = [], 0
        for text, style, _ in segments:
            inside = [cut - position for cut in cuts if position < cut < position + len(text)]
            for start, end in zip([0, *inside], [*inside, len(text)], strict=True):
                hit = any(first <= position + start < last for first, last in spans)
                marked.append(Segment(text[start:end], (style or Style()) + match if hit else style))
            position += len(text)
        return marked

    def _toned(self, tone: Tone, base: Style) -> Style:
        return base + self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else base
