"""Everything that can be said about a folder of manifests without a cluster."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from k9lite.api import defaults, schema, validation
from k9lite.api.errors import StatusError, invalid_object, not_found
from k9lite.api.kinds import Kinds
from k9lite.manifests import refusals
from k9lite.manifests.resolving import DEFAULT_NAMESPACE, Manifest, resolve
from k9lite.manifests.scanning import Snapshot, scan
from k9lite.yaml_reader.parser import ParsedFile, parse
from k9lite.yaml_reader.problem import Problem

BORN_NAMESPACES = (DEFAULT_NAMESPACE, "kube-system", "kube-public", "kube-node-lease")


@dataclass(frozen=True, slots=True)
class Findings:
    """`objects` counts those that are described, right or wrong; problems are in the order of files and lines.

    warnings: what is taken, and yet can hardly be meant
    """

    files: int
    objects: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check(root: Path) -> Findings:
    """Check the manifests in a folder, or one file."""
    files = [file.parsed for file in scan(root, Snapshot()).files.values()]
    problems = _all_problems(files, Kinds(), BORN_NAMESPACES)
    warnings = tuple(warning for file in files for warning in file.warnings)
    return Findings(len(files), sum(len(file.documents) for file in files), problems, warnings)


def check_text(file: str, text: str, kinds: Kinds, namespaces: Iterable[str] = BORN_NAMESPACES) -> tuple[Problem, ...]:
    """The problems of one file as it is being written, in a cluster that has `kinds` and `namespaces`."""
    return _all_problems([parse(file, text.encode())], kinds, namespaces)


def _all_problems(files: Sequence[ParsedFile], kinds: Kinds, namespaces: Iterable[str]) -> tuple[Problem, ...]:
    resolved = resolve(files, kinds)
    described = {manifest.ref.name for manifest in resolved.manifests if manifest.kind.kind == "Namespace"}
    problems = [problem for file in files for problem in file.problems] + list(resolved.problems)
    for manifest in resolved.manifests:
        problems += _problems(manifest, {*described, *namespaces})
    return tuple(sorted(set(problems)))


def _problems(manifest: Manifest, namespaces: set[str]) -> Iterator[Problem]:
    """What the API server would say when the object is created."""
    kind, ref = manifest.kind, manifest.ref
    if ref.namespace and ref.namespace not in namespaces:
        yield from refusals.problems(manifest, not_found("", "namespaces", ref.namespace))
    if kind.model is None:
        return  # a custom resource: its schema is in the cluster
    try:
        clean, _ = schema.decode(kind, manifest.data())
    except StatusError as error:
        yield from refusals.problems(manifest, error)
        return
    defaults.apply(kind, clean)
    if errors := validation.create(kind, clean):
        yield from refusals.problems(manifest, invalid_object(kind.group, kind.kind, ref.name, errors))
