"""What widgets on any screen may ask of the app they are in."""

from typing import Any, Protocol, cast

from textual.app import App

from k9lite.tui.keys.actions import Action
from k9lite.tui.keys.context import Session
from k9lite.tui.live.summary import ClusterSummary


class Host(Protocol):
    """The dashboard, as far as its parts know it."""

    summary: ClusterSummary
    session: Session
    actions: tuple[Action, ...]  # with the keys that the user gave them
    farewell: str  # what leaving means for the cluster

    def clusters(self) -> list[str]:
        """The other clusters that run on this machine, by name."""

    def leave_for(self, cluster: str) -> None:
        """End, and have another dashboard take over, for that cluster."""


def host_of(app: App[Any]) -> Host:
    """`app` as what it is."""
    return cast("Host", app)
