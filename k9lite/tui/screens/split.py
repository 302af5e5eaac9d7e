"""Two views that belong together: side by side where there is room, else one below the other."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from k9lite.tui.keys.host import host_of
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.pane import Pane


class SplitScreen(Screen[None], inherit_bindings=False):
    """`first` has the focus; Tab goes to the other. Both are widgets that are also Places.

    tall: the first one gets most of the room where they are one below the other
    """

    CSS_PATH = "split.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "screen.copy_text", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (130, "-wide")]  # noqa: RUF012

    def __init__(
        self, cluster: LiveCluster, first: Widget, second: Widget, titles: tuple[str, str], *, tall: bool = False
    ) -> None:
        super().__init__(classes="-tall" if tall else None)
        self.panes = (Pane(first, titles[0], id="first"), Pane(second, titles[1], id="second"))
        self._cluster, self._footer = cluster, Footer(cluster)

    def compose(self) -> ComposeResult:
        yield Header(host_of(self.app).summary)
        with Container(id="split"):
            yield from self.panes
        yield CommandBar(self._cluster, host_of(self.app).session.commands)
        yield self._footer

    def on_mount(self) -> None:
        self.panes[0].content.focus()

    def focus_next_pane(self, step: int) -> None:
        at = next((index for index, pane in enumerate(self.panes) if self.focused in (pane.content, pane.bar)), 0)
        self.set_focus(self.panes[(at + step) % len(self.panes)].content)
