"""The tree of one object: everything it owns, down to containers, with how each is."""

from typing import Any

from k9lite.api.object import Object
from k9lite.tui.feed import Feed
from k9lite.tui.place import Place
from k9lite.tui.text import clean
from k9lite.tui.tones import Tone
from k9lite.tui.tree import FOLLOWED, Twig, twigs
from k9lite.tui.widgets.columns import Cell, Column
from k9lite.tui.widgets.lines import Part
from k9lite.tui.widgets.table import Table

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("TREE", rank=0, least=24, most=110),
    Column("STATE", rank=0, least=10, most=40),
)


class Tree(Table, Place):
    """A line stands for its object: every key that acts on one acts on it."""

    place_name = "tree"

    def __init__(self, obj: Object[Any], feed: Feed) -> None:
        super().__init__(COLUMNS, empty="it is gone")
        self._obj, self._feed = obj, feed
        self._by_key: dict[tuple[str, str], Twig] = {}
        self._kinds = tuple(dict.fromkeys((obj.kind, *FOLLOWED)))

    def on_mount(self) -> None:
        for kind in self._kinds:
            self._feed.of(kind).add_handler(self._changed)
        self._feed.frames.request(self._refill)

    def on_unmount(self) -> None:
        for kind in self._kinds:
            self._feed.of(kind).remove_handler(self._changed)
        self._feed.frames.forget(self._refill)

    @property
    def selected(self) -> Object[Any] | None:
        twig = self._by_key.get(self.cursor)
        return self._feed.of(twig.obj.kind).get(twig.obj.name, twig.obj.namespace) if twig is not None else None

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        self._feed.frames.request(self._refill)

    def _refill(self) -> None:
        root = self._feed.of(self._obj.kind).get(self._obj.name, self._obj.namespace)
        found = list(twigs(root, self._feed)) if root is not None else []
        self._by_key = {(twig.obj.uid, twig.part): twig for twig in found}
        for key in [key for key in self.shown if key not in self._by_key]:
            self.take_out(key)
        for order, (key, twig) in enumerate(self._by_key.items()):
            shown = twig.state
            text_tone: Tone = "muted" if twig.part else ""
            name: tuple[Part, Part] = ((clean(twig.branch), "muted"), (clean(twig.text), text_tone))
            text = twig.branch + twig.text
            self.put(
                key,
                (Cell(shown.glyph, shown.tone, order), Cell(clean(text), "", None, name), Cell(shown.word, shown.tone)),
            )
        self.paint()
