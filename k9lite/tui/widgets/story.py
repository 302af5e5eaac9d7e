"""The story: what the user and the folder did, and what the cluster's parts report as events, newest last."""

from typing import Any

from lightkube.models.core_v1 import Event

from k9lite.api import kinds, times
from k9lite.api.diff import changes
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.manifests.applying import ACTOR as FOLDER
from k9lite.tui.display.lines import Line, Part, line
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.writes.operations import USER, label

# The kinds whose changes by the user or the folder are told.
TOLD: tuple[Kind[Any], ...] = (
    kinds.DEPLOYMENT,
    kinds.POD,
    kinds.SERVICE,
    kinds.NODE,
    kinds.NAMESPACE,
    kinds.CONFIG_MAP,
    kinds.SECRET,
    kinds.CLOCK,
    kinds.FAULT,
    kinds.IMAGE,
)
MOST_CHANGES = 4  # fields named in one line
REASON = 18  # terminal cells


def _time(seconds: float) -> Part:
    return times.time(seconds)[11:19] + " ", "muted"


def event_line(obj: Object[Event], *, with_object: bool = True) -> Line:
    """`08:01:30 · ScalingReplicaSet  deployment/web  Scaled up replica set ...`"""
    event = obj.view
    involved = event.involvedObject
    warning = event.type == "Warning"
    about = f"{(involved.kind or '').lower()}/{involved.name}  " if involved and with_object else ""
    seconds = times.timestamp(event.lastTimestamp or event.eventTime or obj.meta.creationTimestamp) or 0.0
    repeated = f" (x{event.count})" if (event.count or 1) > 1 else ""
    return line(
        _time(seconds),
        ("▲ " if warning else "· ", "warn" if warning else "muted"),
        (f"{event.reason or '':<{REASON}} ", "warn" if warning else ""),
        (about, "muted"),
        (event.message or "") + repeated,
    )


def write_line(old: Object[Any] | None, new: Object[Any] | None, now: float) -> Line | None:
    """`08:01:30 ◆ saved node.yaml:12  deployment/web  spec.replicas 3 → 5`; None for what a controller did."""
    obj = new or old
    if obj is None or obj.cause.actor not in (USER, FOLDER):
        return None
    start: tuple[Part, Part] = (_time(now), ("◆ ", "accent"))
    if obj.cause.actor == USER:
        return line(*start, (f"{'you':<{REASON}} ", "accent"), obj.cause.action)
    return line(
        *start, (f"{obj.cause.action:<{REASON}} ", "accent"), (f"{label(obj)}  ", "muted"), _difference(old, new)
    )


def _difference(old: Object[Any] | None, new: Object[Any] | None) -> str:
    if old is None or new is None:
        return "created" if new is not None else "removed"
    found = [change for change in changes(old.data(), new.data()) if not change.path.startswith("status")]
    told = [f"{change.path} {change.old} → {change.new}" for change in found[:MOST_CHANGES]]
    more = f" and {len(found) - MOST_CHANGES} more" if len(found) > MOST_CHANGES else ""
    return ", ".join(told) + more


class Story(Lines, Place):
    """Follows as long as its end is seen."""

    place_name = "story"
    has_objects = False

    def __init__(self, cluster: LiveCluster, *, id: str | None = None) -> None:
        super().__init__(kept=5_000, empty=" nothing has happened yet", id=id)
        self.cluster = cluster
        self._told = [kind for kind in TOLD if cluster.client.kinds.of(kind.api_version, kind.kind) is not None]

    def on_mount(self) -> None:
        self.cluster.of(kinds.EVENT).add_handler(self._event_changed)
        for kind in self._told:
            self.cluster.of(kind).add_handler(self._object_changed)

    def on_unmount(self) -> None:
        self.cluster.of(kinds.EVENT).remove_handler(self._event_changed)
        for kind in self._told:
            self.cluster.of(kind).remove_handler(self._object_changed)
        self.cluster.frames.forget(self.paint)

    def _event_changed(self, old: Object[Event] | None, new: Object[Event] | None) -> None:
        if new is not None and (old is None or old.view.count != new.view.count):
            self._tell(event_line(new))

    def _object_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        if obj is not None and self.cluster.of(obj.kind).synced and (told := write_line(old, new, self.cluster.now())):
            self._tell(told)

    def _tell(self, told: Line) -> None:
        self.add([told])
        self.cluster.frames.request(self.paint)
