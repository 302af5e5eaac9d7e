"""The overview: manifests, nodes, deployments, pods, services and the story at one look."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.widget import Widget

from k9lite.tui.keys.host import host_of
from k9lite.tui.live import views
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.summary import ClusterSummary
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.first_hints import FirstHints
from k9lite.tui.widgets.footer import Footer
from k9lite.tui.widgets.header import Header
from k9lite.tui.widgets.kind_table import KindTable
from k9lite.tui.widgets.manifests import Manifests
from k9lite.tui.widgets.nodes_pane import NodesPane
from k9lite.tui.widgets.pane import Pane
from k9lite.tui.widgets.story import Story

SMALL_PANES = ("manifests", "nodes", "deployments", "services")  # in a small terminal these share one place


class Overview(Screen[None], inherit_bindings=False):
    """Six panes; in a terminal too small for all of them, pods, the story and one more, whichever was used last."""

    # Of Screen's own bindings only copying is kept: Tab goes by the panes' numbers, not by their place in the tree.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "screen.copy_text", show=False)]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-normal")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-high")]  # noqa: RUF012

    def __init__(self, cluster: LiveCluster, summary: ClusterSummary, *, hints: bool = False) -> None:
        super().__init__()
        self._cluster, self._hints = cluster, hints
        self.header = Header(summary)
        self.footer = Footer(cluster, always=("help",))  # there is nowhere to go back to
        self.manifests = Manifests(cluster)
        self.story = Story(cluster)
        self.panes = {
            pane.id or "": pane
            for pane in (
                Pane(self.manifests, "Manifests", 1, id="manifests"),
                Pane(NodesPane(cluster), "Nodes", 2, id="nodes"),
                Pane(
                    KindTable(views.DEPLOYMENTS, cluster, empty="no deployment yet"), "Deployments", 3, id="deployments"
                ),
                Pane(KindTable(views.PODS, cluster, empty="no pod yet"), "Pods", 4, id="pods"),
                Pane(KindTable(views.SERVICES, cluster, empty="no service yet"), "Services", 5, id="services"),
                Pane(self.story, "Story", 6, id="story"),
            )
        }

    def compose(self) -> ComposeResult:
        yield self.header
        with Container(id="panes"):
            with Container(id="live"):
                with Vertical(id="left"):
                    yield self.panes["manifests"]
                    yield self.panes["nodes"]
                    yield self.panes["services"]
                with Vertical(id="right"):
                    yield self.panes["deployments"]
                    yield self.panes["pods"]
            yield self.panes["story"]
        yield CommandBar(self._cluster, host_of(self.app).session.commands)
        if self._hints:
            yield FirstHints()
        yield self.footer

    def on_mount(self) -> None:
        self.show_pane("deployments")
        self.call_after_refresh(self._focus_first)

    def _focus_first(self) -> None:
        """Unless a pane has been gone to already."""
        if self.focused is None:
            self.focus_pane(3)

    def show_pane(self, name: str) -> None:
        """Make room for the pane `name` where there is not room for all."""
        if name in SMALL_PANES:
            for other in SMALL_PANES:
                self.panes[other].set_class(other == name, "-chosen")

    @property
    def maximised(self) -> str:
        """The pane that has all the room; empty where all have theirs."""
        return next((name for name, pane in self.panes.items() if pane.has_class("-maximised")), "")

    def maximise_pane(self) -> None:
        """Give the pane with the focus all the room, or every pane its own again."""
        here = None if self.maximised else self.pane_of(self.focused)
        self._give_room(here)

    def _give_room(self, here: Pane | None) -> None:
        self.set_class(here is not None, "-one")
        for node in self.query("#panes *, #panes").results():
            node.set_class(here is not None and (node is here or here in node.walk_children()), "-maximised")

    def on_resize(self) -> None:
        self.call_after_refresh(self._name_hidden_panes)

    def _name_hidden_panes(self) -> None:
        small = self.has_class("-narrow") or self.has_class("-low")
        for name in SMALL_PANES:
            others = [self.panes[other].title for other in SMALL_PANES if other != name]
            self.panes[name].name_also(others if small else ())

    def focus_pane(self, number: int) -> None:
        for name, pane in self.panes.items():
            if pane.number == number:
                self.show_pane(name)
                if self.maximised:
                    self._give_room(pane)
                self.set_focus(pane.content)  # at once, so that the next key already means this pane

    def focus_next_pane(self, step: int) -> None:
        numbers = [pane.number for pane in self.panes.values()]
        here = self.pane_of(self.focused)
        at = numbers.index(here.number) if here is not None else 0
        self.focus_pane(numbers[(at + step) % len(numbers)])

    def pane_of(self, widget: Widget | None) -> Pane | None:
        """The pane that `widget` is in."""
        return next((pane for pane in self.panes.values() if widget in (pane.content, pane.bar)), None)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        pane = self.pane_of(event.widget)
        if pane is not None and pane.id:
            self.show_pane(pane.id)
