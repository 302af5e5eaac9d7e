"""A folder of manifests kept in step with a cluster: what is saved in it is applied."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from k9lite.aio.clock import Clock, Timer
from k9lite.aio.tasks import TaskSet
from k9lite.api.kinds import Kind, Kinds
from k9lite.client.protocol import Client, Selector
from k9lite.manifests.applying import PART_OF, Action, Step, apply, apply_set, is_part, prune
from k9lite.manifests.deciding import Applied, Plan, decide, is_same
from k9lite.manifests.drift import DriftWatch
from k9lite.manifests.picture import Picture
from k9lite.manifests.resolving import Manifest, Ref, Resolved, resolve
from k9lite.manifests.scanning import ScannedFile, Snapshot, scan
from k9lite.manifests.state import FolderState
from k9lite.manifests.watching import Touched, watch

FIRST_RETRY, LAST_RETRY = 0.2, 5.0  # seconds between attempts at what was refused for a passing reason
# A rescan looks at the time stamps of all files. It takes at most this part of the time, however many there are.
RESCAN, RESCAN_SHARE = 3.0, 1 / 1000  # seconds at least between two of them
PER_TURN = 500  # objects that are looked at before others have their turn
_FRESH = 5.0  # seconds; a file with an older time of change was moved here, not saved


class FolderSync:
    """Applies `folder` through `client`, prunes what left it, and watches what drifts from it.

    clock: the user's, and not a cluster's that runs fast or stands still: it times the absence of files
    on_change: called with every new state, from the event loop's thread; it must not block
    wall: the time of day, in seconds since the epoch, to compare with the times of files
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        folder: Path,
        on_change: Callable[[FolderState], None],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._clock, self._folder, self._on_change = client, clock, folder, on_change
        self._wall = wall
        self._part_of = apply_set(folder)
        self._crash: BaseException | None = None
        self._tasks = TaskSet(self._crashed)
        self._drift = DriftWatch(client, clock, self._part_of, self._tasks, self._publish)
        self._picture = Picture()
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._touched: Touched = frozenset()
        self._snapshot, self._resolved = Snapshot(), Resolved((), ())
        self._saved: set[str] = set()  # files that are to be applied
        self._owned: dict[Ref, str] | None = None  # applied objects and their files; None before the first look
        self._applied: dict[Ref, Applied] = {}
        self._plan = Plan((), (), {}, None)
        self._last_save: dict[Ref, Step] = {}
        self._saves = 0
        self._timers: list[Timer] = []
        self._retry_delay, self._rescan_delay = FIRST_RETRY, RESCAN
        self.state = FolderState(folder)

    async def run(self) -> None:
        """Follow the folder until cancelled; raises what goes wrong with following it."""
        self._tasks.start(watch(self._folder, self._changed), "folder watch")
        self._tasks.start(self._drift.run(), "folder drift")
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._crash is not None:
                raise self._crash
            touched, self._touched = self._touched, frozenset()
            try:
                await self.look(touched)
            except BrokenPipeError:  # of whoever is told of changes
                raise
            except ConnectionError:
                self._changed(touched, at_once=False)  # the cluster is away for a while: the next rescan tries again
                self._look_again()

    async def close(self) -> None:
        """Stop following; what was applied stays."""
        self._cancel_timers()
        await self._tasks.close()

    async def sync_now(self) -> FolderState:
        """Apply the folder as it is now, even if nothing was saved: drift is taken back."""
        return await self.look(apply_always=True)

    async def look(self, touched: Touched = None, *, apply_always: bool = False) -> FolderState:
        """Compare the folder with what it was: apply what was saved, prune what is gone long enough.

        touched: where something has changed; None: anywhere
        """
        async with self._lock:
            seen_at = self._wall()
            read = await asyncio.to_thread(
                _read, self._folder, self._snapshot, self._resolved, touched, list(self._client.kinds)
            )
            snapshot = read.snapshot
            if snapshot.present and self._owned is None:
                self._owned = await self._find_owned()
            returned = self._owned and snapshot.at != self._snapshot.at
            if not snapshot.present or (returned and not snapshot.files):  # what came back is not all yet
                self._snapshot = Snapshot(None, self._snapshot.files)
                self._plan = Plan((), (), {}, None)
                self._publish()
                self._look_again()
                return self.state
            if touched is None:
                self._rescan_delay = max(RESCAN, read.took / RESCAN_SHARE)
            self._take_in(snapshot, read.resolved, seen_at)
            await self._act(everything=apply_always or not self._saves)
            self._look_again()
            self._publish()
            return self.state

    def _take_in(self, snapshot: Snapshot, resolved: Resolved, seen_at: float) -> None:
        """What the folder says now, and which of it is to be applied."""
        changed = _changed_files(self._snapshot, snapshot)
        self._snapshot, self._resolved = snapshot, resolved
        for file in changed:
            written = snapshot.files[file].saved_at
            self._picture.saved(file, written if 0 <= seen_at - written < _FRESH else seen_at)
        self._saved = {file for file in (*self._saved, *changed) if file in snapshot.files}
        self._picture.resolved(resolved)
        for ref in self._applied.keys() - resolved.refs - (self._owned or {}).keys():
            del self._applied[ref]

    async def _act(self, *, everything: bool) -> None:
        """Do what is to be done; among equals, what was just saved comes first, since somebody waits to see it."""
        is_save = bool(self._saved) or everything
        drifted = self._drift.suspects if is_save else ()
        self._plan = decide(
            self._snapshot,
            self._resolved,
            self._owned or {},
            self._applied,
            self._plan.absent,
            self._clock.now(),
            saved=self._saved,
            drifted=drifted,
            everything=everything,
        )
        if is_save:
            self._publish()
            self._last_save = {}
        await self._follow_moved()
        for manifest in self._plan.apply:
            await self._apply_one(manifest)
            await asyncio.sleep(0)  # others have their turn between any two objects
        if is_save:
            self._note_save()
        else:
            self._retry_delay = min(self._retry_delay * 2, LAST_RETRY)
        for ref in self._plan.prune:
            if step := await self._prune_one(ref):
                self._last_save[ref] = step

    async def _follow_moved(self) -> None:
        """Objects whose place in their file is another one, although they are the same."""
        moved = [manifest for file in self._saved for manifest in self._picture.manifests(file)]
        for number, manifest in enumerate(moved):
            applied = self._applied.get(manifest.ref)
            if applied is not None and manifest is not applied.manifest and is_same(manifest, applied.manifest):
                self._applied[manifest.ref] = Applied(manifest, applied.step)
                self._drift.follow(manifest)
            if number % PER_TURN == PER_TURN - 1:
                await asyncio.sleep(0)

    async def _apply_one(self, manifest: Manifest) -> None:
        self._drift.follow(manifest, anew=True)
        step = await apply(self._client, manifest, self._part_of)
        self._applied[manifest.ref] = Applied(manifest, step)
        self._last_save[manifest.ref] = step
        self._picture.touch(manifest.document.file)
        if step.action is not Action.REFUSED and self._owned is not None:
            self._owned[manifest.ref] = manifest.document.file

    def _note_save(self) -> None:
        self._saves += 1
        self._retry_delay = FIRST_RETRY
        now = self._wall()
        for file in self._saved:
            if not self._snapshot.files[file].parsed.problems:
                self._picture.applied(file, now)
        self._saved = set()

    def _look_again(self) -> None:
        """Arrange for the next attempt at what was refused, for the moment to prune, and for the next rescan."""
        self._cancel_timers()
        waits = [self._retry_delay] if any(one.step.retry for one in self._applied.values()) else []
        waits += [] if self._plan.wait is None else [self._plan.wait]
        if waits:
            self._timers.append(self._clock.call_later(min(waits), self._wake.set))
        self._timers.append(self._clock.call_later(self._rescan_delay, lambda: self._changed(None)))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def _changed(self, touched: Touched, *, at_once: bool = True) -> None:
        both = self._touched is not None and touched is not None
        self._touched = frozenset((*(self._touched or ()), *(touched or ()))) if both else None
        if at_once:
            self._wake.set()

    async def _prune_one(self, ref: Ref) -> Step | None:
        owned = self._owned or {}
        file = owned.pop(ref)
        self._applied.pop(ref, None)
        self._last_save.pop(ref, None)
        self._drift.forget(ref)
        self._plan = self._plan.without(ref)
        kind = self._client.kinds.of_group(ref.group, ref.kind)
        return None if kind is None else await prune(self._client, kind, ref, file, self._part_of)

    async def _find_owned(self) -> dict[Ref, str]:
        """What an earlier run has applied; which files that came from is not known."""
        selector = Selector(labels=f"{PART_OF}={self._part_of}")
        owned: dict[Ref, str] = {}
        for kind in self._client.kinds:
            if kind.stored:
                listed = await self._client.list(kind, selector)
                for obj in listed.items:
                    if is_part(obj, self._part_of):
                        owned[Ref(kind.group, kind.kind, obj.namespace, obj.name)] = ""
        return owned

    def _publish(self) -> None:
        """Tell the state, if it is another one."""
        steps = tuple(self._last_save.values())
        pruned = [step for ref, step in self._last_save.items() if ref not in self._applied]
        state = FolderState(
            self._folder,
            self._snapshot.present,
            self._picture.files(self._snapshot, self._applied, self._owned or {}),
            steps,
            tuple(self._plan.absent),
            self._drift.drift,
            self._saves,
            tuple(problem for step in pruned for problem in step.problems),
        )
        if state != self.state:
            self.state = state
            self._on_change(state)

    def _crashed(self, name: str, error: BaseException) -> None:
        self._crash = error
        self._wake.set()


class _Read(NamedTuple):
    """`took`: seconds of the processor's time."""

    snapshot: Snapshot
    resolved: Resolved
    took: float


def _read(folder: Path, before: Snapshot, resolved: Resolved, touched: Touched, kinds: list[Kind[Any]]) -> _Read:
    """What is in the folder, and what that says; for a thread of its own."""
    started = time.thread_time()
    snapshot = scan(folder, before, touched)
    took = time.thread_time() - started
    readable = [file.parsed for file in snapshot.files.values() if not file.parsed.problems]
    return _Read(snapshot, resolve(readable, Kinds(kinds), resolved), took)


def _changed_files(before: Snapshot, now: Snapshot) -> set[str]:
    """The files whose content is another one, or that are new."""

    def changed(name: str, file: ScannedFile) -> bool:
        old = before.files.get(name)
        return old is None or (old is not file and (old.raw != file.raw or old.parsed.problems != file.parsed.problems))

    return {name for name, file in now.files.items() if changed(name, file)}
