"""What is to be done about a folder: what to apply, what to prune, and when to look again; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from k9lite.manifests.applying import Action, Step
from k9lite.manifests.pruning import ABSENCE, absences, due, gone
from k9lite.manifests.resolving import Manifest, Ref, Resolved
from k9lite.manifests.scanning import Snapshot


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one object when it was last applied, and from what."""

    manifest: Manifest
    step: Step


@dataclass(frozen=True, slots=True)
class Plan:
    """`apply` in order; `absent`: since when objects are gone from the folder; those of `prune` for long enough.

    wait: seconds until something else is to be pruned; None when nothing is
    """

    apply: tuple[Manifest, ...]
    prune: tuple[Ref, ...]
    absent: Mapping[Ref, float]
    wait: float | None

    def without(self, ref: Ref) -> "Plan":
        """The same plan after `ref` has been pruned."""
        return replace(self, absent={other: since for other, since in self.absent.items() if other != ref})


def decide(
    snapshot: Snapshot,
    resolved: Resolved,
    owned: Mapping[Ref, str],
    applied: Mapping[Ref, Applied],
    absent: Mapping[Ref, float],
    now: float,
    *,
    saved: Collection[str] = (),
    drifted: Collection[Ref] = (),
    everything: bool = False,
) -> Plan:
    """What to do about the folder as `snapshot` and `resolved` have it.

    owned: the folder's objects in the cluster, and the file of each ("" where that is not known)
    absent: since when objects are gone; now: by the same clock, in seconds
    saved: files with a new content; a save takes back what has drifted, and tries again what was refused
    everything: apply what has not changed, too
    """
    apply = [
        manifest
        for manifest in resolved.manifests
        if everything or _is_due(manifest, applied.get(manifest.ref), bool(saved), drifted)
    ]
    apply.sort(key=lambda manifest: (manifest.rank, manifest.document.file not in saved))
    unclear = _unclear(snapshot, resolved)
    gone_since = absences(absent, gone(owned, resolved.refs, unclear), now)
    prune = sorted(due(gone_since, now), key=lambda ref: ref.kind == "Namespace")
    waits = [ABSENCE - now + since for ref, since in gone_since.items() if ref not in prune]
    return Plan(tuple(apply), tuple(prune), gone_since, min(waits) if waits else None)


def _is_due(manifest: Manifest, applied: Applied | None, is_save: bool, drifted: Collection[Ref]) -> bool:
    """Whether an object is to be applied: it is another one, was refused for a reason that may have passed, or, when
    something was saved, is no longer as the folder has it.
    """
    if applied is None or applied.step.retry or not is_same(manifest, applied.manifest):
        return True
    return is_save and (applied.step.action is Action.REFUSED or manifest.ref in drifted)


def is_same(manifest: Manifest, other: Manifest) -> bool:
    """Whether two manifests say the same of their object, wherever it stands."""
    if manifest is other:
        return True
    data, old = manifest.document.data, other.document.data
    return manifest.kind.api_version == other.kind.api_version and (data is old or data == old)


def _unclear(snapshot: Snapshot, resolved: Resolved) -> dict[str, bytes]:
    """The files that do not certainly say what they describe: empty ones, and those with mistakes."""
    wrong = {problem.file for problem in resolved.problems}
    return {
        name: file.raw
        for name, file in snapshot.files.items()
        if name in wrong or not (parsed := file.parsed).documents or parsed.problems
    }
