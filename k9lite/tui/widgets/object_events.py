"""The events of one object, live."""

from typing import Any

from lightkube.models.core_v1 import Event

from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.story import event_line


class ObjectEvents(Lines, Place):
    """Oldest first; follows as long as its end is seen."""

    place_name = "events"

    def __init__(self, obj: Object[Any], cluster: LiveCluster) -> None:
        super().__init__(empty=" no event yet")
        self._obj, self._cluster = obj, cluster

    @property
    def selected(self) -> Object[Any] | None:
        return self._cluster.of(self._obj.kind).get(self._obj.name, self._obj.namespace)

    def on_mount(self) -> None:
        self._cluster.of(kinds.EVENT).add_handler(self._changed)
        self._cluster.frames.request(self._refill)

    def on_unmount(self) -> None:
        self._cluster.of(kinds.EVENT).remove_handler(self._changed)
        self._cluster.frames.forget(self._refill)

    def _changed(self, old: Object[Event] | None, new: Object[Event] | None) -> None:
        event = new or old
        involved = event.view.involvedObject if event is not None else None
        if involved is not None and involved.uid == self._obj.uid:
            self._cluster.frames.request(self._refill)

    def _refill(self) -> None:
        events = sorted(self._cluster.of(kinds.EVENT).indexed("involved", self._obj.uid), key=_time)
        self.replace(event_line(event, with_object=False) for event in events)
        self.paint()


def _time(obj: Object[Event]) -> float:
    event = obj.view
    return times.timestamp(event.lastTimestamp or event.eventTime or obj.meta.creationTimestamp) or 0.0
