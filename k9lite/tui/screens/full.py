"""One view on the whole screen, e.g. a description, a log, a table of one kind."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from k9lite.tui.keys.host import host_of
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.pane import Pane


class FullScreen(Screen[None]):
    """`content` is a widget that is also a Place."""

    def __init__(self, cluster: LiveCluster, content: Widget, title: str) -> None:
        super().__init__()
        self.pane = Pane(content, title)
        self._cluster = cluster
        self._footer = Footer(cluster)

    def compose(self) -> ComposeResult:
        yield Header(host_of(self.app).summary)
        yield self.pane
        yield CommandBar(self._cluster, host_of(self.app).session.commands)
        yield self._footer

    def on_mount(self) -> None:
        self.pane.content.focus()
