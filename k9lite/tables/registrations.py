"""Tables of kinds that describe, extend or regulate a cluster, and that few people look at."""

from collections.abc import Callable
from typing import Any

from k9lite.api.object import Object
from k9lite.tables import ages, cluster
from k9lite.tables.cluster import plain
from k9lite.tables.column import NONE, UNSET, Cell, Column, Table, joined, number, pairs, table

Fill = Callable[[Any], list[Cell]]


def _aged(fill: Fill, *columns: Column | str) -> Table[Any]:
    """A table whose last column is Age; `fill` gives what stands between the name and that."""

    def cells(obj: Object[Any], now: float) -> list[Cell]:
        name, *age = plain(obj, now)
        return [name, *fill(obj.view), *age]

    return table(cells, *columns, "Age")


def _truth(name: str) -> Column:
    return Column(name, type="boolean")


def _signing_request(obj: Object[Any], now: float) -> list[Cell]:
    name, age = plain(obj, now)
    spec = obj.view.spec
    seconds = spec.expirationSeconds
    lasting = ages.duration(seconds) if seconds is not None else NONE
    return [name, age, spec.signerName or NONE, spec.username or "", lasting, _signing_state(obj.view.status)]


def _signing_state(status: Any) -> str:
    held = {condition.type for condition in (status.conditions if status else None) or ()}
    state = "Denied" if "Denied" in held else "Approved" if "Approved" in held else "Pending"
    if "Failed" in held:
        state += ",Failed"
    return state + (",Issued" if status and status.certificate else "")


def _flow_schema(obj: Object[Any], now: float) -> list[Cell]:
    name, age = plain(obj, now)
    spec, status = obj.view.spec, obj.view.status
    conditions = (status.conditions if status else None) or ()
    dangling = next((condition.status for condition in conditions if condition.type == "Dangling"), "?")
    method = spec.distinguisherMethod.type if spec.distinguisherMethod else NONE
    return [name, spec.priorityLevelConfiguration.name, spec.matchingPrecedence or 0, method, age, dangling]


def _priority_level(view: Any) -> list[Cell]:
    level = view.spec.limited or view.spec.exempt
    response = level.limitResponse if view.spec.limited else None
    queuing = response.queuing if response else None
    shares = NONE if level is None or level.nominalConcurrencyShares is None else str(level.nominalConcurrencyShares)
    if queuing is None:
        return [view.spec.type, shares, NONE, NONE, NONE]
    queues = (queuing.queues, queuing.handSize, queuing.queueLengthLimit)
    return [view.spec.type, shares, *(str(count or 0) for count in queues)]


def _driver(view: Any) -> list[Cell]:
    spec = view.spec
    tokens = joined(request.audience for request in spec.tokenRequests) if spec.tokenRequests else UNSET
    attach = True if spec.attachRequired is None else spec.attachRequired
    flags = (attach, bool(spec.podInfoOnMount), bool(spec.storageCapacity))
    return [*flags, tokens, bool(spec.requiresRepublish), joined(spec.volumeLifecycleModes)]


def _attachment(view: Any) -> list[Cell]:
    spec, attached = view.spec, bool(view.status and view.status.attached)
    return [spec.attacher, spec.source.persistentVolumeName or "", spec.nodeName, attached]


def _param_kind(spec: Any) -> str:
    return f"{spec.paramKind.apiVersion}/{spec.paramKind.kind}" if spec and spec.paramKind else UNSET


def _param_ref(view: Any) -> list[Cell]:
    reference = view.spec.paramRef
    if reference is None:
        return [view.spec.policyName, UNSET]
    return [view.spec.policyName, "/".join(part for part in (reference.namespace, reference.name or "*") if part)]


def _api_service(view: Any) -> list[Cell]:
    service, conditions = view.spec.service, (view.status.conditions if view.status else None) or ()
    current = next((condition for condition in conditions if condition.type == "Available"), None)
    available = "Unknown" if current is None else current.status
    if current is not None and current.status != "True":
        available += f" ({current.reason})"
    return [f"{service.namespace}/{service.name}" if service else "Local", available]


def _pod_template(obj: Object[Any], now: float) -> list[Cell]:
    template = obj.view.template
    containers = (template.spec.containers if template and template.spec else None) or ()
    labels = template.metadata.labels if template and template.metadata else None
    return [
        obj.name,
        joined(container.name for container in containers),
        joined(container.image for container in containers),
        pairs(labels),
    ]


def _parent(view: Any) -> list[Cell]:
    parent = view.spec.parentRef
    return ["/".join(part for part in (parent.resource, parent.namespace, parent.name) if part)]


def _count(items: Any) -> int:
    return len(items or ())


TABLES: dict[str, Table[Any]] = {
    "certificatesigningrequests.certificates.k8s.io": table(
        _signing_request, "Age", "SignerName", "Requestor", "RequestedDuration", "Condition"
    ),
    "flowschemas.flowcontrol.apiserver.k8s.io": table(
        _flow_schema, "PriorityLevel", number("MatchingPrecedence"), "DistinguisherMethod", "Age", "MissingPL"
    ),
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": _aged(
        _priority_level, "Type", "NominalConcurrencyShares", "Queues", "HandSize", "QueueLengthLimit"
    ),
    "csidrivers.storage.k8s.io": _aged(
        _driver,
        _truth("AttachRequired"),
        _truth("PodInfoOnMount"),
        _truth("StorageCapacity"),
        "TokenRequests",
        _truth("RequiresRepublish"),
        "Modes",
    ),
    "csinodes.storage.k8s.io": _aged(lambda view: [_count(view.spec.drivers)], number("Drivers")),
    "csistoragecapacities.storage.k8s.io": _aged(
        lambda view: [view.storageClassName, view.capacity or UNSET], "StorageClassName", "Capacity"
    ),
    "volumeattachments.storage.k8s.io": _aged(_attachment, "Attacher", "PV", "Node", _truth("Attached")),
    "volumeattributesclasses.storage.k8s.io": _aged(lambda view: [view.driverName], "DriverName"),
    "runtimeclasses.node.k8s.io": _aged(lambda view: [view.handler], "Handler"),
    "validatingwebhookconfigurations.admissionregistration.k8s.io": _aged(
        lambda view: [_count(view.webhooks)], number("Webhooks")
    ),
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": _aged(
        lambda view: [_count(view.webhooks)], number("Webhooks")
    ),
    "validatingadmissionpolicies.admissionregistration.k8s.io": _aged(
        lambda view: [_count(view.spec and view.spec.validations), _param_kind(view.spec)],
        number("Validations"),
        "ParamKind",
    ),
    "mutatingadmissionpolicies.admissionregistration.k8s.io": _aged(
        lambda view: [_count(view.spec and view.spec.mutations), _param_kind(view.spec)],
        number("Mutations"),
        "ParamKind",
    ),
    "validatingadmissionpolicybindings.admissionregistration.k8s.io": _aged(_param_ref, "PolicyName", "ParamRef"),
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io": _aged(_param_ref, "PolicyName", "ParamRef"),
    "apiservices.apiregistration.k8s.io": _aged(_api_service, "Service", "Available"),
    "servicecidrs.networking.k8s.io": _aged(lambda view: [joined(view.spec and view.spec.cidrs)], "CIDRs"),
    "ipaddresses.networking.k8s.io": _aged(_parent, "ParentRef"),
    "podtemplates": table(_pod_template, "Containers", "Images", "Pod Labels"),
    "limitranges": cluster.ROLE,
}
