"""The nodes as a map to walk on: every pod a lettered cell on its node, with how much of the node is taken."""

from math import ceil
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

from lightkube.models.core_v1 import Node, Pod
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from k9lite.api import kinds
from k9lite.api.object import Key, Object
from k9lite.tui.display import states
from k9lite.tui.display.occupancy import UNSCHEDULED, bar, letter, shares
from k9lite.tui.display.text import clean, fit, width
from k9lite.tui.display.tones import CLASSES, State, Tone
from k9lite.tui.live import details
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.frames import BUDGET
from k9lite.tui.session.filters import Filter
from k9lite.tui.session.place import Place

CELL, INDENT = 4, 3  # terminal cells, with the gap after each
NAME, SAID = 36, 32  # the most for a node's name and state
SHARES, NUMBERS = 61, 33  # what its shares take as bars, and where there is no room for those
ROOMY = 110  # from here on there is room


class Cursor(NamedTuple):
    """On a pod, or with `pod` None on the node itself."""

    node: str
    pod: Key | None = None


class Row(NamedTuple):
    """One line: the node's words (`first` is -1) or its pods from `first` on."""

    node: str
    first: int = -1


class PodMap(ScrollView, Place, can_focus=True, inherit_bindings=False):
    """Arrows go from cell to cell; what has the cursor, node or pod, is what keys act on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor", *CLASSES}
    DEFAULT_CSS = """
    PodMap { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """
    scope = "map"

    class Moved(Message):
        """The cursor is on something else, or that has changed."""

    def __init__(self, cluster: LiveCluster) -> None:
        super().__init__()
        self.cluster = cluster
        self._pods: dict[str, dict[Key, State]] = {}  # by node
        self._where: dict[Key, str] = {}
        self._dirty: dict[Key, None] = {}
        self._order: dict[str, list[Key]] = {}  # the pods of each node as they are drawn
        self._taken: dict[str, list[Segment]] = {}  # what is drawn of how full a node is
        self._rows: list[Row] = []
        self._cursor = Cursor("")
        self._filter: Filter | None = None

    def on_mount(self) -> None:
        self.cluster.of(kinds.NODE).add_handler(self._node_changed)
        self.cluster.of(kinds.POD).add_handler(self._pod_changed)
        self.set_interval(1.0, self._arrange)

    def on_unmount(self) -> None:
        self.cluster.of(kinds.NODE).remove_handler(self._node_changed)
        self.cluster.of(kinds.POD).remove_handler(self._pod_changed)
        self.cluster.frames.forget(self._flush)

    @property
    def place_name(self) -> str:  # type: ignore[override]
        """What the cursor is on decides which keys there are."""
        return "pods" if self._cursor.pod is not None else "nodes"

    @property
    def selected(self) -> Object[Any] | None:
        pod = self._cursor.pod
        if pod is not None:
            return self.cluster.of(kinds.POD).get(pod.name, pod.namespace)
        return self.cluster.of(kinds.NODE).get(self._cursor.node)

    def filter_by(self, filter: Filter | None) -> None:
        self._filter = filter
        self._order.clear()
        self._arrange()

    # Changes

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        self.cluster.frames.request(self._flush)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        obj = new or old
        assert obj is not None
        self._dirty[obj.key] = None
        self.cluster.frames.request(self._flush)

    def _flush(self) -> bool:
        """Take in what changed, within a frame's budget; whether some is left."""
        deadline = perf_counter() + BUDGET
        while self._dirty and perf_counter() < deadline:
            key = next(iter(self._dirty))
            del self._dirty[key]
            self._put(key, self.cluster.of(kinds.POD).get(key.name, key.namespace))
        self._arrange()
        return bool(self._dirty)

    def _put(self, key: Key, pod: Object[Pod] | None) -> None:
        before = self._where.pop(key, None)
        if before is not None:
            self._pods[before].pop(key)
            self._forget(before)
        if pod is not None:
            node = (pod.view.spec.nodeName if pod.view.spec else None) or UNSCHEDULED
            self._where[key] = node
            self._pods.setdefault(node, {})[key] = states.pod_state(pod)
            self._forget(node)
            if self._cursor.pod == key:
                self._cursor = Cursor(node, key)  # it has been scheduled

    def _forget(self, node: str) -> None:
        self._order.pop(node, None)
        self._taken.pop(node, None)

    def _pods_of(self, node: str) -> list[Key]:
        if node not in self._order:
            admits = self._filter.admits if self._filter is not None else None
            self._order[node] = sorted(key for key in self._pods.get(node, ()) if not admits or admits(key.name, {}))
        return self._order[node]

    def _arrange(self) -> None:
        names = sorted(node.name for node in self.cluster.of(kinds.NODE))
        waiting = [UNSCHEDULED] if self._pods.get(UNSCHEDULED) else []
        self._rows = [row for name in names + waiting for row in self._rows_of(name)]
        known = self._cursor.pod is None or self._cursor.pod in self._where
        if not known or (self._cursor.pod is None and Row(self._cursor.node) not in self._rows):
            self._cursor = Cursor(self._cursor.node if self._cursor.node in names else next(iter(names), ""))
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))
        self.refresh()
        self.post_message(self.Moved())

    def _rows_of(self, name: str) -> list[Row]:
        lines = ceil(len(self._pods_of(name)) / self._per_line)
        return [Row(name), *(Row(name, line * self._per_line) for line in range(lines))]

    @property
    def _per_line(self) -> int:
        return max(1, (self.scrollable_content_region.width - INDENT) // CELL)

    def on_resize(self) -> None:
        self._taken.clear()
        self._arrange()

    # The cursor

    def move(self, lines: int) -> None:
        if not self._rows:
            return
        at, column = self._at()
        row = self._rows[max(0, min(at + lines, len(self._rows) - 1))]
        self._stand(row, column)

    def move_pages(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height - 1))

    def move_cell(self, step: int) -> None:
        """To the next or previous pod."""
        keys = self._pods_of(self._cursor.node)
        at = keys.index(self._cursor.pod) if self._cursor.pod in keys else -1
        if not -1 <= at + step < len(keys):
            self.move(step)  # on to the node beside it
            return
        self._cursor = Cursor(self._cursor.node, keys[at + step] if at + step >= 0 else None)
        self._reveal()

    def _stand(self, row: Row, column: int) -> None:
        keys = self._pods_of(row.node)
        on_pod = row.first >= 0 and keys
        self._cursor = Cursor(row.node, keys[min(row.first + column, len(keys) - 1)] if on_pod else None)
        self._reveal()

    def _at(self) -> tuple[int, int]:
        """The line of the cursor, and which cell of it."""
        keys = self._pods_of(self._cursor.node)
        index = keys.index(self._cursor.pod) if self._cursor.pod in keys else -1
        first = index // self._per_line * self._per_line if index >= 0 else -1
        row = Row(self._cursor.node, first)
        return (self._rows.index(row) if row in self._rows else 0), max(0, index - first if index >= 0 else 0)

    def _reveal(self) -> None:
        line, top, height = self._at()[0], self.scroll_offset.y, max(1, self.size.height)
        if not top <= line < top + height:
            self.scroll_to(y=max(0, line - height + 1 if line >= top else line), animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved())

    async def on_click(self, event: events.Click) -> None:
        line = event.y + self.scroll_offset.y
        if line < len(self._rows):
            self._stand(self._rows[line], max(0, event.x - INDENT) // CELL)
            if event.chain == 2:
                await self.run_action("app.perform('choose')")

    # Drawing

    def render_line(self, y: int) -> Strip:
        number, room = y + self.scroll_offset.y, self.scrollable_content_region.width
        if number >= len(self._rows):
            return Strip.blank(room, self.rich_style)
        row = self._rows[number]
        segments = self._head(row.node) if row.first < 0 else self._cells(row)
        return Strip(segments).adjust_cell_length(room, self.rich_style)

    def _head(self, name: str) -> list[Segment]:
        node = self.cluster.of(kinds.NODE).get(name)
        here = self._cursor == Cursor(name) and self.has_focus
        base = self.get_component_rich_style("table--cursor") if here else self.rich_style
        if node is None:
            return [Segment("waiting for a node", self._toned("warn", base))]
        shown, note = states.node_state(node), details.node_countdown(node, self.cluster)
        if name not in self._taken:
            self._taken[name] = self._shares(node)
        room = self.scrollable_content_region.width - (SHARES if self._roomy else NUMBERS)
        said = fit(f"  {clean(note or shown.word)}", min(SAID, room // 2))
        return [
            Segment(("▌" if here else " ") + shown.glyph + " ", self._toned(shown.tone, base)),
            Segment(fit(clean(name), min(NAME, room - width(said) - 3)), self._toned("strong", base)),
            Segment(said + " ", self._toned("warn" if note else shown.tone, base)),
            *self._taken[name],
        ]

    def _shares(self, node: Object[Node]) -> list[Segment]:
        segments = []
        for share in shares(node, self.cluster.of(kinds.POD).indexed("node", node.name)):
            drawn, tone = bar(share)
            number, muted = f"{share.part:.0%}", self._toned("muted", self.rich_style)
            segments.append(Segment(f"{share.name} ", muted))
            if self._roomy:
                segments += [Segment(drawn, self._toned(tone, self.rich_style)), Segment(f" {number:<4}  ", muted)]
            else:
                segments.append(Segment(f"{number:<4} ", self._toned(tone, self.rich_style)))
        return segments

    @property
    def _roomy(self) -> bool:
        return self.scrollable_content_region.width >= ROOMY

    def _cells(self, row: Row) -> list[Segment]:
        segments = [Segment(" " * INDENT, self.rich_style)]
        known = self._pods.get(row.node, {})
        for key in self._pods_of(row.node)[row.first : row.first + self._per_line]:
            shown = known[key]
            here = key == self._cursor.pod and self.has_focus
            base = self.get_component_rich_style("table--cursor") if here else self.rich_style
            style, text = self._toned(shown.tone, base), f" {letter(shown)} "
            if here:
                text = f"[{letter(shown)}]"
            else:  # a field in the colour of its state
                style = Style(color=style.bgcolor, bgcolor=style.color, bold=style.bold)
            segments += [Segment(text, style), Segment(" ", self.rich_style)]
        return segments

    def _toned(self, tone: Tone, base: Style) -> Style:
        return base + self.get_component_rich_style(f"tone--{tone}", partial=True) if tone else base
