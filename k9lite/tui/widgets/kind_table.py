"""The live table of one kind: a view's columns over the objects its informer holds."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.tui.live import views
from k9lite.tui.live.age_timer import AgeTimer
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.frames import BUDGET
from k9lite.tui.live.views import View, widened
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.browsing import BrowsingTable

Changed = Callable[[Object[Any] | None, Object[Any] | None], None]


def everything(obj: Object[Any]) -> bool:
    return True


class KindTable(BrowsingTable, Place):
    """`admits` limits it to some objects, e.g. to the pods of one node; `namespace` to one, where it is not empty.

    seek: the object that the cursor goes to as soon as it is there
    """

    def __init__(
        self,
        view: View,
        cluster: LiveCluster,
        *,
        admits: Callable[[Object[Any]], bool] = everything,
        namespace: str = "",
        seek: Key | None = None,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(view.columns, empty=empty, id=id)
        self.view, self.cluster, self.admits = view, cluster, admits
        self.place_name = view.name
        self.scope = "view"
        self.namespace, self.wide = namespace, False
        self._seek = seek
        self._informer = cluster.of(view.kind)
        self._dirty: dict[Key, None] = {}
        self._followed: list[tuple[Kind[Any], Changed]] = []
        self._ages = AgeTimer(cluster.clock, self._update_rows)

    def on_mount(self) -> None:
        self.sort_by("NAME")
        self._follow_kind(self.view.kind, self._mark)
        for kind, touches in self.view.related:
            if self.cluster.client.kinds.of(kind.api_version, kind.kind) is not None:
                self._follow_kind(kind, self._marker(touches))

    def on_unmount(self) -> None:
        for kind, handler in self._followed:
            self.cluster.of(kind).remove_handler(handler)
        self.cluster.frames.forget(self._flush)
        self._ages.stop()

    @property
    def selected(self) -> Object[Any] | None:
        return None if self.cursor is None else self._informer.get(self.cursor.name, self.cursor.namespace)

    @property
    def marked(self) -> list[Object[Any]]:
        found = (self._informer.get(key.name, key.namespace) for key in self.marked_keys)
        return [obj for obj in found if obj is not None]

    def use_namespace(self, namespace: str) -> None:
        """Show the objects of one namespace; of all for an empty one."""
        self.namespace = namespace
        self.refill()

    def widen(self) -> None:
        """Show the columns of `-o wide` as well, or no more."""
        self.wide = not self.wide
        self.view = widened(self.view) if self.wide else views.view_of(self.view.kind)
        self.use_columns(self.view.columns)
        self.refill()

    def refill(self) -> None:
        """Bring every row up to date."""
        self._dirty.update(dict.fromkeys(obj.key for obj in self._informer))
        self.cluster.frames.request(self._flush)

    def _shows(self, obj: Object[Any]) -> bool:
        return (not self.namespace or obj.namespace == self.namespace) and self.admits(obj)

    def _follow_kind(self, kind: Kind[Any], handler: Changed) -> None:
        self._followed.append((kind, handler))
        self.cluster.of(kind).add_handler(handler)

    def _mark(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        assert obj is not None
        self._dirty[obj.key] = None
        self.cluster.frames.request(self._flush, soon=obj.key == self.cursor)

    def _marker(self, touches: Callable[[Object[Any], LiveCluster], Any]) -> Changed:
        """A handler that marks the rows which objects of a related kind touch."""

        def changed(old: Object[Any] | None, new: Object[Any] | None) -> None:
            for obj in (old, new):
                if obj is not None:
                    self._dirty.update(dict.fromkeys(touches(obj, self.cluster)))
            self.cluster.frames.request(self._flush)

        return changed

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._update_rows(self.on_screen)

    def on_resize(self) -> None:
        super().on_resize()
        self._update_rows(self.on_screen)

    def _update_rows(self, keys: list[Key]) -> None:
        """Time alone changes what a row says; only what is seen needs to know."""
        self._dirty.update(dict.fromkeys(keys))
        self.cluster.frames.request(self._flush)

    def _flush(self) -> bool:
        """Bring marked rows up to date within a frame's budget; whether some are left."""
        try:
            self._refill(perf_counter() + BUDGET)
        except Exception:
            self.cluster.frames.request(self._flush)  # one row fails; the others are still brought up to date
            raise
        self.paint()
        if self._seek is not None and self._seek in self:
            self.move_to(self._seek)
            self._seek = None
        if not self._dirty:
            rows = (self._informer.get(key.name, key.namespace) for key in self.on_screen)
            self._ages.follow(obj for obj in rows if obj is not None)
        return bool(self._dirty)

    def _refill(self, deadline: float) -> None:
        while self._dirty and perf_counter() < deadline:
            key = self.cursor if self.cursor in self._dirty else next(iter(self._dirty))
            del self._dirty[key]
            obj = self._informer.get(key.name, key.namespace)
            if obj is not None and self._shows(obj):
                self.put(key, self.view.row(obj, self.cluster), obj.labels)
            else:
                self.take_out(key)
