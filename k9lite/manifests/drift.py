"""Notice when an object is no longer as its folder has it: whoever changed it, the next save takes it back."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from k9lite.aio.clock import Clock
from k9lite.aio.tasks import TaskSet
from k9lite.api.object import Object
from k9lite.client.informer import Informer
from k9lite.client.protocol import Client, Selector
from k9lite.manifests.applying import PART_OF, Action, apply
from k9lite.manifests.resolving import Manifest, Ref
from k9lite.manifests.state import Drift


class DriftWatch:
    """Follows the objects of one folder and compares what changes with its manifest.

    `on_change()` is called whenever `drift` is another one than before.
    """

    def __init__(
        self, client: Client, clock: Clock, part_of: str, tasks: TaskSet, on_change: Callable[[], None]
    ) -> None:
        self._client, self._clock, self._part_of, self._tasks = client, clock, part_of, tasks
        self._on_change = on_change
        self._informers: dict[tuple[str, str], Informer[Any]] = {}
        self._manifests: dict[Ref, Manifest] = {}
        self._drift: dict[Ref, Drift] = {}
        self._doubtful: dict[Ref, None] = {}
        self._wake = asyncio.Event()

    @property
    def drift(self) -> tuple[Drift, ...]:
        return tuple(self._drift[ref] for ref in sorted(self._drift))

    @property
    def suspects(self) -> frozenset[Ref]:
        """The objects that have drifted, or may have."""
        return frozenset((*self._drift, *self._doubtful))

    def follow(self, manifest: Manifest, *, anew: bool = False) -> None:
        """From now on compare its object with `manifest`; anew: which is about to be applied."""
        if anew:
            self._drift.pop(manifest.ref, None)
            self._doubtful.pop(manifest.ref, None)
        self._manifests[manifest.ref] = manifest
        kind = self._client.kinds.of(manifest.kind.api_version, manifest.kind.kind)
        if kind is not None and (kind.api_version, kind.kind) not in self._informers:
            informer = Informer(self._client, kind, self._clock, Selector(labels=f"{PART_OF}={self._part_of}"))
            informer.add_handler(self._changed)
            self._informers[kind.api_version, kind.kind] = informer
            self._tasks.start(informer.run(), f"drift of {kind.plural}")

    def forget(self, ref: Ref) -> None:
        """`ref` has left the folder."""
        self._manifests.pop(ref, None)
        self._drift.pop(ref, None)

    async def run(self) -> None:
        """Compare what is in doubt, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            before = self.drift
            with suppress(ConnectionError):  # what is in doubt stays so
                await self.compare()
            if self.drift != before:
                self._on_change()

    async def compare(self) -> None:
        """Compare everything that changed since the last time."""
        while self._doubtful:
            ref = next(iter(self._doubtful))
            del self._doubtful[ref]
            manifest = self._manifests.get(ref)
            try:
                found = await self._compare(manifest) if manifest is not None else None
            except ConnectionError:
                self._doubtful[ref] = None
                raise
            if found is None:
                self._drift.pop(ref, None)
            else:
                self._drift[ref] = found

    async def _compare(self, manifest: Manifest) -> Drift | None:
        step = await apply(self._client, manifest, self._part_of, dry_run=True)
        match step.action:
            case Action.CREATE:
                return Drift(step.ref, step.place, missing=True)
            case Action.CHANGE:
                return Drift(step.ref, step.place, step.changes)
            case _:
                return None

    def _changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        newest = new if new is not None else old
        if newest is None or (old is not None and new is not None and _same_intent(old, new)):
            return
        ref = Ref(newest.kind.group, newest.kind.kind, newest.namespace, newest.name)
        if ref in self._manifests:
            self._doubtful[ref] = None
            self._wake.set()


def _same_intent(old: Object[Any], new: Object[Any]) -> bool:
    """Whether only the status changed, for kinds whose generation tells."""
    return (
        0 < old.meta.generation == new.meta.generation
        and old.labels == new.labels
        and old.annotations == new.annotations
        and old.deleting == new.deleting
    )
