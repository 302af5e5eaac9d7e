"""Trees of objects: everything each owns, down to containers, with how each is."""

from collections.abc import Callable
from typing import Any

from k9lite.api.kinds import Kind
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
    """Of the objects of a kind that `admits` admits. A line stands for its object: every key that acts on one acts
    on it."""

    place_name = "tree"

    def __init__(self, kind: Kind[Any], feed: Feed, admits: Callable[[Object[Any]], bool]) -> None:
        super().__init__(COLUMNS, empty=f"no {kind.plural} here")
        self._kind, self._feed, self._admits = kind, feed, admits
        self._by_key: dict[tuple[str, str], Twig] = {}
        self._kinds = tuple(dict.fromkeys((kind, *FOLLOWED)))

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
        roots = sorted((obj for obj in self._feed.of(self._kind) if self._admits(obj)), key=lambda obj: obj.key)
        found = [twig for root in roots for twig in twigs(root, self._feed)]
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
