"""What can be written at the cursor, in a small list beside it."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from k9lite.tui.display.text import clean, fit, width
from k9lite.tui.editing.completion import Choice

MOST, WIDEST = 8, 56  # lines, terminal cells


class Choices(Static):
    """`offer` choices, `move` among them, take the `chosen`; hidden while there are none."""

    DEFAULT_CSS = """
    Choices { layer: above; position: absolute; constrain: inside inside; width: auto; height: auto; }
    Choices { background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._choices: Sequence[Choice] = ()
        self._at = 0
        self.display = False

    @property
    def chosen(self) -> Choice | None:
        return self._choices[self._at] if self._choices else None

    def offer(self, choices: Sequence[Choice], column: int = 0, row: int = 0) -> None:
        """Show them with the upper left corner at a place of the screen; none hides the list."""
        self._choices, self._at = choices, 0
        self.display = bool(choices)
        self.styles.offset = (column, row)
        self._draw()

    def move(self, lines: int) -> None:
        self._at = max(0, min(self._at + lines, len(self._choices) - 1))
        self._draw()

    def _draw(self) -> None:
        first = max(0, self._at - MOST + 1)
        shown = self._choices[first : first + MOST]
        names = [clean(choice.text.rstrip(": ")) for choice in shown]
        room = max(map(width, names), default=0)
        lines = []
        for number, (name, choice) in enumerate(zip(names, shown, strict=True), first):
            text = fit(f" {fit(name, room)}  {clean(choice.detail)}", min(WIDEST, room + 24))
            lines.append(Content.styled(text, "$tone-strong on $cursor" if number == self._at else ""))
        self.update(Content("\n").join(lines))
