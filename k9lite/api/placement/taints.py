"""Taints and the tolerations that overcome them (component-helpers: scheduling/corev1)."""

import math
from collections.abc import Collection, Iterable, Iterator

from lightkube.models.core_v1 import Taint, Toleration

NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE = "NoSchedule", "PreferNoSchedule", "NoExecute"
UNSCHEDULABLE = Taint(effect=NO_SCHEDULE, key="node.kubernetes.io/unschedulable")  # what a cordon amounts to


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """An empty effect means every effect, an empty key with Exists every taint."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    return bool(toleration.key) and (toleration.value or "") == (taint.value or "")


def untolerated(
    taints: Iterable[Taint] | None, tolerations: Collection[Toleration] | None, effects: Collection[str]
) -> Iterator[Taint]:
    """The taints of one of the `effects` that no toleration overcomes."""
    for taint in taints or ():
        if taint.effect in effects and not any(tolerates(toleration, taint) for toleration in tolerations or ()):
            yield taint


def tolerated_seconds(taints: Iterable[Taint], tolerations: Collection[Toleration] | None) -> float:
    """How long a pod may stay where these NoExecute taints are: 0 if one is not tolerated, math.inf for ever."""
    shortest = math.inf
    for taint in taints:
        used = next((toleration for toleration in tolerations or () if tolerates(toleration, taint)), None)
        if used is None:
            return 0
        if used.tolerationSeconds is not None:
            shortest = min(shortest, max(0, used.tolerationSeconds))
    return shortest
