"""Conditions in the status of any kind, as JSON data: `lastTransitionTime` moves only with the status."""

from collections.abc import Sequence
from typing import Any

from k9lite.api import times
from k9lite.api.object import Data


def find(conditions: Sequence[Data] | None, type: str) -> Data | None:
    """The condition of that type; None where there is none."""
    return next((condition for condition in conditions or () if condition["type"] == type), None)


def make(type: str, status: str, now: float, reason: str = "", message: str = "", **more: Any) -> Data:
    """A condition that came to its status at `now`; `more` are further fields, e.g. observedGeneration=2."""
    condition: Data = {"type": type, "status": status, "lastTransitionTime": times.time(now)}
    if reason:
        condition["reason"] = reason
    if message:
        condition["message"] = message
    return condition | more


def following(old: Data | None, new: Data) -> Data:
    """`new` with the transition time of `old`, the condition before it, where both have the same status."""
    if old is None or old.get("status") != new["status"] or "lastTransitionTime" not in old:
        return new
    return new | {"lastTransitionTime": old["lastTransitionTime"]}


def put(conditions: list[Data], new: Data) -> bool:
    """Replace the condition of the same type in place, or append; an unchanged status keeps its transition time.

    True if anything but a time differs from what was there.
    """
    for index, old in enumerate(conditions):
        if old["type"] == new["type"]:
            conditions[index] = new = following(old, new)
            return _without_times(old) != _without_times(new)
    conditions.append(new)
    return True


def remove(conditions: list[Data], type: str) -> bool:
    """Drop the condition of that type in place; whether there was one."""
    others = [condition for condition in conditions if condition["type"] != type]
    changed = len(others) != len(conditions)
    conditions[:] = others
    return changed


_TIMES = {"lastTransitionTime", "lastUpdateTime", "lastProbeTime", "lastHeartbeatTime"}


def _without_times(condition: Data) -> Data:
    return {key: value for key, value in condition.items() if key not in _TIMES}
