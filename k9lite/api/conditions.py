"""Conditions in the status of any kind, as JSON data: `lastTransitionTime` moves only with the status."""

from collections.abc import Sequence
from typing import Any

from k9lite.api import times
from k9lite.api.object import Data


def find(conditions: Sequence[Data] | None, type: str) -> Data | None:
    for one in conditions or ():
        if one["type"] == type:
            return one
    return None


def make(type: str, status: str, now: float, reason: str = "", message: str = "", **more: Any) -> Data:
    """A condition that came to its status at `now`; `more` are further fields, e.g. observedGeneration=2."""
    made: Data = {"type": type, "status": status, "lastTransitionTime": times.time(now)}
    if reason:
        made["reason"] = reason
    if message:
        made["message"] = message
    return made | more


def put(conditions: list[Data], new: Data) -> bool:
    """Replace the condition of the same type in place, or append; an unchanged status keeps its transition time.

    True if anything but a time differs from what was there.
    """
    for index, old in enumerate(conditions):
        if old["type"] == new["type"]:
            if old.get("status") == new["status"] and "lastTransitionTime" in old:
                new = new | {"lastTransitionTime": old["lastTransitionTime"]}
            conditions[index] = new
            return _told(old) != _told(new)
    conditions.append(new)
    return True


def remove(conditions: list[Data], type: str) -> bool:
    """Drop the condition of that type in place; whether there was one."""
    kept = [one for one in conditions if one["type"] != type]
    changed = len(kept) != len(conditions)
    conditions[:] = kept
    return changed


_TIMES = {"lastTransitionTime", "lastUpdateTime", "lastProbeTime", "lastHeartbeatTime"}


def _told(condition: Data) -> Data:
    return {key: value for key, value in condition.items() if key not in _TIMES}
