"""The rollout history of a deployment: its revisions, and what each of them changed."""

from lightkube.models.apps_v1 import Deployment

from k9lite.api import deployments
from k9lite.api.object import Object
from k9lite.tui.display.lines import Line
from k9lite.tui.editing.differences import difference
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.screens.split import SplitScreen
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines
from k9lite.tui.widgets.revisions import Revisions, template_lines
from k9lite.tui.widgets.table import Table
from k9lite.tui.writes import operations


class Difference(Lines, Place):
    """Lines of a difference."""

    place_name = "difference"
    has_objects = False


class History(SplitScreen):
    """`from_before`: whether a revision is compared with the one before it, or with what runs now."""

    def __init__(self, cluster: LiveCluster, deployment: Object[Deployment]) -> None:
        self.revisions = Revisions(cluster, deployment)
        self.difference = Difference(follow=False, empty=" the same template")
        title = f"Rollout history  {operations.label(deployment)}"
        super().__init__(cluster, self.revisions, self.difference, (title, "Difference"))
        self.from_before = False

    def on_table_moved(self, event: Table.Moved) -> None:
        self.compare()

    def toggle(self) -> None:
        """Compare with the other one."""
        self.from_before = not self.from_before
        self.compare()

    def compare(self) -> None:
        """Show the difference for the revision under the cursor."""
        shown = self.revisions.selected
        if shown is None:
            return
        number, before = deployments.revision(shown.meta), self.revisions.before_selected
        if self.from_before:
            other = template_lines(before) if before is not None else []
            lines = list(difference(other, template_lines(shown)))
            what = f"revision {deployments.revision(before.meta)}" if before is not None else "nothing"
            title = f"From {what} to revision {number}"
        else:
            lines = list(difference(template_lines(self.revisions.deployment), template_lines(shown)))
            title = f"From what is now to revision {number}"
        self._show(title, lines)

    def _show(self, title: str, lines: list[Line]) -> None:
        self.panes[1].title = title
        self.panes[1].name_also()
        self.difference.replace(lines)
        self.difference.paint()
