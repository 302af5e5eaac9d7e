"""Lines about one object that follow it as it changes."""

import difflib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.explain.describe import Related, describe
from k9lite.tui.display.lines import Line, Part
from k9lite.tui.display.text import clean
from k9lite.tui.editing.yaml_text import dump, paint, paint_description
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines

MOST_COMPARED = 2_000  # lines; of more nothing is marked
MARKED, MOST_TEXTS = 8.0, 50  # seconds for which a change stays marked; states of the text that are kept for that
GONE = Line("(deleted; this was its last state)", "warn")


class ShownText(NamedTuple):
    """What the page said, and when it began to."""

    taken: float
    texts: list[str]


@dataclass(frozen=True)
class PageKind:
    """A way to look at an object: `lines` of text about it, and how a line is coloured."""

    name: str
    title: str
    lines: Callable[[Object[Any], LiveCluster], list[str]]
    painter: Callable[[str], Sequence[Part]]


def _describe(obj: Object[Any], cluster: LiveCluster) -> list[str]:
    pods = cluster.of(kinds.POD).indexed("node", obj.name) if obj.kind is kinds.NODE else ()
    slices = cluster.of(kinds.ENDPOINT_SLICE).indexed("service", str(obj.key)) if obj.kind is kinds.SERVICE else ()
    events = cluster.of(kinds.EVENT).indexed("involved", obj.uid)
    node = obj.view.spec.nodeName if obj.kind is kinds.POD and obj.view.spec else None
    has_node = not node or cluster.of(kinds.NODE).get(node) is not None
    related = Related(pods, slices, events, cluster.client.streams.reachable, has_node)
    return describe(obj, related, cluster.now())


DESCRIBE = PageKind("describe", "Describe", _describe, paint_description)
YAML = PageKind("yaml", "YAML", lambda obj, cluster: dump(obj.data()), paint)


class ObjectPage(Lines, Place):
    """Looks at `obj` for as long as it is open, through all its later states."""

    def __init__(self, page_kind: PageKind, obj: Object[Any], cluster: LiveCluster) -> None:
        super().__init__(follow=False, painter=page_kind.painter)
        self.place_name = page_kind.name
        self.searching = True
        self._page_kind, self._obj, self._cluster = page_kind, obj, cluster
        self._shown_texts: deque[ShownText] = deque(maxlen=MOST_TEXTS)  # the texts as they were shown, the newest last
        self._followed = (obj.kind, kinds.EVENT) if page_kind is DESCRIBE else (obj.kind,)

    def on_mount(self) -> None:
        for kind in self._followed:
            self._cluster.of(kind).add_handler(self._changed)
        self._cluster.frames.request(self._refill)
        self.set_interval(1.0, self._let_marks_go)

    def on_unmount(self) -> None:
        for kind in self._followed:
            self._cluster.of(kind).remove_handler(self._changed)
        self._cluster.frames.forget(self._refill)

    @property
    def selected(self) -> Object[Any] | None:
        return self._cluster.of(self._obj.kind).get(self._obj.name, self._obj.namespace)

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        if obj is not None and (obj.uid == self._obj.uid or obj.kind is kinds.EVENT):
            self._cluster.frames.request(self._refill)

    def _refill(self) -> None:
        now = self.selected
        texts = [clean(text) for text in self._page_kind.lines(now or self._obj, self._cluster)]
        if not self._shown_texts or self._shown_texts[-1].texts != texts:
            self._shown_texts.append(ShownText(monotonic(), texts))
        while len(self._shown_texts) > 1 and self._shown_texts[1].taken < monotonic() - MARKED:
            self._shown_texts.popleft()
        lines = list(marked(self._shown_texts[0].texts, texts, self._page_kind.painter))
        self._obj = now or self._obj
        self.replace(lines if now is not None else [GONE, *lines])
        self.paint()

    def _let_marks_go(self) -> None:
        if len(self._shown_texts) > 1:
            self._cluster.frames.request(self._refill)


def marked(before: Sequence[str], now: Sequence[str], painter: Callable[[str], Sequence[Part]]) -> Iterator[Line]:
    """The lines, those that just changed with a mark behind them, and with what they said before."""
    if not before or len(now) > MOST_COMPARED:
        yield from map(Line, now)
        return
    matcher = difflib.SequenceMatcher(None, before, now, autojunk=False)
    for kind, old_start, old_end, start, end in matcher.get_opcodes():
        for number, text in enumerate(now[start:end]):
            if kind == "equal":
                yield Line(text)
                continue
            was = before[old_start + number].strip() if old_end - old_start == end - start else ""
            note = f"  ◂ was {was}" if was else "  ◂ new"
            yield Line(text + note, "", (*painter(text), (note, "warn")))
