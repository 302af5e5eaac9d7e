"""The nodes in all the room there is, and below them in words what the cursor is on."""

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from k9lite.api import kinds
from k9lite.tui.display import states
from k9lite.tui.display.text import clean
from k9lite.tui.keys.host import host_of
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.pane import Pane
from k9lite.tui.widgets.pod_map import PodMap

LEGEND = "R running  r not ready  P pending  C creating  N init  I no image  X crashed  T terminating  S finished"


class MapScreen(Screen[None]):
    """Arrows walk from cell to cell; Enter opens what the cursor is on."""

    CSS_PATH = "map_screen.tcss"

    def __init__(self, cluster: LiveCluster) -> None:
        super().__init__()
        self.cells = PodMap(cluster)
        self._cluster = cluster
        self._pane, self._footer = Pane(self.cells, "Nodes and pods"), Footer(cluster)
        self._about = Static(id="about")

    def compose(self) -> ComposeResult:
        yield Header(host_of(self.app).summary)
        yield self._pane
        yield self._about
        yield Static(Content.styled(LEGEND, "$tone-muted"), id="legend")
        yield self._footer

    def on_mount(self) -> None:
        self.cells.focus()

    def on_pod_map_moved(self) -> None:
        """Say what the cursor is on; its keys are others on a node than on a pod."""
        obj = self.cells.selected
        if obj is None:
            self._about.update("", layout=False)
            return
        shown = states.pod_state(obj) if obj.kind is kinds.POD else states.node_state(obj)
        images = [each.image or "" for each in obj.view.spec.containers] if obj.kind is kinds.POD else []
        told = f"   {clean(shown.word)}   {clean(', '.join(images))}"
        name = f"{obj.kind.singular}/{clean(str(obj.key))}"
        self._about.update(Content.assemble((name, "$tone-accent"), told), layout=False)
        self._footer.cursor_moved(self.cells)
