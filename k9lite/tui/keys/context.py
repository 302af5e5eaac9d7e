"""What an action's handler works with: the app, what the whole dashboard shares, and the place that has the focus."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.app import App

from k9lite.api.object import Object
from k9lite.client.port_forward import PortForwards
from k9lite.manifests.sync import FolderSync
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.session.view_history import Namespaces, ViewHistory
from k9lite.tui.writes.undo import ActionLog


@dataclass(frozen=True)
class Session:
    """What the whole dashboard shares."""

    cluster: LiveCluster
    name: str
    kubeconfig: Path | None
    forwards: PortForwards
    folder: FolderSync | None = None  # of manifests, where one is followed
    action_log: ActionLog = field(default_factory=ActionLog)
    view_history: ViewHistory = field(default_factory=ViewHistory)
    namespaces: Namespaces = field(default_factory=Namespaces)
    state: Path | None = None  # the folder for what is kept
    commands: list[str] = field(default_factory=list)  # that were typed, the newest last


@dataclass(frozen=True)
class ActionContext:
    """What a handler works with, as it was when the key was pressed: rows that vanish later change nothing in it."""

    app: App[Any]
    session: Session
    place: Place
    selected: Object[Any] | None  # the object under the cursor
    marked: tuple[Object[Any], ...]  # the objects of the marked rows

    @classmethod
    def at(cls, app: App[Any], session: Session, place: Place) -> "ActionContext":
        return cls(app, session, place, place.selected, tuple(place.marked))

    @property
    def cluster(self) -> LiveCluster:
        return self.session.cluster

    @property
    def obj(self) -> Object[Any]:
        """The object under the cursor. Only for actions with `on_object`, which are not carried out without one."""
        assert self.selected is not None
        return self.selected

    @property
    def objects(self) -> list[Object[Any]]:
        """The marked objects; where none is marked, the one under the cursor."""
        return list(self.marked) or [self.obj]


Handler = Callable[[ActionContext], Awaitable[None] | None]
