"""Everything that can be said about a folder of manifests without a cluster."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k9lite.api import addresses, custom_resources, defaults, kinds, schema, services, validation, warnings
from k9lite.api.errors import FieldError, StatusError, invalid, invalid_object, not_found
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data
from k9lite.api.validation import custom_resource
from k9lite.manifests import exported, refusals
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
    odd = [warning for file in files for warning in file.warnings]
    for manifest in resolve(files, Kinds()).manifests:
        odd += _warnings(manifest)
    return Findings(len(files), sum(len(file.documents) for file in files), problems, tuple(sorted(odd)))


def check_text(file: str, text: str, served: Kinds, namespaces: Iterable[str] = BORN_NAMESPACES) -> tuple[Problem, ...]:
    """The problems of one file as it is being written, in a cluster that has the kinds `served` and `namespaces`."""
    return _all_problems([parse(file, text.encode())], served, namespaces)


def _all_problems(files: Sequence[ParsedFile], served: Kinds, namespaces: Iterable[str]) -> tuple[Problem, ...]:
    resolved = resolve(files, served)
    described = {manifest.ref.name for manifest in resolved.manifests if manifest.kind.kind == "Namespace"}
    problems = [problem for file in files for problem in file.problems] + list(resolved.problems)
    for manifest in resolved.manifests:
        problems += _problems(manifest, {*described, *namespaces})
    return tuple(sorted(set(problems)))


def _warnings(manifest: Manifest) -> Iterator[Problem]:
    """What the API server would take with a word of warning."""
    with suppress(StatusError):
        clean, _ = schema.decode(manifest.kind, manifest.data())
        notices = custom_resources.notices(clean) if manifest.kind.kind == "CustomResourceDefinition" else []
        defaults.apply(manifest.kind, clean)
        texts = (warnings.deprecation(manifest.kind), *warnings.of(manifest.kind, clean), *notices)
        for text in filter(None, texts):
            yield manifest.document.problem(warnings.path(text), text)


def _unreachable(kind: Kind[Any], data: Data) -> Iterator[FieldError]:
    """An address that no cluster here can give to a Service."""
    address = data.get("spec", {}).get("clusterIP") if kind == kinds.SERVICE else None
    if address and address.count(".") == 3 and not services.may_be_cluster_ip(address):
        why = (
            f"failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. "
            f"The range of valid IPs is 127.{addresses.FIRST_SERVICES}.0.0/16"
        )
        yield invalid("spec.clusterIPs", [address], why)


def _problems(manifest: Manifest, namespaces: set[str]) -> Iterator[Problem]:
    """What the API server would say when the object is created."""
    kind, ref = manifest.kind, manifest.ref
    if ref.namespace and ref.namespace not in namespaces:
        yield from refusals.problems(manifest, not_found("", "namespaces", ref.namespace))
    yield from exported.mistakes(manifest.document, None)
    try:
        clean, _ = schema.decode(kind, exported.without(kind, manifest.data()))
    except StatusError as error:
        yield from refusals.problems(manifest, error)
        return
    if kind.schema is not None:
        custom_resources.fill_defaults(kind.schema, clean)
    defaults.apply(kind, clean)
    errors = [*validation.create(kind, clean), *custom_resource.problems(kind, clean), *_unreachable(kind, clean)]
    if errors:
        yield from refusals.problems(manifest, invalid_object(kind.group, kind.kind, ref.name, errors))
