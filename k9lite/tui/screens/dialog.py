"""What every dialog is: a modal screen that gives its result once."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A second Enter, Escape or click that was under way when the dialog closed changes nothing."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_current else AwaitComplete()


class Palette(CommandPalette, Dialog[object]):
    """Textual's command palette, closed once. Its keys move the cursor only once commands are laid out."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list" and not self.query_one(CommandList).virtual_size.height:
            return False
        return super().check_action(action, parameters)
