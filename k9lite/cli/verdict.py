"""Whether what a folder describes has come true, judged again whenever something changes."""

import asyncio
from dataclasses import dataclass
from typing import Any

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.client.informer import Informers, by_involved, by_owner
from k9lite.client.protocol import Client
from k9lite.explain import surroundings
from k9lite.explain.convergence import Waiting, stuck
from k9lite.manifests.state import FolderState


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
        informers.of(kinds.EVENT).add_index("involved", by_involved)
        informers.of(kinds.POD).add_index("owner", by_owner)
        informers.of(kinds.REPLICA_SET).add_index("owner", by_owner)
        for kind in surroundings.FOLLOWED:
            self._follow(kind)

    def _follow(self, kind: Kind[Any]) -> None:
        if kind not in self._followed:
            self._followed.add(kind)
            self._informers.of(kind).add_handler(lambda old, new: self._changed.set())

    async def judge(self, state: FolderState) -> Verdict:
        """How far the folder in this state has come."""
        refused = {step.ref for file in state.files for step in file.steps if step.problems and not step.retry}
        described = [
            (self._client.kinds.of_group(ref.group, ref.kind), ref) for ref in state.objects if ref not in refused
        ]
        for kind, _ in described:
            if kind is not None:
                self._follow(kind)
        await self._informers.wait_synced()
        objects, missing = [], []
        for kind, ref in described:
            obj = None if kind is None else self._informers.of(kind).get(ref.name, ref.namespace)
            if obj is None:
                missing.append(Waiting(ref.kind, ref.namespace, ref.name, "Missing", "it is not in the cluster"))
            else:
                objects.append(obj)
        around = surroundings.gather(self._informers.of)
        return Verdict(tuple(objects), tuple(missing), tuple(stuck(objects, around)), tuple(around.pods))
