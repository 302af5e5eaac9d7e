"""What the pods of one node take of it (Kubernetes: kubelet/allocation/allocation_manager.go)."""

from collections.abc import Iterable, Mapping

from lightkube.models.core_v1 import Node, Pod

from k9lite.api import pods
from k9lite.api.pods import Amounts, HostPort
from k9lite.engine.node.pods.admission import Rejection, admit, lacking

INFEASIBLE, DEFERRED = "Infeasible", "Deferred"  # a resize that never fits, one that does not fit now
RESIZED = ("memory", "cpu")  # in the order in which they are looked at


class Allocations:
    """`allocatable`: amounts as in `pods.amounts`; `deferred`: the pods whose resize waits until there is room."""

    def __init__(self, allocatable: Mapping[str, int]) -> None:
        self._allocatable = allocatable
        self._taken: dict[str, Amounts] = {}
        self._used: Amounts = {}
        self.deferred: set[str] = set()

    def admit(self, pod: Pod, node: Node, ports: Iterable[HostPort]) -> Rejection | None:
        """Why a new pod is not taken. What is not the kubelet's own, such as devices, others write into the node."""
        told = pods.amounts(node.status.allocatable) if node.status else {}
        return admit(pod, node, {**told, **self._allocatable}, self._used, ports)

    def take(self, uid: str, pod: Pod) -> None:
        """The pod has what it asks for now, and no longer what it had."""
        self.release(uid)
        self._taken[uid] = {"pods": 1, **pods.requests(pod)}
        self._count(self._taken[uid], 1)

    def release(self, uid: str) -> None:
        self.deferred.discard(uid)
        self._count(self._taken.pop(uid, {}), -1)

    def resize(self, uid: str, pod: Pod) -> Rejection | None:
        """Why a pod that is here cannot have what it asks for now."""
        wanted = pods.requests(pod)
        for name in RESIZED:
            amount, capacity = wanted.get(name, 0), self._allocatable.get(name, 0)
            if amount > capacity:
                told = f"{name}, requested: {amount}, capacity: {capacity}"
                return Rejection(INFEASIBLE, f"Node didn't have enough capacity: {told}")
        own = self._taken.get(uid, {})
        others = {name: amount - own.get(name, 0) for name, amount in self._used.items()}
        problem = lacking(pod, self._allocatable, others)
        if problem is None:
            return None
        self.deferred.add(uid)
        return Rejection(DEFERRED, problem.message)

    def _count(self, amounts: Amounts, sign: int) -> None:
        for name, amount in amounts.items():
            self._used[name] = self._used.get(name, 0) + sign * amount
