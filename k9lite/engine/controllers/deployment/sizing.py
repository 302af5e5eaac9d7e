"""How large each ReplicaSet of a Deployment may be now (rolling.go, sync.go, recreate.go); pure arithmetic."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Size:
    """A ReplicaSet as far as its size is concerned.

    created: orders sets by age; the name decides between equals
    desired, maximum: what its annotations say of the Deployment it was last sized for; None without them
    """

    name: str
    replicas: int
    available: int = 0
    created: float = 0.0
    desired: int | None = None
    maximum: int | None = None


class Desired(NamedTuple):
    """What the Deployment asks for: its size, and how far a rollout may go beyond and below it."""

    replicas: int
    surge: int = 0
    unavailable: int = 0


class Step(NamedTuple):
    """Resize the ReplicaSet of that name."""

    name: str
    replicas: int


def oldest_first(sets: Sequence[Size]) -> list[Size]:
    return sorted(sets, key=lambda size: (size.created, size.name))


def grown(desired: Desired, current: int, total: int) -> int:
    """The next size of the new set. current: its size now; total: the size of all sets together."""
    if current >= desired.replicas:
        return desired.replicas
    room = desired.replicas + desired.surge - total
    return current + max(0, min(room, desired.replicas - current))


def shrink_old(desired: Desired, new: Size, old: Sequence[Size]) -> list[Step]:
    """How the old sets make way during a rolling update.

    First pods that are not available are removed, whatever the new set has; then pods that new ones replace.
    A set with more available pods than replicas has a status older than its size. Then no pod is removed until the
    status is current: pods that already terminate would be counted.
    """
    old = oldest_first([size for size in old if size.replicas > 0])
    least = desired.replicas - desired.unavailable
    total = new.replicas + sum(size.replicas for size in old)
    budget = total - least - max(0, new.replicas - new.available)
    if not old or budget <= 0 or any(size.available > size.replicas for size in old):
        return []
    steps, old = _shrink(old, budget, lambda size: size.replicas - size.available)
    spare = min(new.available, new.replicas) + sum(size.available for size in old) - least
    more, _ = _shrink(old, spare, lambda size: size.replicas)
    return steps + more


def _shrink(sets: Sequence[Size], budget: int, removable: Callable[[Size], int]) -> tuple[list[Step], list[Size]]:
    """Shrink `sets` in their order, by at most `budget` pods together and `removable(size)` each."""
    steps, after = [], []
    for size in sets:
        removed = max(0, min(budget, removable(size)))
        budget -= removed
        if removed:
            steps.append(Step(size.name, size.replicas - removed))
        after.append(replace(size, replicas=size.replicas - removed))
    return steps, after


def resize(desired: Desired, new: Size | None, old: Sequence[Size], rolling: bool, status_replicas: int) -> list[Step]:
    """The sizes after `spec.replicas` changed, or while the rollout is paused.

    `status_replicas` is what the Deployment last counted; used where a set has no annotation of its own.
    """
    everything = [*old, *([new] if new else [])]
    active = [size for size in everything if size.replicas > 0]
    if len(active) <= 1:
        target = active[0] if active else new or (oldest_first(old)[-1] if old else None)
        return [Step(target.name, desired.replicas)] if target else []
    if new is not None and new.replicas == new.desired == new.available == desired.replicas:
        return [Step(size.name, 0) for size in old if size.replicas > 0]
    return _proportionally(desired, active, status_replicas) if rolling else []


def _proportionally(desired: Desired, active: Sequence[Size], status_replicas: int) -> list[Step]:
    allowed = desired.replicas + desired.surge if desired.replicas > 0 else 0
    to_add = allowed - sum(candidate.replicas for candidate in active)
    ordered = oldest_first(active)
    if to_add > 0:
        ordered.reverse()
    ordered.sort(key=lambda candidate: candidate.replicas, reverse=True)
    added = 0
    sizes = []
    for candidate in ordered:
        share = _share(desired, candidate, status_replicas)
        rest = to_add - added
        part = min(share, rest) if to_add > 0 else max(share, rest) if to_add < 0 else 0
        added += part
        sizes.append(candidate.replicas + part)
    sizes[0] = max(0, sizes[0] + to_add - added)
    return [Step(candidate.name, size) for candidate, size in zip(ordered, sizes, strict=True)]


def _share(desired: Desired, size: Size, status_replicas: int) -> int:
    """By how much a set would grow if all kept their proportions."""
    if desired.replicas == 0:
        return -size.replicas
    before = size.maximum or status_replicas
    if not before:
        return 0
    scaled = size.replicas * (desired.replicas + desired.surge) / before
    return math.floor(scaled + 0.5) - size.replicas
