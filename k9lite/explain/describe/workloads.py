"""What there is to say about deployments and replica sets."""

from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api.object import Object
from k9lite.api.selectors import label_selector
from k9lite.explain.describe.fields import Field, field, rows

REVISION = "deployment.kubernetes.io/revision"


def describe_deployment(obj: Object[Deployment]) -> list[Field]:
    spec, status = obj.view.spec, obj.view.status
    if spec is None:
        return []
    rolling = spec.strategy.rollingUpdate if spec.strategy else None
    fields = [
        field("Selector", label_selector(spec.selector).text()),
        field("Replicas", _replicas(spec.replicas or 0, status)),
        field("Strategy", spec.strategy.type if spec.strategy else None),
    ]
    if rolling is not None:
        bounds = f"at most {rolling.maxUnavailable} unavailable, at most {rolling.maxSurge} more than wanted"
        fields.append(field("Rolling Update", bounds))
    fields += [
        field("Revision", obj.annotations.get(REVISION)),
        field("Paused", str(bool(spec.paused)).lower()),
        Field("Pod Template", _template(spec.template)),
        _conditions(status),
    ]
    return fields


def describe_replica_set(obj: Object[ReplicaSet]) -> list[Field]:
    spec, status = obj.view.spec, obj.view.status
    if spec is None:
        return []
    owner = obj.meta.controller
    return [
        field("Selector", label_selector(spec.selector).text()),
        field("Controlled By", f"{owner.kind}/{owner.name}" if owner else None),
        field("Replicas", f"{(status and status.replicas) or 0} current / {spec.replicas or 0} desired"),
        field("Ready", (status and status.readyReplicas) or 0),
        field("Revision", obj.annotations.get(REVISION)),
        Field("Pod Template", _template(spec.template)),
        _conditions(status),
    ]


def _replicas(desired: int, status: Any) -> str:
    counts = (
        {
            "updated": status.updatedReplicas,
            "total": status.replicas,
            "available": status.availableReplicas,
            "unavailable": status.unavailableReplicas,
        }
        if status
        else {}
    )
    return " | ".join([f"{desired} desired", *(f"{count or 0} {name}" for name, count in counts.items())])


def _template(template: Any) -> list[Field]:
    labels = (template.metadata.labels or {}) if template and template.metadata else {}
    containers = (template.spec.containers or ()) if template and template.spec else ()
    return [
        field("Labels", ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))),
        *(field(container.name, container.image) for container in containers),
    ]


def _conditions(status: Any) -> Field:
    conditions = (status.conditions or ()) if status else ()
    return rows("Conditions", ("Type", "Status", "Reason"), [(c.type, c.status, c.reason or "") for c in conditions])
