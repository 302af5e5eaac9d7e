"""Rules for stateful sets (pkg/apis/apps/validation)."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, pod_spec, storage_claims, templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_STATEFUL_SET_CHANGES = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def _stateful_set(data: Data) -> Errors:
    spec = templates.spec_of(data)
    policy = spec.get("podManagementPolicy")
    if not policy:
        yield errors.required("spec.podManagementPolicy")
    elif policy not in ("OrderedReady", "Parallel"):
        yield errors.invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_set_strategy(spec.get("updateStrategy") or {})
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for field, kept in retention.items():
        path = f"spec.persistentVolumeClaimRetentionPolicy.{field}"
        yield from values.optional_one_of(path, kept, ("Retain", "Delete"))
    yield from values.non_negative("spec", spec, "replicas", "minReadySeconds")
    yield from values.non_negative("spec.ordinals", spec.get("ordinals") or {}, "start")
    yield from templates.required_selector(spec.get("selector"), "statefulset")
    if spec.get("serviceName"):
        yield from values.text("spec.serviceName", spec["serviceName"], names.dns_label)
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
        yield from storage_claims.claim_spec(f"spec.volumeClaimTemplates[{index}].spec", claim.get("spec") or {})
    yield from _stateful_set_template(spec)


def _stateful_set_template(spec: Data) -> Errors:
    """Its pods also mount the claims that are made for them: those count as volumes here."""
    template = spec.get("template") or {}
    if (selector := spec.get("selector")) is None or not labels.is_empty(selector):
        yield from templates.selector_matches("spec.template", selector, template)
    claims = [(claim.get("metadata") or {}).get("name", "") for claim in spec.get("volumeClaimTemplates") or ()]
    pod = dict(template.get("spec") or {})
    own = [volume for volume in pod.get("volumes") or () if volume.get("name") not in claims]
    made = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    yield from pod_spec.template("spec.template", {**template, "spec": pod | {"volumes": own + made}})
    yield from templates.always_restarted("spec.template", template, "StatefulSet")


def _stateful_set_strategy(strategy: Data) -> Errors:
    path, kind, rolling = "spec.updateStrategy", strategy.get("type"), strategy.get("rollingUpdate")
    if not kind:
        yield errors.required(path)
    elif kind == "OnDelete":
        if rolling is not None:
            yield errors.invalid(f"{path}.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        yield from values.non_negative(f"{path}.rollingUpdate", rolling or {}, "partition")
        if "maxUnavailable" in (rolling or {}):
            item_path, most = f"{path}.rollingUpdate.maxUnavailable", (rolling or {})["maxUnavailable"]
            yield from values.int_or_percent(item_path, most)
            if values.is_zero(most):
                yield errors.invalid(item_path, most, "cannot be 0")
            yield from values.at_most_100_percent(item_path, most)
    else:
        yield errors.invalid(path, _in_go(strategy), "must be 'RollingUpdate' or 'OnDelete'")


def _in_go(strategy: Data) -> Data:
    """As the server prints it: with the field names of its internal type."""
    rolling = strategy.get("rollingUpdate")
    if rolling is not None:
        rolling = {"Partition": rolling.get("partition", 0), "MaxUnavailable": rolling.get("maxUnavailable")}
    return {"Type": strategy.get("type", ""), "RollingUpdate": rolling}


def _stateful_set_update(new: Data, old: Data) -> Errors:
    yield from _stateful_set(new)
    after, before = (
        {k: v for k, v in templates.spec_of(d).items() if k not in _STATEFUL_SET_CHANGES} for d in (new, old)
    )
    if after != before:
        *most, last = (f"'{field}'" for field in _STATEFUL_SET_CHANGES)
        message = f"updates to statefulset spec for fields other than {', '.join(most)} and {last} are forbidden"
        yield errors.forbidden_field("spec", message)


def _stateful_set_status(new: Data, old: Data) -> Errors:
    bounded = ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")
    yield from templates.counts(new.get("status") or {}, bounded, "collisionCount")
    yield from templates.collisions(new, old)


RULES = {"StatefulSet": Rules(_stateful_set, _stateful_set_update, _stateful_set_status)}
