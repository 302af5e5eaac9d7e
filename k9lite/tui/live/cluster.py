"""The objects of the cluster as the dashboard sees them: its own informers, and the pace at which changes are painted.

Nothing is asked twice and nothing is polled: a watch per kind, opened when something first shows that kind.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from lightkube.models.core_v1 import Pod
from lightkube.models.discovery_v1 import EndpointSlice

from k9lite.aio.clock import Clock
from k9lite.aio.tasks import CrashHandler, TaskSet
from k9lite.api import kinds
from k9lite.api.k9lite_v1 import Fault
from k9lite.api.kinds import K9LITE_GROUP, Kind
from k9lite.api.object import Key, Object
from k9lite.client.informer import Informer, Informers, by_involved, by_owner
from k9lite.client.protocol import Client
from k9lite.tui.live.frames import Frames
from k9lite.tui.live.versions import Versions
from k9lite.tui.writes.drain import Draining

T = TypeVar("T")


def _node(pod: Object[Pod]) -> Iterable[str]:
    name = pod.view.spec.nodeName if pod.view.spec else None
    return (name,) if name else ()


def _service(endpoints: Object[EndpointSlice]) -> Iterable[str]:
    name = endpoints.labels.get("kubernetes.io/service-name")
    return (f"{endpoints.namespace}/{name}",) if name else ()


def _target(fault: Object[Fault]) -> Iterable[str]:
    target = fault.view.spec.target if fault.view.spec else None
    return (f"{target.kind}/{Key(target.namespace or '', target.name)}",) if target else ()


INDEXES: dict[Kind[Any], dict[str, Any]] = {
    kinds.POD: {"node": _node, "owner": by_owner},
    kinds.REPLICA_SET: {"owner": by_owner},
    kinds.JOB: {"owner": by_owner},
    kinds.ENDPOINT_SLICE: {"service": _service},
    kinds.EVENT: {"involved": by_involved},
    kinds.FAULT: {"target": _target},
}
# Kinds whose earlier states nobody wants to see.
NOT_KEPT: frozenset[Kind[Any]] = frozenset({kinds.LEASE, kinds.EVENT, kinds.CLOCK})


class LiveCluster:
    """What views and widgets look things up in."""

    def __init__(self, client: Client, clock: Clock, on_crash: CrashHandler) -> None:
        self.client, self.clock = client, clock
        self.frames = Frames(lambda error: on_crash("painting", error))
        self.tasks = TaskSet(on_crash)
        self.informers = Informers(client, clock, self.tasks)
        self.versions = Versions()
        self.drains: dict[str, Draining] = {}  # that go on, by node
        self._noted: set[Kind[Any]] = set()

    def of(self, kind: Kind[T]) -> Informer[T]:
        """All objects of `kind`, kept up to date; indexed as INDEXES says."""
        informer = self.informers.of(kind)
        if kind not in self._noted and kind not in NOT_KEPT:
            self._noted.add(kind)
            informer.add_handler(lambda old, new: self.versions.note(old, new, self.clock.now()))
        for name, function in INDEXES.get(kind, {}).items():
            informer.add_index(name, function)
        return informer

    def now(self) -> float:
        """The cluster's time, in epoch seconds."""
        return self.clock.now()

    @property
    def has_own_kinds(self) -> bool:
        """Whether this cluster is k9lite's: has a clock to turn, faults to inject, images to load."""
        return self.client.kinds.resource(K9LITE_GROUP, "v1", "clocks") is not None

    async def close(self) -> None:
        self.frames.close()
        await self.tasks.close()
