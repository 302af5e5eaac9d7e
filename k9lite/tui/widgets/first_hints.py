"""A line for who has never been here; it goes away by itself once some keys have been pressed."""

from textual.content import Content
from textual.widgets import Static

from k9lite.tui.display.text import width

GREETING = " New here?"
# The most needed first: what finds no room is left out.
HINTS = (
    ("⏎", "open"),
    ("esc", "back"),
    ("tab", "next pane"),
    ("?", "all keys"),
    (":", "any kind"),
    ("/", "filter"),
    ("ctrl-p", "everything by name"),
)


class FirstHints(Static):
    """Shown above the footer."""

    DEFAULT_CSS = "FirstHints { height: 1; background: $surface; }"

    def on_resize(self) -> None:
        room = self.size.width - width(GREETING)
        parts = [(GREETING, "$tone-accent bold")]
        for key, text in HINTS:
            room -= width(key) + width(text) + 4
            if room >= 0:
                parts += [(f"   {key}", "$tone-strong bold"), (f" {text}", "")]
        self.update(Content.assemble(*parts))
