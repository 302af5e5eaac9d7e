"""Trees of objects: everything each owns, down to containers, with how each is."""

from collections.abc import Callable
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.display.lines import Part
from k9lite.tui.display.text import clean
from k9lite.tui.display.tones import Tone
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.tree import FOLLOWED, TreeRow, tree_rows
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.table import Table

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("TREE", rank=0, least=24, most=110),
    Column("STATE", rank=0, least=10, most=40),
)


class Tree(Table, Place):
    """Of the objects of a kind that `admits` admits. A line stands for its object: every key that acts on one acts
    on it."""

    place_name = "tree"

    def __init__(self, kind: Kind[Any], cluster: LiveCluster, admits: Callable[[Object[Any]], bool]) -> None:
        super().__init__(COLUMNS, empty=f"no {kind.plural} here")
        self._kind, self._cluster, self._admits = kind, cluster, admits
        self._by_key: dict[tuple[str, str], TreeRow] = {}
        self._kinds = tuple(dict.fromkeys((kind, *FOLLOWED)))

    def on_mount(self) -> None:
        for kind in self._kinds:
            self._cluster.of(kind).add_handler(self._changed)
        self._cluster.frames.request(self._refill)

    def on_unmount(self) -> None:
        for kind in self._kinds:
            self._cluster.of(kind).remove_handler(self._changed)
        self._cluster.frames.forget(self._refill)

    @property
    def selected(self) -> Object[Any] | None:
        row = self._by_key.get(self.cursor)
        return self._cluster.of(row.obj.kind).get(row.obj.name, row.obj.namespace) if row is not None else None

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        self._cluster.frames.request(self._refill)

    def _refill(self) -> None:
        roots = sorted((obj for obj in self._cluster.of(self._kind) if self._admits(obj)), key=lambda obj: obj.key)
        found = [row for root in roots for row in tree_rows(root, self._cluster)]
        self._by_key = {(row.obj.uid, row.part): row for row in found}
        for key in [key for key in self.shown if key not in self._by_key]:
            self.take_out(key)
        for order, (key, row) in enumerate(self._by_key.items()):
            shown = row.state
            text_tone: Tone = "muted" if row.part else ""
            name: tuple[Part, Part] = ((clean(row.branch), "muted"), (clean(row.text), text_tone))
            text = row.branch + row.text
            self.put(
                key,
                (Cell(shown.glyph, shown.tone, order), Cell(clean(text), "", None, name), Cell(shown.word, shown.tone)),
            )
        self.paint()
