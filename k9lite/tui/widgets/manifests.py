"""The folder: each file, what is in it, what its last save did, and what is wrong with it at which line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from k9lite.api.object import Object
from k9lite.manifests.applying import Action, Step
from k9lite.manifests.resolving import Ref
from k9lite.manifests.state import Drift, FileState, FolderState
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.display.tones import GLYPHS, Tone
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.table import Table

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("FILE / OBJECT", rank=0, least=12, most=44),
    Column("STATE", rank=0, least=8, most=80, stretch=True),
)
# What the last save did to an object, in words.
DONE: dict[Action, tuple[str, Tone]] = {
    Action.CREATE: ("created", "good"),
    Action.CHANGE: ("changed", "busy"),
    Action.UNCHANGED: ("as written", "muted"),
    Action.PRUNE: ("removed", "gone"),
    Action.REFUSED: ("refused", "bad"),
}
MOST_CHANGES = 3  # fields named in one line

Entry = tuple[tuple[str, ...], str, str, Tone]  # key, what, state, tone


def entries(state: FolderState) -> Iterator[Entry]:
    """The lines of the pane, in order."""
    drifted = {drift.ref: drift for drift in state.drift}
    if not state.present:
        yield ("gone",), str(state.folder), "no such folder; nothing is changed", "warn"
    for problem in state.problems:
        yield ("problem", str(problem)), problem.file, f"{problem.line}:{problem.column} {problem.message}", "bad"
    for file in state.files:
        yield from _file(file, drifted)
    for ref in state.leaving:
        yield ("leaving", *ref), str(ref), "about to be removed", "gone"


def _file(file: FileState, drifted: dict[Ref, Drift]) -> Iterator[Entry]:
    count = len(file.objects)
    objects = f"{count} object{'' if count == 1 else 's'}"
    if file.problems:
        yield (file.file,), file.file, "not applied: the last good state stays", "bad"
        for number, problem in enumerate(file.problems):
            hint = f" ({problem.hint})" if problem.hint else ""
            text = f"{problem.message}{hint}"
            yield (file.file, f"{number:04}"), f"  :{problem.line}:{problem.column}", text, "bad"
    else:
        yield (file.file,), file.file, objects, "good" if file.applied_at is not None else "busy"
    for warning in file.warnings:
        yield (file.file, str(warning)), f"  :{warning.line}:{warning.column}", warning.text, "warn"
    steps = {step.ref: step for step in file.steps}
    for ref in file.objects:
        said, tone = _object(steps.get(ref), drifted.get(ref))
        yield (file.file, *ref), f"  {ref.kind} {ref.name}", said, tone


def _object(step: Step | None, drift: Drift | None) -> tuple[str, Tone]:
    if step is not None and step.problems:
        return "; ".join(problem.message for problem in step.problems), "bad"
    if drift is not None:
        return ("deleted since; the next save brings it back" if drift.missing else _drifted(drift)), "warn"
    if step is None:
        return "", "muted"
    said, tone = DONE[step.action]
    if step.changes:
        said += ": " + ", ".join(str(change.path) for change in step.changes[:MOST_CHANGES])
    return said, tone


def _drifted(drift: Drift) -> str:
    told = [f"{change.path} is {change.old}, file says {change.new}" for change in drift.changes[:MOST_CHANGES]]
    return "drifted: " + ", ".join(told)


class Manifests(Table, Place):
    """`show` a state whenever the folder has a new one."""

    place_name = "manifests"

    def __init__(self, cluster: LiveCluster, *, id: str | None = None) -> None:
        super().__init__(COLUMNS, empty="no manifest here yet", id=id)
        self.cluster = cluster
        self._known: set[tuple[str, ...]] = set()
        self._state = FolderState(Path())
        self._refs: dict[tuple[str, ...], Ref] = {}

    def show(self, state: FolderState) -> None:
        self._state = state
        listed = list(entries(state))
        keys = {entry[0] for entry in listed}
        for key in [key for key in self._known if key not in keys]:
            self.take_out(key)
        for order, (key, what, said, tone) in enumerate(listed):
            self.put(key, (Cell(GLYPHS[tone], tone, order), Cell(what), Cell(said, tone)))
        self._known = keys
        self._refs = {(file.file, *ref): ref for file in state.files for ref in file.objects}
        self.paint()

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._state.folder

    @property
    def file_under_cursor(self) -> tuple[str, int] | None:
        """The file that the line under the cursor is about, and a line in it, counted from 1."""
        key: tuple[str, ...] = self.cursor or ()
        if key[:1] == ("problem",):
            problem = next((problem for problem in self._state.problems if str(problem) == key[1]), None)
            return (problem.file, problem.line) if problem is not None else None
        file = next((file for file in self._state.files if key[:1] == (file.file,)), None)
        if file is None:
            return None
        if len(key) == 2 and key[1].isdecimal() and int(key[1]) < len(file.problems):
            return file.file, file.problems[int(key[1])].line
        if warning := next((warning for warning in file.warnings if key[1:] == (str(warning),)), None):
            return file.file, warning.line
        line = next((step.place.line for step in file.steps if key[1:] == tuple(step.ref)), 1)
        return file.file, line or 1

    @property
    def selected(self) -> Object[Any] | None:
        """The live object that the line under the cursor describes."""
        ref = self._refs.get(self.cursor) if self.cursor else None
        if ref is None:
            return None
        kind = self.cluster.client.kinds.of_group(ref.group, ref.kind)
        return self.cluster.of(kind).get(ref.name, ref.namespace) if kind is not None else None
