"""What is about to change, line by line, with the two ways on: do it, or go back."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Label

from k9lite.tui.display.lines import Line
from k9lite.tui.display.text import clean
from k9lite.tui.screens.dialog import Dialog
from k9lite.tui.widgets.lines import Lines


class Review(Dialog[bool]):
    """Gives whether to go on. Without `ok` there is nothing to do but to look."""

    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(False)", "Back"),
        Binding("left,shift+tab", "app.focus_previous", show=False),
        Binding("right,tab", "app.focus_next", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
    ]

    def __init__(
        self, title: str, lines: Sequence[Line], *, note: str = "", ok: str = "", danger: bool = False
    ) -> None:
        super().__init__()
        self._title, self._note, self._ok, self._danger = title, note, ok, danger
        self._lines = Lines(follow=False, empty=" no difference")
        self._lines.can_focus = False
        self._lines.add(lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="review"):
            yield Label(Content(clean(self._title)), id="title")
            if self._note:
                yield Label(Content(clean(self._note)), id="note")
            yield self._lines
            with Horizontal(id="buttons"):
                yield Button("Back", id="back", compact=True)
                if self._ok:
                    yield Button(self._ok, id="ok", variant="error" if self._danger else "primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#ok" if self._ok and not self._danger else "#back", Button).focus()
        self._lines.paint()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "ok")

    def action_scroll(self, lines: int) -> None:
        self._lines.move(lines)

    def action_page(self, pages: int) -> None:
        self._lines.move_pages(pages)
