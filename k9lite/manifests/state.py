"""What the dashboard shows of a folder: immutable pictures of one moment."""

from dataclasses import dataclass
from pathlib import Path

from k9lite.api.diff import Change
from k9lite.manifests.applying import Step
from k9lite.manifests.resolving import Ref
from k9lite.yaml_reader.problem import FileLine, Problem


@dataclass(frozen=True, slots=True)
class FileState:
    """One file. Times are wall times in seconds since the epoch; `applied_at` is None until a save of it went through.

    steps: what its objects met with when they were last applied
    warnings: what does not keep it from being applied
    """

    file: str
    objects: tuple[Ref, ...]
    problems: tuple[Problem, ...]
    saved_at: float
    applied_at: float | None
    steps: tuple[Step, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def save_to_applied(self) -> float | None:
        """Seconds from the save to the API server's answer."""
        return None if self.applied_at is None else max(0.0, self.applied_at - self.saved_at)


@dataclass(frozen=True, slots=True)
class Drift:
    """An object that is no longer as the folder has it; the next save puts that right.

    changes: from what is (`old`) to what the folder wants (`new`); empty when the object is `missing`
    """

    ref: Ref
    place: FileLine
    changes: tuple[Change, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True)
class FolderState:
    """`present` is false while the folder does not exist, or another one in its place is still empty: then nothing is
    changed.

    plan: what the last save did, in order; `saves` counts them
    leaving: objects that no file describes any more and that are about to be pruned
    unpruned: why some of those stay all the same, under the name of the file they were in
    """

    folder: Path
    present: bool = False
    files: tuple[FileState, ...] = ()
    plan: tuple[Step, ...] = ()
    leaving: tuple[Ref, ...] = ()
    drift: tuple[Drift, ...] = ()
    saves: int = 0
    unpruned: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*(problem for file in self.files for problem in file.problems), *self.unpruned)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(warning for file in self.files for warning in file.warnings)

    @property
    def objects(self) -> tuple[Ref, ...]:
        return tuple(ref for file in self.files for ref in file.objects)
