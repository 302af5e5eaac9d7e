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


class Wanted(NamedTuple):
    """What the Deployment asks for: its size, and how far a rollout may go beyond and below it."""

    replicas: int
    surge: int = 0
    unavailable: int = 0


class Step(NamedTuple):
    """Resize the ReplicaSet of that name."""

    name: str
    replicas: int


def oldest_first(sets: Sequence[Size]) -> list[Size]:
    return sorted(sets, key=lambda one: (one.created, one.name))


def grown(wanted: Wanted, current: int, total: int) -> int:
    """The size of the new set that stands at `current`, where all sets together stand at `total`."""
    if current >= wanted.replicas:
        return wanted.replicas
    room = wanted.replicas + wanted.surge - total
    return current + max(0, min(room, wanted.replicas - current))


def shrink_old(wanted: Wanted, new: Size, old: Sequence[Size]) -> list[Step]:
    """How the old sets make way during a rolling update.

    First what is not available anyway, however many of the new pods are; then what the new pods stand in for.
    A set with more available pods than replicas was resized after its status was written. Nothing more is removed
    before that status is up to date: its pods would be counted that already go.
    """
    old = oldest_first([one for one in old if one.replicas > 0])
    least = wanted.replicas - wanted.unavailable
    total = new.replicas + sum(one.replicas for one in old)
    budget = total - least - max(0, new.replicas - new.available)
    if not old or budget <= 0 or any(one.available > one.replicas for one in old):
        return []
    steps, old = _shrink(old, budget, lambda one: one.replicas - one.available)
    spare = min(new.available, new.replicas) + sum(one.available for one in old) - least
    more, _ = _shrink(old, spare, lambda one: one.replicas)
    return steps + more


def _shrink(sets: Sequence[Size], budget: int, removable: Callable[[Size], int]) -> tuple[list[Step], list[Size]]:
    """Shrink `sets` in their order by at most `budget` together, each by what is removable of it."""
    steps, after = [], []
    for one in sets:
        removed = max(0, min(budget, removable(one)))
        budget -= removed
        if removed:
            steps.append(Step(one.name, one.replicas - removed))
        after.append(replace(one, replicas=one.replicas - removed))
    return steps, after


def resize(wanted: Wanted, new: Size | None, old: Sequence[Size], rolling: bool, status_replicas: int) -> list[Step]:
    """The sizes after `spec.replicas` changed, or while the rollout is paused.

    `status_replicas` is what the Deployment last counted; used where a set has no annotation of its own.
    """
    everything = [*old, *([new] if new else [])]
    active = [one for one in everything if one.replicas > 0]
    if len(active) <= 1:
        target = active[0] if active else new or (oldest_first(old)[-1] if old else None)
        return [Step(target.name, wanted.replicas)] if target else []
    if new is not None and new.replicas == new.desired == new.available == wanted.replicas:
        return [Step(one.name, 0) for one in old if one.replicas > 0]
    return _proportionally(wanted, active, status_replicas) if rolling else []


def _proportionally(wanted: Wanted, active: Sequence[Size], status_replicas: int) -> list[Step]:
    allowed = wanted.replicas + wanted.surge if wanted.replicas > 0 else 0
    to_add = allowed - sum(one.replicas for one in active)
    ordered = oldest_first(active)
    if to_add > 0:
        ordered.reverse()
    ordered.sort(key=lambda one: one.replicas, reverse=True)
    added = 0
    sizes = []
    for one in ordered:
        share = _share(wanted, one, status_replicas)
        rest = to_add - added
        part = min(share, rest) if to_add > 0 else max(share, rest) if to_add < 0 else 0
        added += part
        sizes.append(one.replicas + part)
    sizes[0] = max(0, sizes[0] + to_add - added)
    return [Step(one.name, size) for one, size in zip(ordered, sizes, strict=True)]


def _share(wanted: Wanted, one: Size, status_replicas: int) -> int:
    """By how much a set would grow if all kept their proportions."""
    if wanted.replicas == 0:
        return -one.replicas
    before = one.maximum or status_replicas
    if not before:
        return 0
    size = one.replicas * (wanted.replicas + wanted.surge) / before
    return math.floor(size + 0.5) - one.replicas
