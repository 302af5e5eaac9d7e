"""What widgets on any screen may ask of the app they are in."""

from typing import Any, Protocol, cast

from textual.app import App

from k9lite.tui.actions import Action
from k9lite.tui.place import Session
from k9lite.tui.widgets.header import Facts


class Shell(Protocol):
    """The dashboard, as far as its parts know it."""

    facts: Facts
    session: Session
    actions: tuple[Action, ...]  # with the keys that the user gave them


def shell(app: App[Any]) -> Shell:
    """`app` as what it is."""
    return cast("Shell", app)
