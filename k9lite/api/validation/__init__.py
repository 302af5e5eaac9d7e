"""Whether an object may be stored: Kubernetes' rules, in its order and its words (pkg/apis/*/validation); pure.

The rules work on plain data that was decoded and defaulted. Each module knows some kinds and hands in a table of them;
metadata is checked here for all kinds alike. Kinds without a table (and custom resources) have only that.
"""

from collections.abc import Mapping
from typing import Any

from k9lite.api.errors import FieldError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.validation import (
    access,
    admission_policies,
    autoscaling,
    configuration,
    daemon_sets,
    definitions,
    deployments,
    endpoints,
    flow_control,
    jobs,
    metadata,
    networking,
    nodes,
    own_kinds,
    pod,
    policy,
    records,
    registrations,
    replica_sets,
    services,
    stateful_sets,
    storage,
)
from k9lite.api.validation.rules import Rules

_RULES: Mapping[str, Mapping[str, Rules]] = {
    "": pod.RULES
    | services.RULES
    | nodes.RULES
    | configuration.RULES
    | endpoints.CORE
    | storage.CORE
    | replica_sets.CORE
    | records.CORE
    | policy.CORE,
    "apps": deployments.RULES | replica_sets.RULES | stateful_sets.RULES | daemon_sets.RULES,
    "batch": jobs.RULES,
    "autoscaling": autoscaling.RULES,
    "discovery.k8s.io": endpoints.RULES,
    "coordination.k8s.io": records.COORDINATION,
    "events.k8s.io": records.EVENTS,
    "networking.k8s.io": networking.RULES,
    "policy": policy.RULES,
    "scheduling.k8s.io": policy.SCHEDULING,
    "rbac.authorization.k8s.io": access.RULES,
    "storage.k8s.io": storage.RULES,
    "apiextensions.k8s.io": definitions.RULES,
    "node.k8s.io": nodes.RUNTIME,
    "admissionregistration.k8s.io": registrations.ADMISSION | admission_policies.POLICIES,
    "apiregistration.k8s.io": registrations.API_SERVICES,
    "certificates.k8s.io": registrations.CERTIFICATES,
    "flowcontrol.apiserver.k8s.io": flow_control.RULES,
    "k9lite.dev": own_kinds.RULES,
}
_METADATA_ONLY = Rules()


def _rules(kind: Kind[Any]) -> Rules:
    return _RULES.get(kind.group, {}).get(kind.kind, _METADATA_ONLY)


def create(kind: Kind[Any], data: Data) -> list[FieldError]:
    """What is wrong with a new object, whose name is already generated and whose defaults are filled in.

    kind: as which it was sent; data: as it will be stored, which may be as another version
    """
    return [*metadata.create(kind, data.get("metadata") or {}), *_rules(kind).create(data)]


def update(kind: Kind[Any], new: Data, old: Data) -> list[FieldError]:
    """What is wrong with a change from `old` to `new`; both carry their complete metadata."""
    changed = metadata.update(new.get("metadata") or {}, old.get("metadata") or {})
    return [*changed, *_rules(kind).on_update(new, old)]


def status(kind: Kind[Any], new: Data, old: Data) -> list[FieldError]:
    """What is wrong with a change of the status alone."""
    changed = metadata.update(new.get("metadata") or {}, old.get("metadata") or {})
    return [*changed, *_rules(kind).on_status(new, old)]
