"""The versions of one object as a stack, the newest on top."""

from itertools import pairwise
from typing import Any

from k9lite.api import times
from k9lite.api.diff import changes
from k9lite.api.object import Object
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.versions import Version
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.table import Table

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("SEEN", rank=0, least=8, most=8),
    Column("REVISION", rank=2, right=True),
    Column("BY", rank=1, least=21, most=40),
    Column("CHANGED", rank=0, least=10, most=100, stretch=True),
)
MOST_PATHS = 3  # named in one line


def changed_paths(version: Version, before: Version | None) -> list[str]:
    """The fields that differ from the version before."""
    return [change.path for change in changes(before.obj.data() if before else None, version.obj.data())]


class VersionList(Table, Place):
    """`version` is the one under the cursor, `before` the one it followed."""

    place_name = "versions"

    def __init__(self, obj: Object[Any], cluster: LiveCluster) -> None:
        super().__init__(COLUMNS, empty="nothing was seen of it yet")
        self._obj, self._cluster = obj, cluster
        self._listed: list[Version] = []

    def on_mount(self) -> None:
        self.sort_by("REVISION", descending=True)
        self._cluster.of(self._obj.kind).add_handler(self._changed)
        self._refill()

    def on_unmount(self) -> None:
        self._cluster.of(self._obj.kind).remove_handler(self._changed)
        self._cluster.frames.forget(self._refill)

    @property
    def selected(self) -> Object[Any] | None:
        return self._cluster.of(self._obj.kind).get(self._obj.name, self._obj.namespace)

    @property
    def version(self) -> Version | None:
        return next((version for version in self._listed if version.obj.revision == self.cursor), None)

    @property
    def before(self) -> Version | None:
        older = (version for version in self._listed if self.cursor and version.obj.revision < self.cursor)
        return next(older, None)

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        obj = new or old
        if obj is not None and obj.uid == self._obj.uid:
            self._cluster.frames.request(self._refill)

    def _refill(self) -> None:
        self._listed = self._cluster.versions.of(self._obj.uid)
        revisions = {version.obj.revision for version in self._listed}
        for key in [key for key in self.shown if key not in revisions]:
            self.take_out(key)
        for version, before in pairwise([*self._listed, None]):
            if version is not None and version.obj.revision not in self:
                self.put(version.obj.revision, _row(version, before))
        self.paint()


def _row(version: Version, before: Version | None) -> tuple[Cell, ...]:
    paths = changed_paths(version, before)
    more = f" and {len(paths) - MOST_PATHS} more" if len(paths) > MOST_PATHS else ""
    said = "deleted" if version.deleted else ", ".join(paths[:MOST_PATHS]) + more if before else "first seen"
    cause = version.cause
    return (
        Cell("✗" if version.deleted else "◆" if cause.actor in ("user", "folder") else "·", "accent"),
        Cell(times.time(version.seen)[11:19], "muted"),
        Cell(str(version.obj.revision), "", version.obj.revision),
        Cell(cause.action if cause.actor in ("user", "folder") else cause.actor),
        Cell(said),
    )
