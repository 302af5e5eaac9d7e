"""A dialog that offers a few things to choose from."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from k9lite.tui.display.text import clean
from k9lite.tui.screens.dialog import Dialog


class Menu(Dialog[str | None]):
    """Gives the id of what was chosen; None when cancelled. `options` are (id, text)."""

    CSS_PATH = "menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]], text: str = "") -> None:
        super().__init__()
        self._title, self._text = title, text
        self._options = dict(options)  # ids are to differ

    def compose(self) -> ComposeResult:
        with Vertical(id="menu"):
            yield Label(Content(clean(self._title)), id="title")
            if self._text:
                yield Label(Content(clean(self._text)), id="text")
            yield OptionList(*(Option(Content(clean(text)), id=id) for id, text in self._options.items()))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()
