"""Rules for nodes, the runtime classes they offer, and namespaces."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, metadata, resources, scheduling, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors


def _node(data: Data) -> Errors:
    spec = data.get("spec") or {}
    # Kubernetes, too, looks for taints in the metadata when it complains about them.
    yield from scheduling.taints("metadata.taints", spec.get("taints") or [])
    yield from _amounts(data)
    cidrs = spec.get("podCIDRs") or []
    for index, cidr in enumerate(cidrs):
        yield from values.cidr(f"spec.podCIDRs[{index}]", cidr)
    if len(cidrs) > 2 or (len(cidrs) == 2 and len({values.is_ipv6(cidr) for cidr in cidrs}) == 1):
        yield errors.invalid("spec.podCIDRs", cidrs, "may specify no more than one CIDR for each IP family")


def _amounts(data: Data) -> Errors:
    status = data.get("status") or {}
    for field in ("capacity", "allocatable"):
        for name, value in (status.get(field) or {}).items():
            yield from resources.amount(f"status.{field}.{name}", name, value)


def _node_update(new: Data, old: Data) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from _amounts(new)
    addresses = (new.get("status") or {}).get("addresses") or []
    for index, address in enumerate(addresses):
        if address in addresses[:index]:
            shown = {"Type": address.get("type", ""), "Address": address.get("address", "")}
            yield errors.duplicate(f"status.addresses[{index}]", shown)
    if before.get("podCIDRs") and after.get("podCIDRs") != before["podCIDRs"]:
        message = 'node updates may not change podCIDR except from "" to valid'
        yield errors.forbidden_field("spec.podCIDRs", message)
    if before.get("providerID") and after.get("providerID") != before["providerID"]:
        message = 'node updates may not change providerID except from "" to valid'
        yield errors.forbidden_field("spec.providerID", message)
    yield from scheduling.taints("metadata.taints", after.get("taints") or [])


def _runtime_class(data: Data) -> Errors:
    yield from values.required_text("handler", data.get("handler"), names.dns_label)
    overhead = (data.get("overhead") or {}).get("podFixed")
    yield from resources.requirements("overhead.podFixed", {"limits": overhead or {}})
    scheduling_rules = data.get("scheduling") or {}
    yield from labels.labels("scheduling.nodeSelector", scheduling_rules.get("nodeSelector"))
    yield from scheduling.tolerations("scheduling.tolerations", scheduling_rules.get("tolerations") or [])


def _runtime_class_update(new: Data, old: Data) -> Errors:
    return values.immutable("handler", new.get("handler"), old.get("handler"))


def _namespace(data: Data) -> Errors:
    for name in (data.get("spec") or {}).get("finalizers") or ():
        yield from metadata.finalizer("spec.finalizers", name)


def _namespace_update(new: Data, old: Data) -> Errors:
    return iter(())  # its metadata may change, and finalizers change through a subresource


def _namespace_status(new: Data, old: Data) -> Errors:
    phase = (new.get("status") or {}).get("phase", "")
    if not new["metadata"].get("deletionTimestamp"):
        if phase != "Active":
            message = "may only be 'Active' if `deletionTimestamp` is empty"
            yield errors.invalid("status.Phase", phase, message)
    elif phase != "Terminating":
        message = "may only be 'Terminating' if `deletionTimestamp` is not empty"
        yield errors.invalid("status.Phase", phase, message)


RULES = {
    "Node": Rules(_node, _node_update, _node_update),
    "Namespace": Rules(_namespace, _namespace_update, _namespace_status),
}
RUNTIME = {"RuntimeClass": Rules(_runtime_class, _runtime_class_update)}
