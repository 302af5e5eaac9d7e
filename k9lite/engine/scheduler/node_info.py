"""One node as the scheduler counts it: sums that are updated with every pod, so that reading them is cheap."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from lightkube.models.core_v1 import Node, Taint

from k9lite.api import pods
from k9lite.api.object import Object
from k9lite.api.pods import Amounts, HostPort
from k9lite.api.selectors import LabelMatcher
from k9lite.engine.scheduler.pod_info import PodInfo


class Alike:
    """The pods of one namespace on one node that have equal labels: selectors match them once."""

    __slots__ = ("count", "deleting", "labels", "namespace")

    def __init__(self, pod: PodInfo) -> None:
        self.namespace, self.labels, self.deleting = pod.namespace, pod.labels, pod.deleting
        self.count = 0


def _likeness(pod: PodInfo) -> tuple[str, bool, frozenset[tuple[str, str]]]:
    return pod.namespace, pod.deleting, frozenset(pod.labels.items())


class NodeInfo:
    """`known` is False for a node that pods name but that does not exist."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known = False
        self.labels: Mapping[str, str] = {}
        self.taints: list[Taint] = []
        self.unschedulable = False
        self.allocatable: Amounts = {}
        self.images: dict[str, int] = {}  # name -> bytes
        self.pods: dict[str, PodInfo] = {}  # by uid
        self.affine: dict[str, PodInfo] = {}  # those with terms of pod affinity or anti-affinity
        self.requested: Counter[str] = Counter()
        self.scored_cpu = self.scored_memory = 0
        self.ports: Counter[HostPort] = Counter()
        self.alike: dict[tuple[str, bool, frozenset[tuple[str, str]]], Alike] = {}

    def set_node(self, obj: Object[Node]) -> None:
        spec, status = obj.view.spec, obj.view.status
        self.known = True
        self.labels = obj.labels
        self.taints = (spec.taints if spec else None) or []
        self.unschedulable = bool(spec and spec.unschedulable)
        self.allocatable = pods.amounts(status.allocatable if status else None)
        images = (status.images if status else None) or ()
        self.images = {name: image.sizeBytes or 0 for image in images for name in image.names or ()}

    def add(self, pod: PodInfo) -> None:
        self.pods[pod.uid] = pod
        self._count(pod, 1)
        if any(pod.affinity):
            self.affine[pod.uid] = pod
        self.alike.setdefault(_likeness(pod), Alike(pod)).count += 1

    def remove(self, pod: PodInfo) -> None:
        del self.pods[pod.uid]
        self._count(pod, -1)
        self.affine.pop(pod.uid, None)
        likeness = _likeness(pod)
        alike = self.alike[likeness]
        alike.count -= 1
        if not alike.count:
            del self.alike[likeness]

    def _count(self, pod: PodInfo, sign: int) -> None:
        for name, amount in pod.requests.items():
            self.requested[name] += sign * amount
        cpu, memory = pod.scored
        self.scored_cpu += sign * cpu
        self.scored_memory += sign * memory
        for port in pod.ports:
            self.ports[port] += sign

    def matching(self, namespace: str, matcher: LabelMatcher) -> int:
        """The number of pods in `namespace` that `matcher` selects, without terminating ones."""
        return sum(
            alike.count
            for alike in self.alike.values()
            if alike.namespace == namespace and not alike.deleting and matcher.matches(alike.labels)
        )

    @contextmanager
    def holding(self, pods: Iterable[PodInfo]) -> Iterator[None]:
        """A copy that counts `pods` as well."""
        added = list(pods)
        for pod in added:
            self.add(pod)
        try:
            yield
        finally:
            for pod in added:
                self.remove(pod)
