"""The versions of one object, and field by field what each of them changed."""

from typing import Any

from k9lite.api.diff import Change, changes
from k9lite.api.object import Object
from k9lite.tui.display.lines import Line, line
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.screens.history import Difference
from k9lite.tui.screens.split import SplitScreen
from k9lite.tui.widgets.table import Table
from k9lite.tui.widgets.version_list import VersionList
from k9lite.tui.writes import operations


class VersionStack(SplitScreen):
    """Follows the cursor."""

    def __init__(self, obj: Object[Any], cluster: LiveCluster) -> None:
        self.versions = VersionList(obj, cluster)
        self.difference = Difference(follow=False, empty=" nothing changed")
        titles = (f"Versions  {operations.label(obj)}", "Changed fields")
        super().__init__(cluster, self.versions, self.difference, titles)

    def on_table_moved(self, event: Table.Moved) -> None:
        version, before = self.versions.version, self.versions.before
        if version is not None:
            found = changes(before.obj.data() if before else None, version.obj.data())
            self.difference.replace(field for change in found for field in field_lines(change))
            self.difference.paint()


def field_lines(change: Change) -> list[Line]:
    """The path, and below it what was and what is."""
    told = [line((change.path, "accent"))]
    if change.old is not None:
        told.append(line(("  - ", "bad"), (str(change.old), "bad")))
    if change.new is not None:
        told.append(line(("  + ", "good"), (str(change.new), "good")))
    return told
