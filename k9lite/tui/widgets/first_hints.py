"""A line for who has never been here; it goes away by itself once some keys have been pressed."""

from textual.content import Content
from textual.widgets import Static

TEXT = (
    (" New here?", "$tone-accent bold"),
    ("  tab", "$tone-strong bold"), (" next pane", ""),
    ("   ⏎", "$tone-strong bold"), (" open", ""),
    ("   esc", "$tone-strong bold"), (" back", ""),
    ("   /", "$tone-strong bold"), (" filter", ""),
    ("   :", "$tone-strong bold"), (" any kind", ""),
    ("   ctrl-p", "$tone-strong bold"), (" everything", ""),
    ("   ?", "$tone-strong bold"), (" all keys", ""),
)  # fmt: skip


class FirstHints(Static):
    """Shown above the footer."""

    DEFAULT_CSS = "FirstHints { height: 1; background: $surface; }"

    def __init__(self) -> None:
        super().__init__(Content.assemble(*TEXT))
