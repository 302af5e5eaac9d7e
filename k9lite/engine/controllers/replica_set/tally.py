"""Counts of pods per controller, kept up to date pod by pod: a change costs the same with three pods and with 5,000."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from lightkube.models.core_v1 import Pod

from k9lite.api import pods
from k9lite.api.object import Key, Object

Labels = frozenset[tuple[str, str]]


class CountedPod(NamedTuple):
    """One pod as its controller counts it."""

    owner: str  # uid
    labels: Labels
    active: bool
    ready_since: float | None  # epoch seconds; None while it is not ready
    terminating: bool


@dataclass(slots=True)
class Counts:
    """The pods of one controller. `active` by their labels: few sets of labels, many pods."""

    active: Counter[Labels] = field(default_factory=Counter)
    ready: int = 0
    terminating: int = 0

    def count(self, pod: CountedPod, by: int) -> None:
        if pod.active:
            self.active[pod.labels] += by
            if not self.active[pod.labels]:
                del self.active[pod.labels]
            if pod.ready_since is not None:
                self.ready += by
        if pod.terminating:
            self.terminating += by


class Tally:
    """The pod counts of every controller."""

    def __init__(self) -> None:
        self._counts: dict[str, Counts] = {}
        self._pods: dict[Key, CountedPod] = {}

    def __contains__(self, pod: Key) -> bool:
        return pod in self._pods

    def of(self, uid: str) -> Counts:
        return self._counts.get(uid) or Counts()

    def take(self, key: Key, new: Object[Pod] | None) -> bool:
        """Record the new state of one pod; None when it is deleted. Returns whether a count changed."""
        before, after = self._pods.pop(key, None), _counted(new)
        if after is not None:
            self._pods[key] = after
        if before == after:
            return False
        if before is not None:
            counts = self._counts[before.owner]
            counts.count(before, -1)
            if not counts.active and not counts.terminating:
                del self._counts[before.owner]
        if after is not None:
            self._counts.setdefault(after.owner, Counts()).count(after, 1)
        return True


def _counted(obj: Object[Pod] | None) -> CountedPod | None:
    """None for a pod that has no controller or has ended."""
    controller = obj.meta.controller if obj is not None else None
    if obj is None or controller is None:
        return None
    pod = obj.view
    if pods.is_terminal(pod):
        return None
    active = not obj.deleting
    since = pods.ready_since(pod) if active else None
    return CountedPod(controller.uid, frozenset(obj.labels.items()), active, since, not active)
