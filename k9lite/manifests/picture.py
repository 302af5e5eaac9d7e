"""The state of a folder as others see it, made anew only for the files that something has happened to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from k9lite.manifests.deciding import Applied
from k9lite.manifests.resolving import Manifest, Ref, Resolved
from k9lite.manifests.scanning import Snapshot
from k9lite.manifests.state import FileState
from k9lite.yaml_reader.problem import Problem


class Picture:
    """Keeps a FileState for each file of a folder."""

    def __init__(self) -> None:
        self._files: dict[str, FileState] = {}
        self._stale: set[str] = set()
        self._manifests: dict[str, list[Manifest]] = {}
        self._problems: dict[str, list[Problem]] = {}
        self._times: dict[str, tuple[float, float | None]] = {}  # by file: saved, applied

    def saved(self, file: str, at: float) -> None:
        """The file has a new content."""
        self._times[file] = (at, None)
        self._stale.add(file)

    def applied(self, file: str, at: float) -> None:
        """What the file says has gone to the cluster."""
        self._times[file] = (self._times[file][0], at)
        self._stale.add(file)

    def touch(self, file: str) -> None:
        """Something has happened to an object of the file."""
        self._stale.add(file)

    def resolved(self, resolved: Resolved) -> None:
        """What the files say now."""
        manifests: defaultdict[str, list[Manifest]] = defaultdict(list)
        for manifest in resolved.manifests:
            manifests[manifest.document.file].append(manifest)
        problems: defaultdict[str, list[Problem]] = defaultdict(list)
        for problem in resolved.problems:
            problems[problem.file].append(problem)
        self._stale |= {file for file in {*problems, *self._problems} if problems[file] != self._problems.get(file, [])}
        # Most are the very same objects as before, which makes comparing them cheap.
        self._stale |= {file for file, here in manifests.items() if here != self._manifests.get(file)}
        self._stale |= self._manifests.keys() - manifests.keys()
        self._manifests, self._problems = dict(manifests), dict(problems)

    def manifests(self, file: str) -> Iterable[Manifest]:
        return self._manifests.get(file, ())

    def files(
        self, snapshot: Snapshot, applied: Mapping[Ref, Applied], owned: Mapping[Ref, str]
    ) -> tuple[FileState, ...]:
        """The state of each file, in order."""
        stale = {file for file in snapshot.files if file in self._stale or file not in self._files}
        kept = _kept(stale, snapshot, owned)
        for file in stale:
            self._files[file] = self._state(file, snapshot, applied, kept.get(file, []))
        if len(self._files) != len(snapshot.files):
            self._files = {file: self._files[file] for file in snapshot.files}
        self._stale = set()
        return tuple(self._files[file] for file in snapshot.files)

    def _state(self, file: str, snapshot: Snapshot, applied: Mapping[Ref, Applied], kept: list[Ref]) -> FileState:
        parsed = snapshot.files[file].parsed
        manifests = self._manifests.get(file, [])
        found = [(applied[manifest.ref].step, manifest) for manifest in manifests if manifest.ref in applied]
        steps = tuple(step if step.place == at.place else replace(step, place=at.place) for step, at in found)
        problems = [*parsed.problems, *self._problems.get(file, ())]
        warnings = list(parsed.warnings)
        for step in steps:
            problems += step.problems
            warnings += step.warnings
        refs = (*kept, *_refs(manifests))
        return FileState(file, refs, tuple(problems), *self._times[file], steps, tuple(warnings))


def _kept(stale: Iterable[str], snapshot: Snapshot, owned: Mapping[Ref, str]) -> Mapping[str, list[Ref]]:
    """What the files that cannot be read last said, while they could be."""
    broken = {file for file in stale if snapshot.files[file].parsed.problems}
    kept: defaultdict[str, list[Ref]] = defaultdict(list)
    for ref, file in owned.items() if broken else ():
        if file in broken:
            kept[file].append(ref)
    return kept


def _refs(manifests: Iterable[Manifest]) -> list[Ref]:
    return [manifest.ref for manifest in manifests]
