"""Where the user is when a key is pressed: which view has the focus, and which object its cursor is on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.app import App
from textual.widget import Widget

from k9lite.api.object import Object
from k9lite.client.port_forward import PortForwards
from k9lite.manifests.sync import FolderSync
from k9lite.tui.feed import Feed
from k9lite.tui.filters import Filter
from k9lite.tui.trail import Namespaces, Trail
from k9lite.tui.undo import Deeds


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


@dataclass(frozen=True)
class Session:
    """What the whole dashboard shares."""

    feed: Feed
    name: str
    kubeconfig: Path | None
    forwards: PortForwards
    folder: FolderSync | None = None  # of manifests, where one is followed
    deeds: Deeds = field(default_factory=Deeds)
    trail: Trail = field(default_factory=Trail)
    namespaces: Namespaces = field(default_factory=Namespaces)
    state: Path | None = None  # the folder for what is kept
    commands: list[str] = field(default_factory=list)  # that were typed, the newest last


@dataclass(frozen=True)
class At:
    """What a handler is given."""

    app: App[Any]
    session: Session
    place: Place

    @property
    def feed(self) -> Feed:
        return self.session.feed

    @property
    def obj(self) -> Object[Any]:
        """The object under the cursor; actions are only offered where there is one."""
        selected = self.place.selected
        assert selected is not None
        return selected

    @property
    def objects(self) -> list[Object[Any]]:
        """The marked objects; where none is marked, the one under the cursor."""
        return self.place.marked or [self.obj]


Handler = Callable[[At], Awaitable[None] | None]
