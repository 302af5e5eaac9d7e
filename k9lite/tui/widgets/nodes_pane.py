"""The nodes as a map: each node a line of words, and below it every pod on it as one coloured glyph."""

from itertools import groupby, islice
from math import ceil
from typing import Any, ClassVar

from lightkube.models.core_v1 import Node, Pod
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.timer import Timer

from k9lite.api import kinds
from k9lite.api.object import Key, Object
from k9lite.tui.display import states
from k9lite.tui.display.text import clean, fit, width
from k9lite.tui.display.tones import CLASSES, State, Tone
from k9lite.tui.live import details
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.filters import Filter
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.selectable import Selectable

INDENT = 2
COUNT = 9  # terminal cells for `110/110`


class Block:
    """One node and the pods on it, as far as they are drawn."""

    def __init__(self) -> None:
        self.node: Object[Node] | None = None
        self.state: State | None = None
        self.note = ""  # what comes next for it, where something is due
        self.room = ""
        self.pods: dict[Key, State] = {}


class NodesPane(Selectable, Place, can_focus=True, inherit_bindings=False):
    """`j`, `k` go from node to node. A pod's cell stays where it is until a pod before it leaves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor", *CLASSES}
    DEFAULT_CSS = """
    NodesPane { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """
    place_name = "nodes"

    def __init__(self, cluster: LiveCluster, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cluster = cluster
        self._blocks: dict[str, Block] = {}
        self._names: list[str] = []  # the nodes shown, in order
        self._lines: list[tuple[str, int]] = []  # for each line: the node, and which of its lines
        self._strips: dict[int, Strip] = {}  # what is drawn where
        self._cursor = ""
        self._filter: Filter | None = None

    def on_mount(self) -> None:
        self._timer: Timer | None = None  # until a countdown moves
        cluster = self.cluster
        self._handlers: list[tuple[Any, Any]] = [(kinds.NODE, self._node_changed), (kinds.POD, self._pod_changed)]
        self._handlers.append((kinds.LEASE, self._lease_changed))
        if cluster.has_own_kinds:
            self._handlers.append((kinds.FAULT, self._fault_changed))
        for kind, handler in self._handlers:
            cluster.of(kind).add_handler(handler)

    def on_unmount(self) -> None:
        for kind, handler in self._handlers:
            self.cluster.of(kind).remove_handler(handler)
        self.cluster.frames.forget(self._paint)

    @property
    def selected(self) -> Object[Node] | None:
        return self.cluster.of(kinds.NODE).get(self._cursor)

    def move(self, lines: int) -> None:
        if self._names:
            at = self._names.index(self._cursor) if self._cursor in self._names else 0
            self._cursor = self._names[max(0, min(at + lines, len(self._names) - 1))]
            self._reveal()
            self.refresh()

    def move_pages(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height // 2))

    def filter_by(self, filter: Filter | None) -> None:
        self._filter = filter
        self._paint()

    async def on_click(self, event: events.Click) -> None:
        line = event.y + self.scroll_offset.y
        if line < len(self._lines):
            self._cursor = self._lines[line][0]
            self.refresh()
            if event.chain == 2:
                await self.run_action("app.perform('choose')")

    # Changes

    def _block(self, name: str) -> Block:
        return self._blocks.setdefault(name, Block())

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        if new is not None:
            block = self._block(new.name)
            block.node, block.state = new, states.node_state(new)
            status = new.view.status
            block.room = (status.allocatable or {}).get("pods", "") if status else ""
        elif old is not None:
            self._block(old.name).node = None
        self.cluster.frames.request(self._paint)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        before = old.view.spec.nodeName if old is not None and old.view.spec else None
        after = new.view.spec.nodeName if new is not None and new.view.spec else None
        if old is not None and before and before != after:
            self._block(before).pods.pop(old.key, None)
        if new is not None and after:
            self._block(after).pods[new.key] = states.pod_state(new)
        if before or after:
            self.cluster.frames.request(self._paint)

    def _lease_changed(self, old: object, new: object) -> None:
        self.cluster.frames.request(self._paint)

    def _fault_changed(self, old: object, new: object) -> None:
        self.cluster.frames.request(self._paint)

    def _tick_while_counting(self, shown: list[tuple[str, Block]]) -> None:
        """A countdown moves with time alone; without one nothing wakes."""
        counting = self.cluster.drains or any(b.note or (b.state and b.state.tone == "bad") for _, b in shown)
        if counting and self._timer is None:
            self._timer = self.set_timer(1.0, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.cluster.frames.request(self._paint)

    def _shown(self) -> list[tuple[str, Block]]:
        known = sorted((name, block) for name, block in self._blocks.items() if block.node is not None)
        if self._filter is None:
            return known
        return [(name, b) for name, b in known if self._filter.admits(name, b.node.labels if b.node else {})]

    def _paint(self) -> None:
        shown = self._shown()
        self._names = [name for name, _ in shown]
        if self._cursor not in self._names:
            self._cursor = self._names[0] if self._names else ""
        for _, block in shown:
            assert block.node is not None
            block.note = details.node_countdown(block.node, self.cluster)
        lines = [(name, line) for name, block in shown for line in range(1 + self._cell_lines(block))]
        if lines != self._lines:
            self._lines = lines
            self._redraw_all()
        top = int(self.scroll_offset.y)
        for number in range(top, min(top + self.size.height, len(lines))):
            strip = self.line_strip(number)
            if strip != self._strips.get(number):
                self._strips[number] = strip
                self.refresh(Region(0, number - top, self.scrollable_content_region.width, 1))
        self._tick_while_counting(shown)

    def _redraw_all(self) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines))
        self.refresh()

    def on_resize(self) -> None:
        self._paint()
        self._redraw_all()

    def _cell_lines(self, block: Block) -> int:
        """How many lines its pods get: what they need, as long as every node finds room."""
        share = max(1, self.size.height // max(1, len(self._names)) - 1)
        return min(share, ceil(len(block.pods) / self._room))

    @property
    def _room(self) -> int:
        return max(1, self.scrollable_content_region.width - INDENT - 1)

    def _reveal(self) -> None:
        mine = [index for index, (name, _) in enumerate(self._lines) if name == self._cursor]
        if mine and not self.scroll_offset.y <= mine[0] < self.scroll_offset.y + self.size.height:
            self.scroll_to(y=mine[0], animate=False)

    # Drawing

    def line_strip(self, number: int) -> Strip:
        if number >= len(self._lines):
            return Strip.blank(self.scrollable_content_region.width, self.rich_style)
        name, line = self._lines[number]
        has_cursor = name == self._cursor and self.has_focus
        base = self.get_component_rich_style("table--cursor") if has_cursor else self.rich_style
        block = self._blocks[name]
        segments = self._head(name, block, base) if line == 0 else self._cells(block, line - 1, base)
        mark = "▌" if has_cursor else " "
        return Strip([Segment(mark, base), *segments]).adjust_cell_length(self.scrollable_content_region.width, base)

    def _head(self, name: str, block: Block, base: Style) -> list[Segment]:
        shown = block.state
        assert shown is not None
        count = f"{len(block.pods)}/{block.room}"
        room = self.scrollable_content_region.width - INDENT - COUNT - 2
        says = clean(block.note or shown.word)
        said = min(width(says), room // 2)
        return [
            Segment(shown.glyph + " ", self._toned(shown.tone, base)),
            Segment(fit(clean(name), room - said - 1) + " ", base),
            Segment(fit(says, said), self._toned("warn" if block.note else shown.tone, base)),
            Segment(fit(count, COUNT, right=True), self._toned("muted", base)),
        ]

    def _cells(self, block: Block, line: int, base: Style) -> list[Segment]:
        first, last_line = line * self._room, self._cell_lines(block) - 1
        here = list(islice(block.pods.values(), first, first + self._room))
        more = ""
        if line == last_line and len(block.pods) > first + self._room:
            more = f" +{len(block.pods) - first - self._room + 6}"
            here = here[: self._room - 6]
        runs = [(look, len(list(run))) for look, run in groupby(here, key=lambda pod: (pod.glyph, pod.tone))]
        cells = [Segment(glyph * count, self._toned(tone, base)) for (glyph, tone), count in runs]
        return [Segment(" " * INDENT, base), *cells, Segment(more, self._toned("muted", base))]

    def _toned(self, tone: Tone, base: Style) -> Style:
        return base + self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else base
