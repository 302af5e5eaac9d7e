"""Lines of which text can be selected with the mouse, as anywhere else in the dashboard."""

from rich.cells import cell_len
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip


class Selectable(ScrollView):
    """A widget derives from it, draws its lines in `line_strip`, and says with `number_at` which is where."""

    _painting = False

    def line_strip(self, number: int) -> Strip:
        """The whole line `number`, counted from the top of the content."""
        raise NotImplementedError

    def number_at(self, y: int) -> int:
        """The number of the line that is drawn at `y`."""
        return int(self.scroll_offset.y) + y

    @property
    def last_line(self) -> int:
        """The number of the last line there is."""
        return int(self.virtual_size.height) - 1

    def render_lines(self, crop: Region) -> list[Strip]:
        self._painting = True
        try:
            return super().render_lines(crop)
        finally:
            self._painting = False

    def render_line(self, y: int) -> Strip:
        number, left = self.number_at(y), int(self.scroll_offset.x)
        strip = self.line_strip(number)
        if not self._painting:  # only who asks where the mouse is needs to know which text is where
            return strip.apply_offsets(0, number).crop(left, left + self.size.width)
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is not None:
            strip = self._highlighted(strip, *span)
        return strip.crop(left, left + self.size.width)

    def _highlighted(self, strip: Strip, start: int, end: int) -> Strip:
        text = strip.text
        first, last = cell_len(text[:start]), cell_len(text if end < 0 else text[:end])
        if first >= last:
            return strip
        style = self.screen.get_component_rich_style("screen--selection")
        before, inside, after = (strip.crop(0, first), strip.crop(first, last), strip.crop(last))
        return Strip.join([before, inside.apply_style(style), after])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        start, end = selection
        first = start.y if start is not None else 0
        last = min(end.y if end is not None else self.last_line, self.last_line)
        texts = [self.line_strip(number).text for number in range(first, last + 1)]
        if not texts:
            return None
        if end is not None and end.y == last:
            texts[-1] = texts[-1][: end.x]
        if start is not None:
            texts[0] = texts[0][start.x :]
        return "\n".join(text.rstrip() for text in texts), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()
