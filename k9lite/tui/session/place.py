"""Where the user is when a key is pressed: which view has the focus, and which object its cursor is on."""

from typing import Any

from textual.widget import Widget

from k9lite.api.object import Object
from k9lite.tui.session.filters import Filter


class Place:
    """What has the focus answers these; panes and screens derive from it."""

    place_name = ""
    scope = ""  # "pane" for a table beside others, "view" for one on a screen of its own
    typing = False  # whether letters are text here, not keys
    has_objects = True  # whether its cursor can be on an object

    @property
    def selected(self) -> Object[Any] | None:
        """The object under the cursor."""
        return None

    @property
    def marked(self) -> list[Object[Any]]:
        """The objects of the marked rows."""
        return []

    def move(self, lines: int) -> None:
        """Move the cursor down by so many rows."""

    def move_pages(self, pages: int) -> None:
        """Move the cursor down by so many pages."""

    def complete(self, step: int) -> bool:
        """Complete what is typed; whether there is something to complete."""
        return False

    def leave(self) -> bool:
        """Stop typing; False where the screen knows better how to."""
        return False

    def filter_by(self, filter: Filter | None) -> None:
        """Show only what `filter` admits."""


NOWHERE = Place()


def place_of(widget: Widget | None) -> Place:
    """The innermost place that `widget` is in."""
    chain = widget.ancestors_with_self if widget is not None else ()
    return next((node for node in chain if isinstance(node, Place)), NOWHERE)
