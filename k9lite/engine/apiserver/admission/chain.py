"""Which admission steps objects of each kind go through, in Kubernetes' order: some complete them, some only look."""

from collections.abc import Callable, Mapping

from k9lite.api.object import Data
from k9lite.engine.apiserver.admission import (
    extension,
    limit_ranger,
    namespace_lifecycle,
    nodes,
    pod_security,
    pods,
    resource_quota,
    runtime_class,
    service_account,
)
from k9lite.engine.apiserver.admission.attributes import Attributes
from k9lite.engine.apiserver.admission.policies import type_check
from k9lite.engine.apiserver.context import Context, Request

Step = Callable[[Context, Request, Data], None]
Change = Callable[[Context, Request, Data, Data], None]  # of the new state and the old one

COMPLETE: Mapping[str, tuple[Step, ...]] = {
    "pods": (
        limit_ranger.fill_in,
        service_account.admit,
        pods.tolerate_node_failure,
        pods.set_priority,
        runtime_class.admit,
    ),
    "nodes": (nodes.taint,),
}
COMPLETE_CHANGE: Mapping[str, tuple[Change, ...]] = {"pods": (pods.keep_tolerations, pods.keep_priority)}
CHECK: Mapping[str, tuple[Step, ...]] = {
    "pods": (limit_ranger.check_pod, pod_security.check_pod),
    "persistentvolumeclaims": (limit_ranger.check_claim,),
    "namespaces": (pod_security.check_namespace,),
    extension.VALIDATING_POLICIES: (type_check.note,),
    **dict.fromkeys(pod_security.TEMPLATES, (pod_security.check_template,)),
}
CHECK_CHANGE: Mapping[str, tuple[Change, ...]] = {
    "persistentvolumeclaims": (limit_ranger.check_claim_change,),
    "pods": (pod_security.check_pod_change,),
    "namespaces": (pod_security.check_namespace_change,),
    extension.VALIDATING_POLICIES: (type_check.note_change,),
    **dict.fromkeys(pod_security.TEMPLATES, (pod_security.check_template_change,)),
}


def complete_new(context: Context, request: Request, data: Data) -> None:
    """Complete `data` in place; Forbidden or NotFound when it may not be created."""
    namespace_lifecycle.check_create(context, request, data)
    for step in COMPLETE.get(request.kind.resource, ()):
        step(context, request, data)
    extension.change(context, Attributes(request, "CREATE", data))


def complete_change(context: Context, request: Request, new: Data, old: Data) -> None:
    """Complete in place what is to replace `old`; subresources are left as they are."""
    if not request.subresource:
        for step in COMPLETE_CHANGE.get(request.kind.resource, ()):
            step(context, request, new, old)
    extension.change(context, Attributes(request, "UPDATE", new, old))


def check_new(context: Context, request: Request, data: Data) -> None:
    """Forbidden when `data`, which is complete and valid, is more than its namespace allows; else it is charged."""
    for step in CHECK.get(request.kind.resource, ()):
        step(context, request, data)
    extension.check(context, Attributes(request, "CREATE", data))
    resource_quota.admit(context, request, data)


def check_change(context: Context, request: Request, new: Data, old: Data) -> None:
    """The same for a change of what is there already."""
    for step in CHECK_CHANGE.get(request.kind.resource, ()):
        step(context, request, new, old)
    extension.check(context, Attributes(request, "UPDATE", new, old))
    resource_quota.admit(context, request, new, old)


def check_deletion(context: Context, request: Request, live: Data) -> None:
    """Refused when a policy keeps `live` from being deleted."""
    extension.check(context, Attributes(request, "DELETE", None, live))
