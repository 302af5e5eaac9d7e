"""A dialog for a text that is mostly one of those known: type it, or choose from what fits."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from k9lite.tui.display.text import clean
from k9lite.tui.screens.dialog import Dialog

Offer = tuple[str, str]  # the text, and what to know about it
HOW = "type, or choose with ↑ ↓"


class Pick(Dialog[str | None]):
    """Gives the text; None when cancelled. `only`: whether it must be one of those offered."""

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", priority=True),
        Binding("down", "choose(1)", priority=True, show=False),
        Binding("up", "choose(-1)", priority=True, show=False),
    ]

    def __init__(
        self, title: str, offered: Sequence[Offer], value: str = "", text: str = "", *, only: bool = False
    ) -> None:
        super().__init__()
        self._title, self._offered, self._text, self._only = title, list(offered), text, only
        self._input = Input(value, placeholder=HOW, compact=True, select_on_focus=True)
        self._list = OptionList(compact=True)
        self._list.can_focus = False
        self._fitting: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="pick"):
            yield Label(Content(clean(self._title)), id="title")
            if self._text:
                yield Label(Content(clean(self._text)), id="text")
            yield self._input
            yield self._list

    def on_mount(self) -> None:
        self._input.focus()
        self.call_after_refresh(self._offer, "")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._offer(event.value)

    def _offer(self, part: str) -> None:
        """What has `part` in it; where nothing has, everything."""
        wanted = part.lower()
        fitting = [(text, about) for text, about in self._offered if wanted in text.lower()] or self._offered
        self._fitting = [text for text, _ in fitting]
        self._list.clear_options()
        self._list.add_options(
            Option(Content.assemble(clean(text), (f"  {clean(about)}", "$tone-muted"))) for text, about in fitting
        )
        if self._only:
            self._list.highlighted = 0

    def on_input_submitted(self, event: Input.Submitted) -> None:
        at = self._list.highlighted
        self.dismiss(self._fitting[at] if at is not None else event.value.strip() or None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._fitting[event.option_index])

    def action_choose(self, step: int) -> None:
        if step > 0:
            self._list.action_cursor_down()
        elif self._list.highlighted == 0 and not self._only:
            self._list.highlighted = None  # back to what is typed
        else:
            self._list.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)
