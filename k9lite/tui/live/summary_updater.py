"""What the first line tells: the clock, whether all that was asked for is there, and how long the last save took."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from k9lite.api import kinds
from k9lite.api.k9lite_v1 import Clock
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.explain import surroundings
from k9lite.explain.convergence import Waiting, judgements
from k9lite.explain.surroundings import Judged
from k9lite.manifests.applying import ACTOR
from k9lite.manifests.state import FolderState
from k9lite.tui.display.tones import State, state
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.frames import BUDGET
from k9lite.tui.live.summary import ClusterSummary

JUDGED: tuple[Kind[Any], ...] = (*surroundings.FOLLOWED, kinds.SERVICE)
PAUSE = 0.2  # seconds between two judgements; more where one takes long
SHARE = 20  # a judgement may take one part in so many of all time
FAILED = {"ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff", "ProgressDeadlineExceeded", "Unschedulable"}


def health(waiting: list[Waiting], total: int, errors: int) -> State:
    """All in a few words: what is wrong outweighs what only takes time."""
    if errors:
        return state(f"{errors} error{'' if errors == 1 else 's'} in manifests", "bad")
    if not waiting:
        return state("converged", "good") if total else state("empty", "muted")
    worst = next((item for item in waiting if item.reason in FAILED), None)
    if worst is not None:
        return state(f"{worst.name}: {worst.reason}", "bad")
    return state(f"converging: {len(waiting)} not ready", "busy")


class SummaryUpdater:
    """Keeps `summary` true; `changed` is called whenever one of them is another.

    wall: the time of day in seconds since the epoch, as the times of files are
    """

    def __init__(
        self,
        cluster: LiveCluster,
        summary: ClusterSummary,
        changed: Callable[[], None],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._cluster, self._summary, self._changed, self._wall = cluster, summary, changed, wall
        self._folder: FolderState | None = None
        self._saved_at: float | None = None  # of the save that is not on screen yet
        self._settling_since: float | None = None  # of the save that has not converged yet
        self._seen_save = 0.0
        self._timer: asyncio.TimerHandle | None = None  # until a judgement is done
        self._outdated = False  # whether something has changed since the judgement began
        self._pause = PAUSE
        self._judged: Judged = {}
        self._judging: Iterator[Waiting | None] = iter(())
        self._found: dict[Waiting, None] = {}
        self._asked = 0
        self._spent = 0.0  # seconds that this judgement has taken so far

    def start(self) -> None:
        for kind in JUDGED:
            self._cluster.of(kind).add_handler(self._object_changed)
        if self._cluster.has_own_kinds:
            self._cluster.of(kinds.CLOCK).add_handler(self._clock_changed)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def folder_changed(self, folder: FolderState) -> None:
        before, self._folder = self._folder, folder
        newest = max((file.saved_at for file in folder.files), default=0.0)
        if newest > self._seen_save:
            self._seen_save = newest
            self._saved_at = self._settling_since = newest
            self._summary.converged = None
        if before is not None and folder.saves > before.saves and self._saved_at is not None:
            self._cluster.frames.request(self._on_screen)
        self._judge_soon()

    def _clock_changed(self, old: Object[Clock] | None, new: Object[Clock] | None) -> None:
        spec = new.view.spec if new is not None else None
        self._summary.speed = spec.speed if spec is not None else 1.0
        self._summary.paused = spec.paused if spec is not None else False
        self._cluster.frames.request(self._changed)

    def _object_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is None and old is not None and old.kind is kinds.POD:
            self._judged.pop(old.key, None)
        if self._saved_at is not None and new is not None and new.cause.actor == ACTOR:
            self._cluster.frames.request(self._on_screen)
        self._judge_soon()

    def _on_screen(self) -> None:
        """What was saved is drawn in this frame."""
        if self._saved_at is not None:
            self._summary.visible = max(0.0, self._wall() - self._saved_at)
            self._saved_at = None
            self._changed()

    def _judge_soon(self) -> None:
        self._outdated = True
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._judge)

    def _judge(self) -> None:
        self._outdated = False
        asked = list(self._asked_for())
        self._judging, self._asked = judgements(asked, surroundings.gather(self._cluster.of, self._judged)), len(asked)
        self._found, self._spent = {}, 0.0
        self._cluster.frames.request(self._go_on)

    def _go_on(self) -> bool:
        """Judge for as long as a frame allows; whether there is more to judge."""
        started = time.perf_counter()
        deadline = started + BUDGET
        for waiting in self._judging:
            if waiting is not None:
                self._found[waiting] = None
            if time.perf_counter() > deadline:
                self._spent += time.perf_counter() - started
                return True
        self._spent += time.perf_counter() - started
        self._conclude(list(self._found))
        return False

    def _conclude(self, waiting: list[Waiting]) -> None:
        self._timer, folder = None, self._folder
        errors = sum(len(file.problems) for file in folder.files) if folder is not None else 0
        applied = folder is None or all(file.applied_at is not None for file in folder.files)
        self._summary.health = health(waiting, self._asked, errors)
        if self._settling_since is not None and applied and not waiting and not errors:
            self._summary.converged = max(0.0, self._wall() - self._settling_since)
            self._settling_since = None
        self._pause = max(PAUSE, self._spent * SHARE)
        self._changed()
        if self._outdated:
            self._judge_soon()

    def _asked_for(self) -> Iterator[Object[Any]]:
        """The objects of the folder; without one, what usually stands for an application."""
        if self._folder is not None:
            for ref in self._folder.objects:
                kind = self._cluster.client.kinds.of_group(ref.group, ref.kind)
                obj = self._cluster.of(kind).get(ref.name, ref.namespace) if kind is not None else None
                if obj is not None:
                    yield obj
            return
        yield from self._cluster.of(kinds.DEPLOYMENT)
        yield from self._cluster.of(kinds.SERVICE)
