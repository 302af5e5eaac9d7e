"""The last line: the keys that matter where the user is."""

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from k9lite.tui import actions
from k9lite.tui.actions import Action, key_name
from k9lite.tui.feed import Feed
from k9lite.tui.place import place_of


class Footer(Static):
    """As many hints as fit; a click on one is its key."""

    DEFAULT_CSS = "Footer { dock: bottom; height: 1; background: $panel; }"

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed
        self._hints: list[tuple[int, Action]] = []  # each with the column after its last

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._show)

    def on_resize(self) -> None:
        self._show(self.screen.focused)

    def _show(self, focused: Widget | None) -> None:
        parts: list[tuple[str, str]] = []
        end = 0
        self._hints = []
        for action in actions.hints(place_of(focused).place_name, self._feed.has_own_kinds):
            key, label = f" {key_name(action.keys[0])}", f" {action.label}  "
            end += len(key) + len(label)
            if end > self.size.width:
                break
            self._hints.append((end, action))
            parts += [(key, "$tone-accent bold"), (label, "")]
        self.update(Content.assemble(*parts))

    async def on_click(self, event: events.Click) -> None:
        clicked = next((action for end, action in self._hints if event.x < end), None)
        if clicked is not None:
            await self.run_action(f"app.perform('{clicked.id}')")
