"""Rules for replica sets, and for the replication controllers that came before them."""

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import labels, pod_spec, templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors


def _replica_set(data: Data) -> Errors:
    spec = templates.spec_of(data)
    yield from values.non_negative("spec", spec, "replicas", "minReadySeconds")
    yield from templates.required_selector(spec.get("selector"), "deployment")  # Kubernetes names the wrong kind here
    yield from templates.replicated_template(spec)


def _replica_set_update(new: Data, old: Data) -> Errors:
    yield from _replica_set(new)
    yield from templates.immutable_selector(new, old)


def _replica_set_status(new: Data, old: Data) -> Errors:
    bounded = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    return templates.counts(new.get("status") or {}, bounded, "terminatingReplicas")


def _replication_controller(data: Data) -> Errors:
    spec = templates.spec_of(data)
    selector, template = spec.get("selector") or {}, spec.get("template")
    yield from values.non_negative("spec", spec, "minReadySeconds")
    if not selector:
        yield errors.required("spec.selector")
    yield from values.non_negative("spec", spec, "replicas")
    if template is None:
        yield errors.required("spec.template")
        return
    if not selector.items() <= (templates.template_labels(template) or {}).items():
        yield errors.invalid("spec.template.metadata.labels", templates.template_labels(template), labels.MISMATCH)
    yield from pod_spec.template("spec.template", template)
    yield from templates.always_restarted("spec.template", template, "ReplicationController")


CORE = {"ReplicationController": Rules(_replication_controller, None, _replica_set_status)}
RULES = {"ReplicaSet": Rules(_replica_set, _replica_set_update, _replica_set_status)}
