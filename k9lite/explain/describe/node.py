"""What there is to say about a node."""

from collections.abc import Iterable
from typing import Any

from lightkube.models.core_v1 import Node, Pod

from k9lite.api import pods as pod_questions
from k9lite.api.object import Object
from k9lite.api.quantity import milli, whole
from k9lite.explain.describe.fields import Field, field, mapping, rows
from k9lite.tables import nodes

SHOWN = ("cpu", "memory")


def describe(obj: Object[Node], pods: Iterable[Object[Pod]] = ()) -> list[Field]:
    """`pods`: those bound to the node."""
    node = obj.view
    spec, status = node.spec, node.status
    taints = (spec.taints or ()) if spec else ()
    allocatable = (status and status.allocatable) or {}
    running = [pod for pod in pods if not pod_questions.is_terminal(pod.view)]
    return [
        field("Status", nodes.status(node)),
        field("Roles", nodes.roles(obj)),
        Field("Taints", [f"{t.key}{f'={t.value}' if t.value else ''}:{t.effect}" for t in taints] or "<none>"),
        field("Unschedulable", str(bool(spec and spec.unschedulable)).lower()),
        rows(
            "Conditions",
            ("Type", "Status", "Reason", "Message"),
            [(c.type, c.status, c.reason or "", c.message or "") for c in (status.conditions or () if status else ())],
        ),
        mapping("Addresses", {a.type: a.address for a in (status.addresses or () if status else ())}, ": "),
        mapping("Capacity", status.capacity if status else None, ": "),
        mapping("Allocatable", allocatable, ": "),
        rows("Requested", ("Resource", "Requests", "Share"), _requested(running, allocatable)),
        rows(
            "Pods",
            ("Namespace", "Name", "Ready"),
            [(pod.namespace, pod.name, str(pod_questions.is_ready(pod.view)).lower()) for pod in running],
        ),
    ]


def _requested(pods: list[Object[Pod]], allocatable: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the pods ask for together, and what share of the node that is."""
    shares = []
    for resource in SHOWN:
        total = sum(pod_questions.requests(pod.view).get(resource, 0) for pod in pods)
        room = (milli if resource == "cpu" else whole)(allocatable.get(resource, "0"))
        amount = f"{total}m" if resource == "cpu" else f"{total // 2**20}Mi"
        shares.append((resource, amount, f"{100 * total // room}%" if room else "-"))
    return shares
