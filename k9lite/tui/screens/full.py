"""One view on the whole screen, e.g. a description, a log, a table of one kind."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from k9lite.tui.feed import Feed
from k9lite.tui.shell import shell
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.pane import Pane


class FullScreen(Screen[None]):
    """`content` is a widget that is also a Place."""

    def __init__(self, feed: Feed, content: Widget, title: str) -> None:
        super().__init__()
        self.pane = Pane(content, title)
        self._feed = feed
        self._footer = Footer(feed)

    def compose(self) -> ComposeResult:
        yield Header(shell(self.app).facts)
        yield self.pane
        yield CommandBar(self._feed, shell(self.app).session.commands)
        yield self._footer

    def on_mount(self) -> None:
        self.pane.content.focus()
