"""Whether what a folder describes has come true, judged again whenever something changes."""

import asyncio
from dataclasses import dataclass
from typing import Any

from lightkube.models.core_v1 import Event

from k9lite.api.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVENT,
    JOB,
    NODE,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
    Kind,
)
from k9lite.api.object import Object
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.explain.convergence import Surroundings, Waiting, stuck
from k9lite.manifests.state import FolderState

_WORKLOADS: tuple[Kind[Any], ...] = (DEPLOYMENT, REPLICA_SET, REPLICATION_CONTROLLER, STATEFUL_SET, DAEMON_SET, JOB)
_JUDGED: tuple[Kind[Any], ...] = (POD, ENDPOINT_SLICE, NODE, EVENT, *_WORKLOADS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """objects: the folder's that are there; missing: those that are not; waiting: what is not ready, and why."""

    objects: tuple[Object[Any], ...]
    missing: tuple[Waiting, ...]
    waiting: tuple[Waiting, ...]
    pods: tuple[Object[Any], ...]

    @property
    def ready(self) -> bool:
        return not self.missing and not self.waiting


class Judge:
    """Follows the objects that matter; sets `changed` when the verdict may be another one."""

    def __init__(self, client: Client, informers: Informers, changed: asyncio.Event) -> None:
        self._client, self._informers, self._changed = client, informers, changed
        self._followed: set[Kind[Any]] = set()
        informers.of(EVENT).add_index("involved", _involved)
        for kind in _JUDGED:
            self._follow(kind)

    def _follow(self, kind: Kind[Any]) -> None:
        if kind not in self._followed:
            self._followed.add(kind)
            self._informers.of(kind).add_handler(lambda old, new: self._changed.set())

    async def judge(self, state: FolderState) -> Verdict:
        """How far the folder in this state has come."""
        kinds = {(kind.group, kind.kind): kind for kind in self._client.kinds}
        refused = {step.ref for file in state.files for step in file.steps if step.problems and not step.retry}
        wanted = [(kinds.get((ref.group, ref.kind)), ref) for ref in state.objects if ref not in refused]
        for kind, _ in wanted:
            if kind is not None:
                self._follow(kind)
        await self._informers.wait_synced()
        objects, missing = [], []
        for kind, ref in wanted:
            found = None if kind is None else self._informers.of(kind).get(ref.name, ref.namespace)
            if found is None:
                missing.append(Waiting(ref.kind, ref.namespace, ref.name, "Missing", "it is not in the cluster"))
            else:
                objects.append(found)
        around = self._surroundings()
        return Verdict(tuple(objects), tuple(missing), tuple(stuck(objects, around)), tuple(around.pods))

    def _surroundings(self) -> Surroundings:
        of = self._informers.of
        workloads: list[Object[Any]] = []
        for kind in _WORKLOADS:
            workloads += of(kind)
        return Surroundings(
            list(of(POD)),
            list(of(REPLICA_SET)),
            list(of(ENDPOINT_SLICE)),
            workloads,
            has_node=lambda name: of(NODE).get(name) is not None,
            events_of=lambda uid: of(EVENT).indexed("involved", uid),
        )


def _involved(event: Object[Event]) -> tuple[str, ...]:
    """Index function: the uid of the object that an Event is about."""
    uid = event.view.involvedObject.uid if event.view.involvedObject else None
    return (uid,) if uid else ()
