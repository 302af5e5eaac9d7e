"""The story: what the cluster's parts report as events, newest last."""

from lightkube.models.core_v1 import Event

from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.tui.feed import Feed
from k9lite.tui.place import Place
from k9lite.tui.widgets.lines import Line, Lines, line


def event_line(obj: Object[Event]) -> Line:
    """`08:01:30 ● ScalingReplicaSet  deployment/web  Scaled up replica set ...`"""
    event = obj.view
    involved = event.involvedObject
    warning = event.type == "Warning"
    about = f"{(involved.kind or '').lower()}/{involved.name}" if involved else ""
    seconds = times.timestamp(event.lastTimestamp or event.eventTime or obj.meta.creationTimestamp) or 0.0
    repeated = f" (x{event.count})" if (event.count or 1) > 1 else ""
    return line(
        (times.time(seconds)[11:19] + " ", "muted"),
        ("▲ " if warning else "· ", "warn" if warning else "muted"),
        (f"{event.reason or '':<18} ", "warn" if warning else "accent"),
        (f"{about}  ", "strong"),
        (event.message or "") + repeated,
    )


class Story(Lines, Place):
    """Follows as long as its end is seen."""

    place_name = "story"

    def __init__(self, feed: Feed, *, id: str | None = None) -> None:
        super().__init__(kept=5_000, empty=" nothing has happened yet", id=id)
        self.feed = feed

    def on_mount(self) -> None:
        self.feed.of(kinds.EVENT).add_handler(self._changed)

    def on_unmount(self) -> None:
        self.feed.of(kinds.EVENT).remove_handler(self._changed)
        self.feed.frames.forget(self.paint)

    def tell(self, told: Line) -> None:
        """Put in a line of the dashboard's own, e.g. what the user did."""
        self.add([told])
        self.feed.frames.request(self.paint)

    def move(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def move_pages(self, pages: int) -> None:
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def _changed(self, old: Object[Event] | None, new: Object[Event] | None) -> None:
        if new is not None:
            self.add([event_line(new)])
            self.feed.frames.request(self.paint)
