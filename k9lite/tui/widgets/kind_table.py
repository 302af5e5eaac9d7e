"""The live table of one kind: a view's columns over the objects its informer holds."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.tui.feed import Feed
from k9lite.tui.frames import BUDGET
from k9lite.tui.place import Place
from k9lite.tui.views import View
from k9lite.tui.widgets.table import Table

Changed = Callable[[Object[Any] | None, Object[Any] | None], None]


def everything(obj: Object[Any]) -> bool:
    return True


class KindTable(Table, Place):
    """`admits` limits it to some objects, e.g. to the pods of one node."""

    def __init__(
        self,
        view: View,
        feed: Feed,
        *,
        admits: Callable[[Object[Any]], bool] = everything,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(view.columns, empty=empty, id=id)
        self.view, self.feed, self.admits = view, feed, admits
        self.place_name = view.name
        self._informer = feed.of(view.kind)
        self._dirty: dict[Key, None] = {}
        self._followed: list[tuple[Kind[Any], Changed]] = []

    def on_mount(self) -> None:
        self.sort_by("NAME")
        self._follow_kind(self.view.kind, self._mark)
        for kind, touches in self.view.related:
            if self.feed.client.kinds.of(kind.api_version, kind.kind) is not None:
                self._follow_kind(kind, self._marker(touches))
        self.set_interval(1.0, self._let_ages_pass)

    def on_unmount(self) -> None:
        for kind, handler in self._followed:
            self.feed.of(kind).remove_handler(handler)
        self.feed.frames.forget(self._flush)

    @property
    def selected(self) -> Object[Any] | None:
        return None if self.cursor is None else self._informer.get(self.cursor.name, self.cursor.namespace)

    def _follow_kind(self, kind: Kind[Any], handler: Changed) -> None:
        self._followed.append((kind, handler))
        self.feed.of(kind).add_handler(handler)

    def _mark(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        assert obj is not None
        self._dirty[obj.key] = None
        self.feed.frames.request(self._flush)

    def _marker(self, touches: Callable[[Object[Any], Feed], Any]) -> Changed:
        """A handler that marks the rows which objects of a related kind touch."""

        def changed(old: Object[Any] | None, new: Object[Any] | None) -> None:
            for obj in (old, new):
                if obj is not None:
                    self._dirty.update(dict.fromkeys(touches(obj, self.feed)))
            self.feed.frames.request(self._flush)

        return changed

    def _let_ages_pass(self) -> None:
        """Time alone changes what a row says; only what is seen needs to know."""
        self._dirty.update(dict.fromkeys(self.on_screen))
        self.feed.frames.request(self._flush)

    def _flush(self) -> bool:
        """Bring marked rows up to date within a frame's budget; whether some are left."""
        try:
            self._refill(perf_counter() + BUDGET)
        except Exception:
            self.feed.frames.request(self._flush)  # one row fails; the others are still brought up to date
            raise
        self.paint()
        return bool(self._dirty)

    def _refill(self, deadline: float) -> None:
        while self._dirty and perf_counter() < deadline:
            key = next(iter(self._dirty))
            del self._dirty[key]
            obj = self._informer.get(key.name, key.namespace)
            if obj is not None and self.admits(obj):
                self.put(key, self.view.row(obj, self.feed), obj.labels)
            else:
                self.take_out(key)
