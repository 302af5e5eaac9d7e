"""What the table of each kind shows, as data: columns, how its state is told, what else its rows depend on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from k9lite import tables
from k9lite.api import kinds, times
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.tui.display import kind_states, states
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.display.tones import State
from k9lite.tui.live import details
from k9lite.tui.live.cluster import LiveCluster

Fill = Callable[[Object[Any], LiveCluster], Cell]

GLYPH = Column("", rank=0, least=1, most=1)


@dataclass(frozen=True)
class View:
    """The table of one kind.

    name: what actions are bound to: the kind's plural
    state: how an object is; its glyph leads the row, its tone colours the column `state_column`
    fills: columns beyond what `k9lite.tables` says of the kind
    related: other kinds a row depends on, and which rows one of their objects touches
    """

    name: str
    title: str
    kind: Kind[Any]
    columns: tuple[Column, ...]
    state: Callable[[Object[Any], LiveCluster], State]
    state_column: str = "STATUS"
    fills: Mapping[str, Fill] = field(default_factory=dict)
    related: tuple[tuple[Kind[Any], Callable[[Object[Any], LiveCluster], Iterable[Key]]], ...] = ()

    def row(self, obj: Object[Any], cluster: LiveCluster) -> tuple[Cell, ...]:
        """One cell per column."""
        shown = self.state(obj, cluster)
        plain = dict(zip(labels(self.kind), tables.cells(obj, cluster.now()), strict=True))
        cells = []
        for column in self.columns:
            if column is GLYPH:
                cells.append(Cell(shown.glyph, shown.tone))
            elif column.label in self.fills:
                cells.append(self.fills[column.label](obj, cluster))
            elif column.label == self.state_column:
                cells.append(Cell(str(plain.get(column.label, shown.word)), shown.tone))
            else:
                cells.append(_plain(column.label, plain.get(column.label, ""), obj))
        return tuple(cells)


def labels(kind: Kind[Any]) -> tuple[str, ...]:
    """The headings of a kind's table, as kubectl prints them."""
    return tuple(column.name.upper() for column in tables.columns(kind))


def _plain(label: str, value: str | int, obj: Object[Any]) -> Cell:
    if label == "AGE":
        return Cell(str(value), "muted", -(times.timestamp(obj.meta.creationTimestamp) or 0.0))
    if label == "NAMESPACE":
        return Cell(obj.namespace, "muted")
    if isinstance(value, int):
        return Cell(str(value), "", value)
    if label == "RESTARTS":
        count = value.split(" ", 1)[0]
        return Cell(value, "warn" if count != "0" else "muted", int(count))
    return Cell(value, "muted" if value.startswith("<") else "")


NAME = Column("NAME", rank=0, least=24, most=52, middle=True)
AGE = Column("AGE", rank=2, right=True)
NAMESPACE = Column("NAMESPACE", rank=9, least=7, most=16)

PODS = View(
    "pods",
    "Pods",
    kinds.POD,
    (
        GLYPH,
        NAME,
        Column("READY", rank=1, least=5),
        Column("STATUS", rank=0, least=9, most=24),
        Column("RESTARTS", rank=3, least=4, most=16),
        AGE,
        Column("NODE", rank=4, least=6, most=20),
        Column("IP", rank=5, least=9, most=15),
        NAMESPACE,
    ),
    lambda obj, cluster: states.pod_state(obj),
)
DEPLOYMENTS = View(
    "deployments",
    "Deployments",
    kinds.DEPLOYMENT,
    (
        GLYPH,
        NAME,
        Column("READY", rank=1, least=5),
        Column("STATUS", rank=1, least=8, most=22),
        Column("ROLLOUT", rank=2, least=details.BAR, most=20),
        Column("REV", rank=6, right=True),
        AGE,
        Column("IMAGES", rank=7, least=10, most=40),
        NAMESPACE,
    ),
    details.deployment_state,
    fills={"ROLLOUT": details.rollout_cell, "REV": details.revision_cell},
    related=((kinds.REPLICA_SET, details.owner), (kinds.POD, details.deployment_of_pod)),
)
SERVICES = View(
    "services",
    "Services",
    kinds.SERVICE,
    (
        GLYPH,
        NAME,
        Column("TYPE", rank=5, least=8, most=12),
        Column("CLUSTER-IP", rank=2, least=9, most=15),
        Column("PORT(S)", rank=1, least=8, most=24),
        Column("ENDPOINTS", rank=1, least=9, most=16),
        AGE,
        NAMESPACE,
    ),
    details.service_state,
    fills={"ENDPOINTS": details.endpoints_cell},
    related=((kinds.ENDPOINT_SLICE, details.service_of),),
)
NODES = View(
    "nodes",
    "Nodes",
    kinds.NODE,
    (
        GLYPH,
        NAME,
        Column("STATUS", rank=0, least=8, most=22),
        Column("PODS", rank=1, least=4, right=True),
        Column("ROLES", rank=4, least=6, most=16),
        AGE,
        Column("VERSION", rank=6, least=7, most=10),
    ),
    lambda obj, cluster: states.node_state(obj),
    fills={"PODS": details.pods_on},
    related=(
        (kinds.POD, details.node_of_pod),
        (kinds.LEASE, details.node_of_lease),
        (kinds.FAULT, details.node_of_fault),
    ),
)
VIEWS: dict[Kind[Any], View] = {view.kind: view for view in (PODS, DEPLOYMENTS, SERVICES, NODES)}


def widened(view: View) -> View:
    """`view` with every column that kubectl has for its kind, `-o wide` included."""
    shown = {column.label for column in view.columns}
    more = [Column(label, rank=5, least=6) for label in labels(view.kind) if label not in shown]
    return replace(view, columns=(*view.columns, *more))


def view_of(kind: Kind[Any]) -> View:
    """The view of any kind: its own where it has one, else what `k9lite.tables` says of it."""
    own = VIEWS.get(kind)
    if own is not None:
        return own
    shown = [
        NAME if column.name == "Name" else AGE if column.name == "Age" else Column(column.name.upper(), rank=3, least=6)
        for column in tables.columns(kind)
        if not column.wide
    ]
    namespace = [NAMESPACE] if kind.namespaced else []
    columns = (GLYPH, *shown, *namespace)
    return View(kind.plural, f"{kind.kind}s", kind, columns, lambda obj, cluster: kind_states.state_of(obj))
