"""How far and how fast replicas may change: bounds, stabilisation windows, behaviours (horizontal.go); pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from k9lite.api.object import Data

DOWNSCALE_WINDOW = 300.0  # seconds for which the highest recommendation holds, unless a behaviour says otherwise
_FACTOR, _LEAST_LIMIT = 2, 4  # without a behaviour, replicas may double, or grow to four
_LONGEST = 3600.0  # seconds for which the past matters at most
_STABILISED = {
    "ScaleUpStabilized": "recent recommendations were lower than current one, "
    "applying the lowest recent recommendation",
    "ScaleDownStabilized": "recent recommendations were higher than current one, "
    "applying the highest recent recommendation",
}
_LIMITS = {
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "DesiredWithinRange": "the desired count is within the acceptable range",
}
READY = ("ReadyForNewScale", "recommended size matches current size")


@dataclass
class History:
    """What an autoscaler recommended, and by how much it changed replicas, each with its time."""

    recommendations: list[tuple[float, int]] = field(default_factory=list)
    ups: list[tuple[float, int]] = field(default_factory=list)
    downs: list[tuple[float, int]] = field(default_factory=list)

    def recommend(self, now: float, replicas: int) -> None:
        self.recommendations = [*_since(self.recommendations, now - _LONGEST), (now, replicas)]

    def scaled(self, now: float, before: int, after: int) -> None:
        self.ups, self.downs = _since(self.ups, now - _LONGEST), _since(self.downs, now - _LONGEST)
        (self.ups if after > before else self.downs).append((now, abs(after - before)))


@dataclass(frozen=True)
class Paced:
    """replicas: to scale to; able: reason and message of AbleToScale; limited, limit: of ScalingLimited."""

    replicas: int
    able: tuple[str, str]
    limited: bool
    limit: tuple[str, str]


@dataclass(frozen=True)
class Bounds:
    least: int
    most: int


def pace(history: History, behavior: Data | None, current: int, desired: int, bounds: Bounds, now: float) -> Paced:
    """What becomes of a recommendation of `desired` replicas, which the history then holds too."""
    if behavior is None:
        recent = [number for _, number in _since(history.recommendations, now - DOWNSCALE_WINDOW)]
        stable = max([desired, *recent])
        reason = "ScaleDownStabilized"
        replicas, limit = _bounded(current, stable, bounds)
    else:
        stable = _stabilised(history, behavior, current, desired, now)
        reason = "ScaleUpStabilized" if desired >= current else "ScaleDownStabilized"
        replicas, limit = _rated(history, behavior, current, stable, bounds, now)
    history.recommend(now, desired)
    able = READY if stable == desired else (reason, _STABILISED[reason])
    return Paced(replicas, able, replicas != stable, (limit, _LIMITS[limit]))


def _bounded(current: int, desired: int, bounds: Bounds) -> tuple[int, str]:
    limit = max(_FACTOR * current, _LEAST_LIMIT)
    most, reason = (limit, "ScaleUpLimit") if bounds.most > limit else (bounds.most, "TooManyReplicas")
    if desired < bounds.least:
        return bounds.least, "TooFewReplicas"
    return (most, reason) if desired > most else (desired, "DesiredWithinRange")


def _stabilised(history: History, behavior: Data, current: int, desired: int, now: float) -> int:
    """The current replicas, brought between the lowest and the highest recommendation of the two windows."""
    up = behavior["scaleUp"].get("stabilizationWindowSeconds", 0)
    down = behavior["scaleDown"].get("stabilizationWindowSeconds", DOWNSCALE_WINDOW)
    lowest = min([desired, *(number for _, number in _since(history.recommendations, now - up))])
    highest = max([desired, *(number for _, number in _since(history.recommendations, now - down))])
    return min(max(current, lowest), highest)


def _rated(history: History, behavior: Data, current: int, desired: int, bounds: Bounds, now: float) -> tuple[int, str]:
    if desired > current:
        limit = max(current, _up_limit(history, behavior["scaleUp"], current, now))
        most, reason = (limit, "ScaleUpLimit") if bounds.most > limit else (bounds.most, "TooManyReplicas")
        if desired > most:
            return most, reason
    elif desired < current:
        limit = min(current, _down_limit(history, behavior["scaleDown"], current, now))
        least, reason = (limit, "ScaleDownLimit") if bounds.least < limit else (bounds.least, "TooFewReplicas")
        if desired < least:
            return least, reason
    return desired, "DesiredWithinRange"


def _up_limit(history: History, rules: Data, current: int, now: float) -> int:
    if rules.get("selectPolicy") == "Disabled":
        return current
    limits = [
        start + value if type == "Pods" else math.ceil(start * (1 + value / 100))
        for start, type, value in _policies(history, rules, current, now)
    ]
    return min(limits) if rules.get("selectPolicy") == "Min" else max(limits)


def _down_limit(history: History, rules: Data, current: int, now: float) -> int:
    if rules.get("selectPolicy") == "Disabled":
        return current
    limits = [
        start - value if type == "Pods" else int(start * (1 - value / 100))
        for start, type, value in _policies(history, rules, current, now)
    ]
    return max(limits) if rules.get("selectPolicy") == "Min" else min(limits)


def _policies(history: History, rules: Data, current: int, now: float) -> Iterable[tuple[int, str, int]]:
    """Replicas at the start of each policy's period, the policy's type, its value."""
    for policy in rules["policies"]:
        start = now - policy["periodSeconds"]
        added = sum(change for _, change in _since(history.ups, start))
        removed = sum(change for _, change in _since(history.downs, start))
        yield current - added + removed, policy["type"], policy["value"]


def _since(entries: Sequence[tuple[float, int]], start: float) -> list[tuple[float, int]]:
    return [entry for entry in entries if entry[0] > start]
