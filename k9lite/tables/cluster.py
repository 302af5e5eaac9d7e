"""The rows of what a cluster is made of: namespaces, events, leases, quotas, classes, roles, k9lite's own kinds."""

from typing import Any

from lightkube.models.coordination_v1 import Lease
from lightkube.models.core_v1 import Event, Namespace, ResourceQuota
from lightkube.models.policy_v1 import PodDisruptionBudget
from lightkube.models.rbac_v1 import ClusterRoleBinding, RoleBinding
from lightkube.models.scheduling_v1 import PriorityClass

from k9lite.api import k9lite_v1, times
from k9lite.api.object import Object
from k9lite.tables.ages import age, duration
from k9lite.tables.column import NAME, NONE, UNKNOWN, Cell, Column, Table, number, table


def plain(obj: Object[Any], now: float) -> list[Cell]:
    """The row of a kind about which nothing more is known."""
    return [obj.name, age(obj.meta.creationTimestamp, now)]


def _namespace(obj: Object[Namespace], now: float) -> list[Cell]:
    return [obj.name, (obj.view.status and obj.view.status.phase) or "", age(obj.meta.creationTimestamp, now)]


def _event(obj: Object[Event], now: float) -> list[Cell]:
    event = obj.view
    first = event.firstTimestamp or event.eventTime
    last = (event.series and event.series.lastObservedTime) or event.lastTimestamp or first
    source = event.source
    component = (source and source.component) or event.reportingComponent or ""
    host = (source and source.host) or event.reportingInstance or ""
    return [
        _since(last, now),
        event.type or "",
        event.reason or "",
        f"{(event.involvedObject.kind or '').lower()}/{event.involvedObject.name}",
        event.involvedObject.fieldPath or "",
        f"{component}, {host}" if component and host else component,
        (event.message or "").strip(),
        _since(first, now),
        (event.series and event.series.count) or event.count or 1,
        obj.name,
    ]


def _since(moment: Any, now: float) -> str:
    start = times.timestamp(moment)
    return UNKNOWN if start is None else duration(now - start)


def _lease(obj: Object[Lease], now: float) -> list[Cell]:
    return [obj.name, (obj.view.spec and obj.view.spec.holderIdentity) or "", age(obj.meta.creationTimestamp, now)]


def _quota(obj: Object[ResourceQuota], now: float) -> list[Cell]:
    status = obj.view.status
    hard, used = (status and status.hard) or {}, (status and status.used) or {}
    texts = [(name, f"{name}: {used.get(name, '0')}/{limit}") for name, limit in sorted(hard.items())]
    limits = [text for name, text in texts if name.startswith("limits.")]
    requests = [text for name, text in texts if not name.startswith("limits.")]
    return [obj.name, ", ".join(requests), ", ".join(limits), age(obj.meta.creationTimestamp, now)]


def _disruption_budget(obj: Object[PodDisruptionBudget], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    least, most = (spec.minAvailable, spec.maxUnavailable) if spec else (None, None)
    return [
        obj.name,
        "N/A" if least is None else str(least),
        "N/A" if most is None else str(most),
        (status.disruptionsAllowed or 0) if status else 0,
        age(obj.meta.creationTimestamp, now),
    ]


def _priority_class(obj: Object[PriorityClass], now: float) -> list[Cell]:
    kind = obj.view
    default = str(bool(kind.globalDefault)).lower()
    return [obj.name, kind.value or 0, default, age(obj.meta.creationTimestamp, now), kind.preemptionPolicy or ""]


def _binding(obj: Object[RoleBinding | ClusterRoleBinding], now: float) -> list[Cell]:
    role, subjects = obj.view.roleRef, obj.view.subjects or ()
    names = {kind: ", ".join(s.name for s in subjects if s.kind == kind) for kind in ("User", "Group")}
    accounts = ", ".join(f"{s.namespace or ''}/{s.name}" for s in subjects if s.kind == "ServiceAccount")
    since = age(obj.meta.creationTimestamp, now)
    return [obj.name, f"{role.kind}/{role.name}", since, names["User"], names["Group"], accounts]


def _role(obj: Object[Any], now: float) -> list[Cell]:
    return [obj.name, obj.meta.creationTimestamp or UNKNOWN]


def _definition(obj: Object[Any], now: float) -> list[Cell]:
    return [obj.name, obj.meta.creationTimestamp or UNKNOWN]


def _clock(obj: Object[k9lite_v1.Clock], now: float) -> list[Cell]:
    spec = obj.view.spec or k9lite_v1.ClockSpec()
    return [obj.name, f"{spec.speed:g}x" if spec.speed else "instant", str(spec.paused).lower(), *plain(obj, now)[1:]]


def _fault(obj: Object[k9lite_v1.Fault], now: float) -> list[Cell]:
    spec = obj.view.spec
    target = spec.target if spec else None
    named = "/".join(part for part in (target.kind, target.namespace, target.name) if part) if target else NONE
    return [obj.name, spec.type if spec else "", (spec and spec.image) or named, *plain(obj, now)[1:]]


def _image(obj: Object[k9lite_v1.Image], now: float) -> list[Cell]:
    return [obj.name, obj.view.spec.name if obj.view.spec else "", *plain(obj, now)[1:]]


PLAIN: Table[Any] = table(plain, "Age")
NAMESPACE = table(_namespace, Column("Status", description="Active, or Terminating."), "Age")
EVENT = Table(
    (
        *(Column(name) for name in ("Last Seen", "Type", "Reason", "Object")),
        *(Column(name, wide=True) for name in ("Subobject", "Source")),
        Column("Message"),
        Column("First Seen", wide=True),
        Column("Count", "integer", wide=True),
        Column(NAME.name, wide=True, format="name"),
    ),
    _event,
)
LEASE = table(_lease, "Holder", "Age")
QUOTA = table(_quota, "Request", "Limit", "Age")
DISRUPTION_BUDGET = table(_disruption_budget, "Min Available", "Max Unavailable", number("Allowed Disruptions"), "Age")
PRIORITY_CLASS = table(_priority_class, number("Value"), "Global-Default", "Age", "PreemptionPolicy")
BINDING = table(_binding, "Role", "Age", wide="Users,Groups,ServiceAccounts")
ROLE = table(_role, "Created At")
DEFINITION = table(_definition, "Created At")
CLOCK = table(_clock, "Speed", "Paused", "Age")
FAULT = table(_fault, "Type", "Target", "Age")
IMAGE = table(_image, "Image", "Age")
