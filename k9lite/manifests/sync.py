"""A folder of manifests kept in step with a cluster: save a file and the whole folder is applied."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from k9lite.aio.clock import Clock, Timer
from k9lite.aio.tasks import TaskSet
from k9lite.client.protocol import Client, Selector
from k9lite.manifests.applying import PART_OF, Action, Step, apply, apply_set, is_part, prune
from k9lite.manifests.drift import DriftWatch
from k9lite.manifests.pruning import ABSENCE, absences, due, gone
from k9lite.manifests.resolving import Manifest, Ref, Resolved, resolve
from k9lite.manifests.scanning import ScannedFile, Snapshot, scan
from k9lite.manifests.state import FileState, FolderState
from k9lite.manifests.watching import watch
from k9lite.yaml_reader.problem import Problem

FIRST_RETRY, LAST_RETRY = 0.2, 5.0  # seconds between attempts at what was refused for a passing reason
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
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._snapshot = Snapshot()
        self._resolved = Resolved((), ())
        self._saved: set[str] = set()  # files that are to be applied
        self._owned: dict[Ref, str] | None = None  # applied objects and their files; None before the first look
        self._absent: dict[Ref, float] = {}
        self._steps: dict[Ref, Step] = {}
        self._times: dict[str, tuple[float, float | None]] = {}  # by file: saved, applied
        self._pruned: list[Step] = []
        self._saves = 0
        self._timer: Timer | None = None
        self._retry_delay = FIRST_RETRY
        self.state = FolderState(folder)

    async def run(self) -> None:
        """Follow the folder until cancelled; raises what goes wrong with following it."""
        self._tasks.start(watch(self._folder, self._wake.set), "folder watch")
        self._tasks.start(self._drift.run(), "folder drift")
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._crash is not None:
                raise self._crash
            try:
                await self.look()
            except BrokenPipeError:  # of whoever is told of changes
                raise
            except ConnectionError:
                pass  # the cluster is elsewhere, and away for a while: the next rescan tries again

    async def close(self) -> None:
        """Stop following; what was applied stays."""
        await self._tasks.close()

    async def sync_now(self) -> FolderState:
        """Apply the folder as it is now, even if nothing was saved: drift is taken back."""
        return await self.look(apply_always=True)

    async def look(self, *, apply_always: bool = False) -> FolderState:
        """Compare the folder with what it was: apply it if something was saved, prune what is gone long enough."""
        async with self._lock:
            seen_at = self._wall()
            snapshot = await asyncio.to_thread(scan, self._folder, self._snapshot)
            if snapshot.present and self._owned is None:
                self._owned = await self._find_owned()
            returned = self._owned and snapshot.at != self._snapshot.at
            if not snapshot.present or (returned and not snapshot.files):  # what came back is not all yet
                self._snapshot = Snapshot(None, self._snapshot.files)
                self._absent = {}
                self._publish()
                return self.state
            self._take_in(snapshot, seen_at)
            if self._saved or apply_always or not self._saves:
                self._publish()
                await self._apply()
            else:
                await self._catch_up()
            await self._prune()
            self._look_again()
            self._publish()
            return self.state

    def _take_in(self, snapshot: Snapshot, seen_at: float) -> None:
        """What the folder says now, and which of it is to be applied."""
        changed = _changed_files(self._snapshot, snapshot)
        self._snapshot = snapshot
        for file in changed:
            written = snapshot.files[file].saved_at
            self._times[file] = (written if 0 <= seen_at - written < _FRESH else seen_at, None)
        self._saved = {file for file in snapshot.files if file in self._saved or file in changed}
        readable = (file.parsed for file in snapshot.files.values() if not file.parsed.problems)
        self._resolved = resolve(readable, self._client.kinds)

    async def _apply(self) -> None:
        """Apply everything; among equals, what was just saved comes first, since somebody waits to see it."""
        manifests = sorted(self._resolved.manifests, key=lambda m: (m.rank, m.document.file not in self._saved))
        self._steps = {}
        self._drift.start_over()
        for manifest in manifests:
            await self._apply_one(manifest)
        self._pruned = []
        self._saves += 1
        self._retry_delay = FIRST_RETRY
        now = self._wall()
        for file in self._saved:
            if not self._snapshot.files[file].parsed.problems:
                self._times[file] = (self._times[file][0], now)
        self._saved = set()

    async def _apply_one(self, manifest: Manifest) -> None:
        self._drift.follow(manifest)
        step = await apply(self._client, manifest, self._part_of)
        self._steps[manifest.ref] = step
        if step.action is not Action.REFUSED and self._owned is not None:
            self._owned[manifest.ref] = manifest.document.file

    async def _catch_up(self) -> None:
        """Apply what could not be before: it was refused for a reason that may have passed, described twice until the
        other file was removed, or of a kind that there was not.
        """
        for manifest in self._resolved.manifests:
            step = self._steps.get(manifest.ref)
            if step is None or step.retry:
                await self._apply_one(manifest)
        self._retry_delay = min(self._retry_delay * 2, LAST_RETRY)

    def _look_again(self) -> None:
        """Arrange for the next attempt at what was refused, and for the moment to prune."""
        waits = [self._retry_delay] if any(step.retry for step in self._steps.values()) else []
        waits += [ABSENCE - self._clock.now() + since for since in self._absent.values()]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(min(waits), self._wake.set) if waits else None

    async def _prune(self) -> None:
        owned = self._owned or {}
        unclear = _unclear(self._snapshot, self._resolved.problems)
        mentioned = {manifest.ref for manifest in self._resolved.manifests}
        self._absent = absences(self._absent, gone(owned, mentioned, unclear), self._clock.now())
        for ref in sorted(due(self._absent, self._clock.now()), key=lambda ref: ref.kind == "Namespace"):
            if step := await self._prune_one(ref):
                self._pruned.append(step)

    async def _prune_one(self, ref: Ref) -> Step | None:
        owned = self._owned or {}
        file = owned.pop(ref)
        self._absent.pop(ref, None)
        self._steps.pop(ref, None)
        self._drift.forget(ref)
        kind = next((kind for kind in self._client.kinds if (kind.group, kind.kind) == (ref.group, ref.kind)), None)
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
        files = self._snapshot.files
        by_file: dict[str, list[Ref]] = {file: [] for file in files}
        steps: dict[str, list[Step]] = {file: [] for file in files}
        problems: dict[str, list[Problem]] = {name: list(file.parsed.problems) for name, file in files.items()}
        warnings = {name: list(file.parsed.warnings) for name, file in files.items()}
        for problem in self._resolved.problems:
            problems[problem.file].append(problem)
        for ref, file in (self._owned or {}).items():
            if file in files and files[file].parsed.problems:
                by_file[file].append(ref)  # what it last said while it could be read
        for manifest in self._resolved.manifests:
            file = manifest.document.file
            by_file[file].append(manifest.ref)
            if step := self._steps.get(manifest.ref):
                steps[file].append(step)
                problems[file].extend(step.problems)
                warnings[file].extend(step.warnings)
        state = FolderState(
            self._folder,
            self._snapshot.present,
            tuple(
                FileState(
                    file,
                    tuple(by_file[file]),
                    tuple(problems[file]),
                    *self._times[file],
                    tuple(steps[file]),
                    tuple(warnings[file]),
                )
                for file in files
            ),
            (*self._steps.values(), *self._pruned),
            tuple(self._absent),
            self._drift.drift,
            self._saves,
            tuple(problem for step in self._pruned for problem in step.problems),
        )
        if state != self.state:
            self.state = state
            self._on_change(state)

    def _crashed(self, name: str, error: BaseException) -> None:
        self._crash = error
        self._wake.set()


def _changed_files(before: Snapshot, now: Snapshot) -> set[str]:
    """The files whose content is another one, or that are new."""

    def changed(name: str, file: ScannedFile) -> bool:
        old = before.files.get(name)
        return old is None or old.raw != file.raw or old.parsed.problems != file.parsed.problems

    return {name for name, file in now.files.items() if changed(name, file)}


def _unclear(snapshot: Snapshot, mistakes: Sequence[Problem]) -> dict[str, bytes]:
    """The files that do not certainly say what they describe: empty ones, and those with mistakes."""
    wrong = {problem.file for problem in mistakes}
    return {
        name: file.raw
        for name, file in snapshot.files.items()
        if file.parsed.problems or not file.parsed.documents or name in wrong
    }
