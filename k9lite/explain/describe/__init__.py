"""Everything about one object on one page, in the manner of `kubectl describe`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lightkube.models.core_v1 import Event

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.explain.describe import node, pod, service, workloads
from k9lite.explain.describe.fields import Field, field, mapping, render, rows, tree
from k9lite.tables import cells, columns

UNINTERESTING = {"kubectl.kubernetes.io/last-applied-configuration"}


@dataclass(frozen=True, slots=True)
class Related:
    """What else a description mentions: a node's pods, a service's endpoint slices, events about it.

    reachable: where other programs reach an address and port of the cluster; None where they cannot
    has_node: whether the node that a pod names exists
    """

    pods: Sequence[Object[Any]] = ()
    endpoint_slices: Sequence[Object[Any]] = ()
    events: Sequence[Object[Event]] = ()
    reachable: Callable[[str, int], tuple[str, int] | None] = lambda address, port: None
    has_node: bool = True


def describe(obj: Object[Any], related: Related, now: float) -> list[str]:
    """The lines of the page; `now` in epoch seconds."""
    annotations = {key: value for key, value in obj.annotations.items() if key not in UNINTERESTING}
    fields = [
        field("Name", obj.name),
        *([field("Namespace", obj.namespace)] if obj.kind.namespaced else []),
        mapping("Labels", obj.labels),
        mapping("Annotations", annotations, ": "),
        field("Created", obj.meta.creationTimestamp),
    ]
    if obj.deleting:
        fields.append(field("Terminating since", obj.meta.deletionTimestamp))
    return render([*fields, *DESCRIPTIONS.get(obj.kind, _any_kind)(obj, related), _events(related.events, now)])


DESCRIPTIONS: dict[Kind[Any], Callable[[Object[Any], Related], Sequence[Field]]] = {
    kinds.POD: lambda obj, related: pod.describe(obj, related.events, related.reachable, has_node=related.has_node),
    kinds.DEPLOYMENT: lambda obj, related: workloads.describe_deployment(obj),
    kinds.REPLICA_SET: lambda obj, related: workloads.describe_replica_set(obj),
    kinds.NODE: lambda obj, related: node.describe(obj, related.pods),
    kinds.SERVICE: lambda obj, related: service.describe(obj, related.endpoint_slices, related.reachable),
}


def _any_kind(obj: Object[Any], related: Related) -> Sequence[Field]:
    """Every field there is, for kinds without a page of their own."""
    fields = tree({key: value for key, value in obj.data().items() if key not in ("apiVersion", "kind", "metadata")})
    return [] if isinstance(fields, str) else fields


def _events(events: Iterable[Object[Event]], now: float) -> Field:
    """The newest last, as a story is told."""
    names = [column.name for column in columns(kinds.EVENT)]
    header = ("Type", "Reason", "Last Seen", "Source", "Message")
    lines = []
    for event in sorted(events, key=lambda event: event.revision):
        row = dict(zip(names, cells(event, now), strict=True))
        row["Last Seen"] = f"{row['Last Seen']} (x{row['Count']})" if row["Count"] != 1 else row["Last Seen"]
        lines.append([str(row[name]) for name in header])
    return rows("Events", header, lines)
