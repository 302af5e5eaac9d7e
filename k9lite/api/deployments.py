"""Questions about deployments that controllers, explanations and the dashboard all ask; pure."""

from typing import NamedTuple

from lightkube.models.apps_v1 import Deployment, DeploymentCondition, DeploymentSpec

from k9lite.api import int_or_percent
from k9lite.api.object import Metadata

REVISION_ANNOTATION = "deployment.kubernetes.io/revision"
HASH_LABEL = "pod-template-hash"
NO_DEADLINE = 2**31 - 1  # a progressDeadlineSeconds that never passes


class Bounds(NamedTuple):
    """How many pods may exist beyond the wanted ones, and how many of the wanted ones may be missing."""

    surge: int
    unavailable: int


def spec(deployment: Deployment) -> DeploymentSpec:
    """A stored deployment always has a spec; the model only says that it may."""
    assert deployment.spec is not None
    return deployment.spec


def replicas(deployment: Deployment) -> int:
    requested = spec(deployment).replicas
    return 1 if requested is None else requested


def is_rolling_update(deployment: Deployment) -> bool:
    strategy = spec(deployment).strategy
    return strategy is None or strategy.type != "Recreate"


def resolve_bounds(max_surge: int | str, max_unavailable: int | str, desired: int) -> Bounds:
    """Both as counts; where both come out as 0 one pod may be missing, or nothing could ever move."""
    surge = int_or_percent.scaled(max_surge, desired, up=True)
    unavailable = int_or_percent.scaled(max_unavailable, desired, up=False)
    return Bounds(surge, unavailable) if surge or unavailable else Bounds(0, 1)


def bounds(deployment: Deployment) -> Bounds:
    """How far this deployment's rollout may stray from its size."""
    desired = replicas(deployment)
    if not is_rolling_update(deployment):
        return Bounds(0, 0)
    strategy = spec(deployment).strategy
    rolling = strategy.rollingUpdate if strategy else None
    surge = rolling.maxSurge if rolling and rolling.maxSurge is not None else "25%"
    unavailable = rolling.maxUnavailable if rolling and rolling.maxUnavailable is not None else "25%"
    resolved = resolve_bounds(surge, unavailable, desired)
    return Bounds(resolved.surge, min(resolved.unavailable, desired))


def condition(deployment: Deployment, type: str) -> DeploymentCondition | None:
    conditions = deployment.status.conditions if deployment.status else None
    return next((item for item in conditions or () if item.type == type), None)


def is_complete(deployment: Deployment) -> bool:
    """Every wanted pod is of the newest template and available, none else is left, and the status says so."""
    desired, status = replicas(deployment), deployment.status
    generation = deployment.metadata.generation if deployment.metadata else None
    return status is not None and (
        (status.updatedReplicas or 0) == (status.replicas or 0) == (status.availableReplicas or 0) == desired
        and (status.observedGeneration or 0) >= (generation or 0)
    )


def has_deadline(deployment: Deployment) -> bool:
    seconds = spec(deployment).progressDeadlineSeconds
    return seconds is not None and seconds != NO_DEADLINE


def revision(meta: Metadata) -> int:
    """The revision that a Deployment or ReplicaSet carries in its annotation; 0 without a readable one."""
    text = (meta.annotations or {}).get(REVISION_ANNOTATION, "")
    return int(text) if text.isdecimal() else 0
