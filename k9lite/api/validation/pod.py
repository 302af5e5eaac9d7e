"""Rules for pods: new ones, the few things that may change, and the course of their status."""

from typing import Any

from k9lite.api import errors, names, pods
from k9lite.api.object import Data
from k9lite.api.validation import containers, metadata, pod_spec, scheduling, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
DELETION_COST_ANNOTATION = "controller.kubernetes.io/pod-deletion-cost"
_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_SYSTEM_CONDITIONS = ("PodScheduled", "Ready", "Initialized")


def _create(pod: Data) -> Errors:
    spec = pod.get("spec") or {}
    yield from _body(pod)
    if spec.get("ephemeralContainers"):
        yield errors.forbidden_field("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield errors.forbidden_field("spec.nodeName", "cannot be set until all schedulingGates have been cleared")


def _body(pod: Data) -> Errors:
    """What holds for a pod whenever it is written."""
    spec = pod.get("spec") or {}
    yield from _annotations(_annotations_of(pod), spec)
    yield from pod_spec.pod_spec("spec", spec, of_pod=True)
    for field in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(field) or ()):
            yield from containers.trimmed_image(f"spec.{field}[{index}]", container)


def _annotations(annotations: Data, spec: Data) -> Errors:
    path = "metadata.annotations"
    if MIRROR_ANNOTATION in annotations and not spec.get("nodeName"):
        message = "must set spec.nodeName if mirror pod annotation is set"
        yield errors.invalid(f"{path}[{MIRROR_ANNOTATION}]", annotations[MIRROR_ANNOTATION], message)
    cost = annotations.get(DELETION_COST_ANNOTATION)
    if cost is not None and not _is_int32(cost):
        yield errors.invalid(f"{path}[{DELETION_COST_ANNOTATION}]", cost, "must be a 32bit integer")


def _is_int32(text: str) -> bool:
    digits = text.removeprefix("-")
    canonical = digits == "0" or (digits.isascii() and digits.isdecimal() and not digits.startswith("0"))
    return canonical and -(2**31) <= int(text) < 2**31


# -- changes --------------------------------------------------------------------------------------------------------


