"""A question of yes or no in a dialog, answered in words."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static


class YesNo(Static, can_focus=True):
    """Space, Enter or a click changes the answer."""

    DEFAULT_CSS = """
    YesNo { width: auto; padding: 0 1; }
    YesNo:focus { background: $tone-accent; color: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "turn", show=False)]
    value: reactive[bool] = reactive(False)

    def __init__(self, value: bool, *, id: str) -> None:
        super().__init__(id=id)
        self.value = value

    def watch_value(self) -> None:
        self.update(Content("☑ yes" if self.value else "☐ no"))

    def action_turn(self) -> None:
        self.value = not self.value

    def on_click(self) -> None:
        self.action_turn()
