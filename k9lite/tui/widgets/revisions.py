"""The revisions of a deployment, the newest first."""

from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api import deployments, kinds, times
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.tables.ages import age
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.editing.yaml_text import dump
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.table import Table

CHANGE_CAUSE = "kubernetes.io/change-cause"
FOLLOWED: tuple[Kind[Any], ...] = (kinds.DEPLOYMENT, kinds.REPLICA_SET)
COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("REV", rank=0, right=True),
    Column("PODS", rank=1, right=True),
    Column("AGE", rank=2, right=True),
    Column("IMAGES", rank=1, least=10, most=40),
    Column("CHANGE-CAUSE", rank=0, least=12, most=80, stretch=True),
)


def template(obj: Object[Any]) -> Data:
    """The pod template of a Deployment or ReplicaSet, without the label that only tells revisions apart."""
    found: Data = obj.data()["spec"]["template"]
    labels = found.get("metadata", {}).get("labels") or {}
    labels.pop(deployments.HASH_LABEL, None)
    return found


def template_lines(obj: Object[Any]) -> list[str]:
    return dump(template(obj))


class Revisions(Table, Place):
    """Follows the ReplicaSets of a deployment."""

    place_name = "history"

    def __init__(self, cluster: LiveCluster, deployment: Object[Deployment]) -> None:
        super().__init__(COLUMNS, empty="no revision yet")
        self.cluster, self.deployment = cluster, deployment

    def on_mount(self) -> None:
        self.sort_by("REV", descending=True)
        for kind in FOLLOWED:
            self.cluster.of(kind).add_handler(self._changed)
        self._refill()
        self.set_interval(1.0, self._refill)  # ages pass

    def on_unmount(self) -> None:
        for kind in FOLLOWED:
            self.cluster.of(kind).remove_handler(self._changed)
        self.cluster.frames.forget(self._refill)

    @property
    def revisions(self) -> list[Object[ReplicaSet]]:
        """Its ReplicaSets, the newest first."""
        owned = self.cluster.of(kinds.REPLICA_SET).indexed("owner", self.deployment.uid)
        return sorted(owned, key=lambda item: deployments.revision(item.meta), reverse=True)

    @property
    def selected(self) -> Object[ReplicaSet] | None:
        return (
            None
            if self.cursor is None
            else self.cluster.of(kinds.REPLICA_SET).get(self.cursor.name, self.cursor.namespace)
        )

    @property
    def before_selected(self) -> Object[ReplicaSet] | None:
        """The revision before the one under the cursor."""
        known, here = self.revisions, self.selected
        at = next((index for index, item in enumerate(known) if here is not None and item.uid == here.uid), None)
        return known[at + 1] if at is not None and at + 1 < len(known) else None

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        self.cluster.frames.request(self._refill)

    def _refill(self) -> None:
        self.deployment = (
            self.cluster.of(kinds.DEPLOYMENT).get(self.deployment.name, self.deployment.namespace) or self.deployment
        )
        now = self.revisions
        for key in [key for key in self.shown if key not in {item.key for item in now}]:
            self.take_out(key)
        current = template(self.deployment)
        for item in now:
            self.put(item.key, self._row(item, template(item) == current))
        self.paint()

    def _row(self, item: Object[ReplicaSet], is_current: bool) -> tuple[Cell, ...]:
        number, spec, status = deployments.revision(item.meta), item.view.spec, item.view.status
        pod = spec.template.spec if spec is not None and spec.template is not None else None
        images = [container.image or "" for container in pod.containers] if pod is not None else []
        count = status.replicas if status is not None else 0
        created = item.meta.creationTimestamp
        return (
            Cell("◆" if is_current else "·", "accent" if is_current else "muted"),
            Cell(str(number), "strong" if is_current else "", number),
            Cell(str(count), "" if count else "muted", count),
            Cell(age(created, self.cluster.now()), "muted", -(times.timestamp(created) or 0.0)),
            Cell(", ".join(images)),
            Cell(item.annotations.get(CHANGE_CAUSE, "<none>"), "muted" if CHANGE_CAUSE not in item.annotations else ""),
        )
