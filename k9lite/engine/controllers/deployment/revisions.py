"""Finds the ReplicaSet of the current template; numbers revisions by annotations (deployment_util.go)."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from lightkube.models.apps_v1 import Deployment, ReplicaSet
from lightkube.models.core_v1 import PodTemplateSpec

from k9lite.api import deployments
from k9lite.api.deployments import HASH_LABEL, REVISION_ANNOTATION
from k9lite.api.object import Data, Object, controller_reference, to_data
from k9lite.engine.controllers.template_hash import hashed_name

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"
HISTORY = "deployment.kubernetes.io/revision-history"
ROLLBACK_TO = "deprecated.deployment.rollback.to"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
NOT_COPIED = {LAST_APPLIED, REVISION_ANNOTATION, HISTORY, DESIRED, MAXIMUM, ROLLBACK_TO}
MOST_HISTORY = 2000  # characters of the list of former revisions


def without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    metadata = template.metadata
    if metadata is None or not metadata.labels or HASH_LABEL not in metadata.labels:
        return template
    labels = {key: value for key, value in metadata.labels.items() if key != HASH_LABEL}
    return msgspec.structs.replace(template, metadata=msgspec.structs.replace(metadata, labels=labels))


def template_of(replica_set: Object[ReplicaSet]) -> PodTemplateSpec:
    spec = replica_set.view.spec
    assert spec is not None
    assert spec.template is not None
    return spec.template


def by_age(sets: Iterable[Object[ReplicaSet]]) -> list[Object[ReplicaSet]]:
    return sorted(sets, key=lambda replica_set: (replica_set.meta.creationTimestamp or "", replica_set.name))


def find_new(deployment: Object[Deployment], sets: Sequence[Object[ReplicaSet]]) -> Object[ReplicaSet] | None:
    """The oldest set whose template is the Deployment's."""
    template = without_hash(deployments.spec(deployment.view).template)
    return next(
        (replica_set for replica_set in by_age(sets) if without_hash(template_of(replica_set)) == template), None
    )


def new_set(deployment: Object[Deployment], hash: str, replicas: int, revision: int) -> Data:
    """A ReplicaSet for the Deployment's template."""
    spec = deployment.data()["spec"]
    template = spec["template"]
    labels = (template.get("metadata", {}).get("labels") or {}) | {HASH_LABEL: hash}
    template["metadata"] = template.get("metadata", {}) | {"labels": labels}
    selector = spec["selector"]
    selector["matchLabels"] = (selector.get("matchLabels") or {}) | {HASH_LABEL: hash}
    annotations, _ = annotate(deployment, {}, revision, exists=False)
    return {
        "metadata": {
            "name": hashed_name(deployment.name, hash),
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [controller_reference(deployment)],
        },
        "spec": {
            "replicas": replicas,
            "minReadySeconds": spec.get("minReadySeconds", 0),
            "selector": selector,
            "template": template,
        },
    }


def sizes(deployment: Object[Deployment]) -> dict[str, str]:
    """The annotations that record the Deployment's size at which a set was sized."""
    desired = deployments.replicas(deployment.view)
    return {DESIRED: str(desired), MAXIMUM: str(desired + deployments.bounds(deployment.view).surge)}


def annotate(
    deployment: Object[Deployment], annotations: Mapping[str, str], revision: int, *, exists: bool
) -> tuple[dict[str, str], bool]:
    """The annotations for the set of the current template, and whether they differ from `annotations`."""
    new = dict(annotations) | {k: v for k, v in deployment.annotations.items() if k not in NOT_COPIED}
    former = annotations.get(REVISION_ANNOTATION)
    number = int(former) if former and former.isdecimal() else 0
    if number < revision:
        new[REVISION_ANNOTATION] = str(revision)
        if former is not None:
            new[HISTORY] = _longer_history(annotations.get(HISTORY, ""), former)
    if not exists:
        new |= sizes(deployment)
    return new, new != dict(annotations)


def _longer_history(history: str, former: str) -> str:
    revisions = [*(history.split(",") if history else ()), former]
    while len(revisions) > 1 and len(",".join(revisions)) > MOST_HISTORY:
        del revisions[0]
    return ",".join(revisions)


def copied(annotations: Mapping[str, str]) -> dict[str, str]:
    """The annotations that are copied between a Deployment and its ReplicaSets."""
    return {key: value for key, value in annotations.items() if key not in NOT_COPIED}


def restored(deployment: Object[Deployment], source: Object[ReplicaSet]) -> Data:
    """The Deployment with template and annotations as `source` records them."""
    data = deployment.data()
    data["spec"]["template"] = to_data(without_hash(template_of(source)))
    own = {key: value for key, value in deployment.annotations.items() if key in NOT_COPIED}
    data["metadata"]["annotations"] = own | copied(source.annotations)
    return data


def to_clean_up(old: Iterable[Object[ReplicaSet]], limit: int | None) -> list[Object[ReplicaSet]]:
    """Empty sets beyond the history limit, lowest revision first. Their status must be current."""
    if limit is None or limit == deployments.NO_DEADLINE:
        return []
    alive = [replica_set for replica_set in old if not replica_set.deleting]
    excess = sorted(by_age(alive), key=lambda replica_set: deployments.revision(replica_set.meta))[
        : max(0, len(alive) - limit)
    ]
    return [replica_set for replica_set in excess if _is_empty(replica_set)]


def _is_empty(replica_set: Object[ReplicaSet]) -> bool:
    spec, status = replica_set.view.spec, replica_set.view.status
    return (
        spec is not None
        and status is not None
        and spec.replicas == 0
        and not status.replicas
        and replica_set.meta.generation <= (status.observedGeneration or 0)
    )
