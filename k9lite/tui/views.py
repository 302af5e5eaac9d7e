"""What the table of each kind shows, as data: columns, how its state is told, what else its rows depend on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet
from lightkube.models.core_v1 import Node, Service

from k9lite import tables
from k9lite.api import deployments, kinds, times
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.tui import states
from k9lite.tui.countdown import countdown
from k9lite.tui.feed import Feed
from k9lite.tui.tones import State, Tone, state
from k9lite.tui.widgets.columns import Cell, Column

Fill = Callable[[Object[Any], Feed], Cell]

GLYPH = Column("", rank=0, least=1, most=1)
BAR = 10  # glyphs that a rollout is drawn with


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
    state: Callable[[Object[Any], Feed], State]
    state_column: str = "STATUS"
    fills: Mapping[str, Fill] = field(default_factory=dict)
    related: tuple[tuple[Kind[Any], Callable[[Object[Any], Feed], Iterable[Key]]], ...] = ()

    def row(self, obj: Object[Any], feed: Feed) -> tuple[Cell, ...]:
        """One cell per column."""
        shown = self.state(obj, feed)
        plain = dict(zip(labels(self.kind), tables.cells(obj, feed.now()), strict=True))
        cells = []
        for column in self.columns:
            if column is GLYPH:
                cells.append(Cell(shown.glyph, shown.tone))
            elif column.label in self.fills:
                cells.append(self.fills[column.label](obj, feed))
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


# Deployments


def _replica_sets(obj: Object[Deployment], feed: Feed) -> list[Object[ReplicaSet]]:
    """Those it owns, the newest revision first."""
    owned = feed.of(kinds.REPLICA_SET).indexed("owner", obj.uid)
    return sorted(owned, key=lambda item: deployments.revision(item.meta), reverse=True)


def rollout(wanted: int, new: int, new_ready: int, old: int, room: int = BAR) -> tuple[tuple[str, Tone], ...]:
    """Pods as glyphs: ready new ones, new ones on their way, old ones that still run, and those not there yet."""
    missing = max(0, wanted - new - old)
    counts: list[tuple[int, str, Tone]] = [
        (new_ready, "●", "good"),
        (new - new_ready, "◐", "busy"),
        (old, "◌", "old"),
        (missing, "·", "muted"),
    ]
    total = sum(count for count, _, _ in counts)
    scale = min(1.0, room / total) if total else 1.0
    parts: list[tuple[str, Tone]] = []
    for count, glyph, tone in counts:
        if count:
            parts.append((glyph * max(1, round(count * scale)), tone))
    return tuple(parts)


def _rollout(obj: Object[Deployment], feed: Feed) -> Cell:
    sets = _replica_sets(obj, feed)
    counts = [(item.view.status.replicas, item.view.status.readyReplicas or 0) for item in sets if item.view.status]
    new, ready = counts[0] if counts else (0, 0)
    old = sum(count for count, _ in counts[1:])
    parts = rollout(deployments.replicas(obj.view), new, ready, old)
    words: list[tuple[str, Tone]] = [(f"  {old} old", "old")] if old else []
    return Cell("".join(text for text, _ in (*parts, *words)), "", new, (*parts, *words))


def _revision(obj: Object[Any], feed: Feed) -> Cell:
    number = deployments.revision(obj.meta)
    return Cell(str(number) if number else "", "muted", number)


def _owner(obj: Object[Any], feed: Feed) -> Iterable[Key]:
    owner = obj.meta.controller
    return (Key(obj.namespace, owner.name),) if owner else ()


# Nodes


def _pods_on(obj: Object[Node], feed: Feed) -> Cell:
    count = len(feed.of(kinds.POD).indexed("node", obj.name))
    room = (obj.view.status.allocatable or {}).get("pods", "") if obj.view.status else ""
    return Cell(f"{count}/{room}", "", count)


def is_down(name: str, feed: Feed) -> bool:
    """Whether a fault keeps the node silent."""
    return feed.has_own_kinds and bool(feed.of(kinds.FAULT).indexed("target", f"Node/{name}"))


def node_countdown(obj: Object[Node], feed: Feed) -> str:
    lease = feed.of(kinds.LEASE).get(obj.name, "kube-node-lease")
    renewed = times.timestamp(lease.view.spec.renewTime) if lease is not None and lease.view.spec else None
    return countdown(obj.view, renewed, is_down(obj.name, feed), feed.now())


def _node_of_pod(obj: Object[Any], feed: Feed) -> Iterable[Key]:
    return (Key("", obj.view.spec.nodeName),) if obj.view.spec and obj.view.spec.nodeName else ()


def _node_of_lease(obj: Object[Any], feed: Feed) -> Iterable[Key]:
    return (Key("", obj.name),) if obj.namespace == "kube-node-lease" else ()


def _node_of_fault(obj: Object[Any], feed: Feed) -> Iterable[Key]:
    target = obj.view.spec.target if obj.view.spec else None
    return (Key("", target.name),) if target and target.kind == "Node" else ()


# Services


def endpoints(obj: Object[Service], feed: Feed) -> tuple[int, int]:
    """How many endpoints of a service are ready, of how many."""
    slices = feed.of(kinds.ENDPOINT_SLICE).indexed("service", str(obj.key))
    found = [endpoint for item in slices for endpoint in item.view.endpoints or ()]
    ready = sum(1 for endpoint in found if endpoint.conditions is None or endpoint.conditions.ready is not False)
    return ready, len(found)


def service_state(obj: Object[Service], feed: Feed) -> State:
    spec = obj.view.spec
    if spec is None or spec.type == "ExternalName" or not spec.selector:
        return state("", "muted")
    ready, _ = endpoints(obj, feed)
    return state("Ready", "good") if ready else state("No endpoints", "warn")


def _endpoints(obj: Object[Service], feed: Feed) -> Cell:
    ready, total = endpoints(obj, feed)
    shown = service_state(obj, feed)
    return Cell(f"{ready}/{total} ready" if total else shown.word or "-", shown.tone, ready)


def _service_of(obj: Object[Any], feed: Feed) -> Iterable[Key]:
    name = obj.labels.get("kubernetes.io/service-name")
    return (Key(obj.namespace, name),) if name else ()


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
    lambda obj, feed: states.pod_state(obj),
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
        Column("ROLLOUT", rank=2, least=BAR, most=20),
        Column("REV", rank=6, right=True),
        AGE,
        Column("IMAGES", rank=7, least=10, most=40),
        NAMESPACE,
    ),
    lambda obj, feed: states.deployment_state(obj),
    fills={"ROLLOUT": _rollout, "REV": _revision},
    related=((kinds.REPLICA_SET, _owner),),
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
    service_state,
    fills={"ENDPOINTS": _endpoints},
    related=((kinds.ENDPOINT_SLICE, _service_of),),
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
    lambda obj, feed: states.node_state(obj),
    fills={"PODS": _pods_on},
    related=((kinds.POD, _node_of_pod), (kinds.LEASE, _node_of_lease), (kinds.FAULT, _node_of_fault)),
)
VIEWS: dict[Kind[Any], View] = {view.kind: view for view in (PODS, DEPLOYMENTS, SERVICES, NODES)}


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
    acted_on = state("", "muted") if kind.acted_on else state("stored, not acted on", "gone")
    return View(kind.plural, f"{kind.kind}s", kind, (GLYPH, *shown, *namespace), lambda obj, feed: acted_on)