def _update(new: Data, old: Data) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    if after != before:
        yield from _body(new)
    else:  # it was valid when it was stored
        yield from _annotations(_annotations_of(new), after)
    if MIRROR_ANNOTATION in _annotations_of(new) and MIRROR_ANNOTATION not in _annotations_of(old):
        yield errors.forbidden_field(f"metadata.annotations[{MIRROR_ANNOTATION}]", "may not add mirror pod annotation")
    elif _annotations_of(new).get(MIRROR_ANNOTATION) != _annotations_of(old).get(MIRROR_ANNOTATION):
        message = "may not remove or update mirror pod annotation"
        yield errors.forbidden_field(f"metadata.annotations[{MIRROR_ANNOTATION}]", message)
    for field in ("containers", "initContainers"):
        if len(after.get(field) or ()) != len(before.get(field) or ()):
            yield errors.forbidden_field(f"spec.{field}", "pod updates may not add or remove containers")
            return
    deadline = list(_deadline(after.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")))
    yield from deadline
    if deadline and "activeDeadlineSeconds" in after:
        return
    yield from _added_tolerations(after.get("tolerations") or [], before.get("tolerations") or [])
    yield from _removed_gates(after.get("schedulingGates") or [], before.get("schedulingGates") or [])
    if after != before:
        yield from _unchanged(after, before)


def _annotations_of(pod: Data) -> Data:
    return (pod.get("metadata") or {}).get("annotations") or {}


def _deadline(after: int | None, before: int | None) -> Errors:
    """It may be set, and then only come nearer."""
    path = "spec.activeDeadlineSeconds"
    if after is None:
        if before is not None:
            yield errors.invalid(path, None, "must not update from a positive integer to nil value")
    elif not 0 <= after <= values.LARGEST_INT32:
        yield errors.invalid(path, after, names.in_range(0, values.LARGEST_INT32))
    elif before is not None and before < after:
        yield errors.invalid(path, after, "must be less than or equal to previous value")


def _added_tolerations(after: list[Data], before: list[Data]) -> Errors:
    kept = [_without(toleration, "tolerationSeconds") for toleration in after]
    if any(_without(toleration, "tolerationSeconds") not in kept for toleration in before):
        message = "existing toleration can not be modified except its tolerationSeconds"
        yield errors.forbidden_field("spec.tolerations", message)
    else:
        yield from scheduling.tolerations("spec.tolerations", after)


def _removed_gates(after: list[Data], before: list[Data]) -> Errors:
    known = {gate.get("name") for gate in before}
    for index, gate in enumerate(after):
        if gate.get("name") not in known:
            message = f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'"
            yield errors.forbidden_field(f"spec.schedulingGates[{index}].name", message)


def _without(data: Data, *fields: str) -> Data:
    return {key: value for key, value in data.items() if key not in fields}


def _unchanged(after: Data, before: Data) -> Errors:
    """Everything else must stay; a pod that is not yet scheduled may choose fewer nodes."""
    after = dict(after)
    for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        _put(after, field, before.get(field))
    for field in ("containers", "initContainers"):
        if field in after:
            images = [container.get("image") for container in before.get(field) or ()]
            after[field] = [{**c, "image": image} for c, image in zip(after[field], images, strict=True)]
    if before.get("terminationGracePeriodSeconds", 0) < 0 and after.get("terminationGracePeriodSeconds") == 1:
        after["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    if before.get("schedulingGates"):
        yield from _narrowed_selector(after.get("nodeSelector") or {}, before.get("nodeSelector") or {})
        _put(after, "nodeSelector", before.get("nodeSelector"))
        after_affinity = dict(after.get("affinity") or {})
        _put(after_affinity, "nodeAffinity", (before.get("affinity") or {}).get("nodeAffinity"))
        _put(after, "affinity", after_affinity or before.get("affinity"))
    if after != before:
        message = f"pod updates may not change fields other than {_UPDATABLE}\n{difference(after, before)}"
        yield errors.forbidden_field("spec", message)


def _put(data: Data, field: str, value: Any) -> None:
    if value is None:
        data.pop(field, None)
    else:
        data[field] = value


def _narrowed_selector(after: Data, before: Data) -> Errors:
    for key, value in before.items():
        if after.get(key) != value:
            path = "spec.nodeSelector"
            yield errors.invalid(
                path, after, "only additions are allowed to spec.nodeSelector (no mutations or deletions)"
            )
            return


def difference(after: Data, before: Data) -> str:
    """The fields that differ, one per line and side."""
    lines = []
    for field in sorted(after.keys() | before.keys()):
        if after.get(field) != before.get(field):
            lines += [f"- {field}: {errors.render_value(before[field])}"] if field in before else []
            lines += [f"+ {field}: {errors.render_value(after[field])}"] if field in after else []
    return "\n".join(lines)


# -- status ---------------------------------------------------------------------------------------------------------


def _status(new: Data, old: Data) -> Errors:
    after, before = new.get("status") or {}, old.get("status") or {}
    spec = old.get("spec") or {}
    for index, condition in enumerate(after.get("conditions") or ()):
        if condition.get("type") not in _SYSTEM_CONDITIONS:
            path = f"metadata.conditions[{index}].Type"
            yield from values.text(path, condition.get("type", ""), names.qualified_name)
    nominated = after.get("nominatedNodeName")
    if nominated and nominated != before.get("nominatedNodeName"):
        yield from values.text("status.nominatedNodeName", nominated, names.dns_subdomain)
    if before.get("qosClass") and after.get("qosClass") != before["qosClass"]:
        yield from values.immutable("status.qosClass", after.get("qosClass", ""), before["qosClass"])
    policy = spec.get("restartPolicy", "Always")
    both = (*_list(spec, "containers"), *_list(spec, "initContainers"))
    own = {container.get("name", ""): container.get("restartPolicy") for container in both}
    for field in ("containerStatuses", "initContainerStatuses"):
        yield from _not_revived(f"status.{field}", _list(after, field), _list(before, field), policy, own)
    field = "ephemeralContainerStatuses"
    yield from _not_revived(f"status.{field}", _list(after, field), _list(before, field), "Never", {})
    for index, ip in enumerate(after.get("podIPs") or ()):
        yield from values.ip(f"status.podIPs[{index}]", ip.get("ip", ""))
    for index, ip in enumerate(after.get("hostIPs") or ()):
        yield from values.ip(f"status.hostIPs[{index}]", ip.get("ip", ""))


def _list(data: Data, field: str) -> list[Data]:
    return data.get(field) or []


def _not_revived(path: str, after: list[Data], before: list[Data], policy: str, own: Data) -> Errors:
    """A container that may not be restarted stays terminated; `own` restart policies of containers go first."""
    for index, status in enumerate(before):
        ended = (status.get("state") or {}).get("terminated")
        applied = own.get(status.get("name", "")) or policy
        if ended is None or applied == "Always" or (applied == "OnFailure" and ended.get("exitCode")):
            continue
        for successor in after:
            if successor.get("name") == status.get("name") and not (successor.get("state") or {}).get("terminated"):
                message = "may not be transitioned to non-terminated state"
                yield errors.forbidden_field(f"{path}[{index}].state", message)


def _template(data: Data) -> Errors:
    return pod_spec.template("template", data.get("template") or {})


def _binding(binding: Data) -> Errors:
    target = binding.get("target") or {}
    if target.get("kind") not in (None, "", "Node"):
        yield errors.not_supported("target.kind", target["kind"], ("Node", "<empty>"))
    yield from values.required("target", target, "name")


def ephemeral_containers(new: Data, old: Data) -> Errors:
    """A change through the ephemeralcontainers subresource: they may be added, and stay as they are."""
    yield from metadata.update(new.get("metadata") or {}, old.get("metadata") or {})
    yield from _body(new)
    given = {container.get("name"): container for container in _list(new["spec"], "ephemeralContainers")}
    for container in _list(old["spec"], "ephemeralContainers"):
        name = container.get("name")
        if name not in given:
            message = f'existing ephemeral containers "{name}" may not be removed\n'
            yield errors.forbidden_field("spec.ephemeralContainers", message)
        elif given[name] != container:
            message = f'existing ephemeral containers "{name}" may not be changed\n{difference(given[name], container)}'
            yield errors.forbidden_field("spec.ephemeralContainers", message)


def resize(new: Data, old: Data) -> Errors:
    """A change through the resize subresource: CPU and memory, within the pod's quality of service."""
    yield from metadata.update(new.get("metadata") or {}, old.get("metadata") or {})
    yield from _body(new)
    after, before = pods.qos_class(new["spec"]), pods.qos_class(old["spec"])
    if after != before:
        yield errors.invalid("spec", after, "Pod QOS Class may not change as a result of resizing")
    for name in ("containers", "initContainers"):
        for one, other in zip(_list(new["spec"], name), _list(old["spec"], name), strict=True):
            if _fixed_resources(one) != _fixed_resources(other):
                yield errors.forbidden_field("spec", "only cpu and memory resources are mutable")


def _fixed_resources(container: Data) -> Data:
    """What no resize may change."""
    resources = container.get("resources") or {}
    return {
        part: {name: value for name, value in amounts.items() if name not in ("cpu", "memory")}
        for part, amounts in resources.items()
        if isinstance(amounts, dict) and set(amounts) - {"cpu", "memory"}
    }


RULES = {
    "Pod": Rules(_create, _update, _status),
    "PodTemplate": Rules(_template),
    "Binding": Rules(_binding),
}
