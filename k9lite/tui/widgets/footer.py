"""The last line: the keys that matter where the user is."""

from collections.abc import Iterator

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from k9lite.tui.keys import actions
from k9lite.tui.keys.actions import Action, key_name
from k9lite.tui.keys.host import host_of
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import place_of

KEY = "$tone-accent bold"
Hints = tuple[tuple[str, str], ...]  # keys and what they do, the most needed first
# What helps while a filter, a command, or a line for a process is typed.
FILTERING: Hints = (
    ("⏎", "Keep"),
    ("esc", "Drop"),
    ("text", "or pattern"),
    ("!", "inverse"),
    ("-f", "fuzzy"),
    ("-l", "app=web"),
)
TYPING: dict[str, Hints] = {
    "command": (
        ("⏎", "Go"),
        ("tab", "Complete"),
        ("↑", "Typed before"),
        ("esc", "Drop"),
        ("pod /re", "filtered"),
        ("pod app=web", "by label"),
    ),
    "console": (
        ("⏎", "Send"),
        ("↑", "Typed before"),
        ("pageup", "Further up"),
        ("ctrl-d", "End of input"),
        ("esc", "Leave"),
    ),
}


def _while_typing(hints: Hints, room: int) -> Iterator[tuple[str, str]]:
    for key, label in hints:
        room -= len(key) + len(label) + 4
        if room >= 0:
            yield from ((f" {key}", KEY), (f" {label}  ", ""))


def _size(action: Action) -> int:
    return len(key_name(action.keys[0])) + len(action.label) + 4


def _fitting(hints: list[Action], room: int) -> Iterator[Action]:
    """As many as find room, from the first on."""
    for action in hints:
        room -= _size(action)
        if room < 0:
            return
        yield action


class Footer(Static):
    """As many hints as fit, and those for `always`; a click on one is its key."""

    DEFAULT_CSS = "Footer { dock: bottom; height: 1; background: $panel; }"

    def __init__(self, cluster: LiveCluster, always: tuple[str, ...] = ("back", "help")) -> None:
        super().__init__()
        self._cluster, self._always = cluster, always
        self._hints: list[tuple[int, Action]] = []  # each with the column after its last

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._show)

    def on_resize(self) -> None:
        self._show(self.screen.focused)

    def _show(self, focused: Widget | None) -> None:
        self._hints = []
        place = place_of(focused)
        if place.typing:
            hints_now = TYPING.get(place.place_name, FILTERING)
            self._say(Content.assemble(*_while_typing(hints_now, self.size.width)))
            return
        parts: list[tuple[str, str]] = []
        end = 0
        has_own_kinds = self._cluster.has_own_kinds
        table = host_of(self.app).actions
        always = [action for action in actions.at_place(place, has_own_kinds, table) if action.id in self._always]
        hints = actions.hints(place, has_own_kinds, table)
        fitting = [*_fitting(hints, self.size.width - sum(map(_size, always))), *always]
        for action in fitting:
            end += _size(action)
            self._hints.append((end, action))
            parts += [(f" {key_name(action.keys[0])}", KEY), (f" {action.label}  ", "")]
        self._say(Content.assemble(*parts))

    def _say(self, content: Content) -> None:
        """Nothing moves on the screen when its last line changes, so that it need not be laid out anew."""
        if content != self.content:
            self.update(content, layout=False)

    def cursor_moved(self, widget: Widget) -> None:
        """Another object may allow other things."""
        if widget is self.screen.focused:
            self._show(widget)

    async def on_click(self, event: events.Click) -> None:
        clicked = next((action for end, action in self._hints if event.x < end), None)
        if clicked is not None:
            await self.run_action(f"app.perform('{clicked.id}')")
