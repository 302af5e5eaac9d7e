"""What every key does, where the user is; made from the table of actions."""

from collections.abc import Iterable, Iterator

from k9lite.tui.display.lines import Line, line
from k9lite.tui.display.tones import GLYPHS, Tone
from k9lite.tui.keys.actions import Action, key_name
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines

# What the glyphs say, in the order in which things usually go.
LEGEND: tuple[tuple[Tone, str], ...] = (
    ("busy", "on its way"),
    ("good", "ready"),
    ("warn", "needs a look"),
    ("bad", "failed"),
    ("gone", "finished or leaving"),
    ("old", "of an older revision"),
)


def help_lines(actions: Iterable[Action], view: str) -> Iterator[Line]:
    """The keys of `view` under headings, and what the glyphs mean."""
    groups: dict[str, list[Action]] = {}
    for action in actions:
        groups.setdefault(action.group, []).append(action)
    yield line(("Keys", "strong"), (f"  in {view or 'this view'}", "muted"))
    for group, members in groups.items():
        yield line("")
        yield line((group, "accent"))
        for action in members:
            keys = "  ".join(key_name(key) for key in action.keys)
            yield line((f"  {keys:<18}", "strong"), f"{action.label:<16}", (action.tooltip, "muted"))
    yield line("")
    yield line(("Glyphs", "accent"))
    for tone, meaning in LEGEND:
        yield line(("  ", ""), (f"{GLYPHS[tone]}", tone), ("   " + meaning, ""))


class Help(Lines, Place):
    """The help page; Escape closes it."""

    place_name = "help"
    has_objects = False

    def __init__(self, actions: Iterable[Action], view: str) -> None:
        super().__init__(follow=False)
        self._lines = list(help_lines(actions, view))

    def on_mount(self) -> None:
        self.add(self._lines)
        self.paint()
