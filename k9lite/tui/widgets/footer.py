"""The last line: the keys that matter where the user is."""

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from k9lite.tui import actions
from k9lite.tui.actions import key_name
from k9lite.tui.feed import Feed
from k9lite.tui.place import place_of


class Footer(Static):
    """As many hints as fit; a click on one is its key."""

    DEFAULT_CSS = """
    Footer {
        dock: bottom; height: 1; background: $panel;
        link-style: none; link-style-hover: none; link-background-hover: $cursor; link-color: $foreground;
    }
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._show)

    def on_resize(self) -> None:
        self._show(self.screen.focused)

    def _show(self, focused: Widget | None) -> None:
        parts: list[Content] = []
        left = self.size.width - 1
        for action in actions.hints(place_of(focused).place_name, self._feed.has_own_kinds):
            key = key_name(action.keys[0])
            left -= len(key) + len(action.label) + 4
            if left < 0:
                break
            click = Style.from_meta({"@click": f"app.perform('{action.id}')"})
            parts.append(Content.assemble((f" {key}", "$tone-accent bold"), f" {action.label}  ").stylize(click))
        self.update(Content("").join(parts))
