"""Documents to manifests: which object of which kind each one describes, and what keeps it from being one."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from k9lite.api import custom_resources, defaults, schema, validation
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data, Key, to_data
from k9lite.yaml_reader.document import Document
from k9lite.yaml_reader.parser import ParsedFile
from k9lite.yaml_reader.problem import FileLine, Problem, Repair

DEFAULT_NAMESPACE = "default"

# What other objects need comes first; everything else in the order of the files.
_FIRST = ("Namespace", "CustomResourceDefinition", "PriorityClass", "ServiceAccount", "Image", "ConfigMap", "Secret")
_LAST = ("Fault",)

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml")
_KUSTOMIZE = (
    "keep it and its resources in a folder whose name begins with _, and run "
    "`kubectl kustomize _FOLDER > built.yaml` in this one"
)


class Ref(NamedTuple):
    """Names one object, whatever version of its group a manifest is written in."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def key(self) -> Key:
        return Key(self.namespace, self.name)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A document that says what it is about."""

    ref: Ref
    kind: Kind[Any]
    document: Document

    @property
    def place(self) -> FileLine:
        """Where it begins."""
        return FileLine(self.document.file, self.document.line)

    @property
    def rank(self) -> int:
        """Lower ranks are applied first."""
        name = self.kind.kind
        return _FIRST.index(name) if name in _FIRST else len(_FIRST) + (name in _LAST)

    def data(self) -> Data:
        """A fresh copy of the object, with its namespace filled in, or taken out where its kind has none."""
        data = to_data(self.document.data)
        if self.ref.namespace:
            data["metadata"]["namespace"] = self.ref.namespace
        elif not self.kind.namespaced:
            data["metadata"].pop("namespace", None)
        return data


@dataclass(frozen=True, slots=True)
class Resolved:
    """`manifests` in the order of files; those of objects that are there twice are left out, and told in `problems`.

    refs: of the manifests. The rest is for the next time: the kinds that were served, and what was found of the data
    of each document.
    """

    manifests: tuple[Manifest, ...]
    problems: tuple[Problem, ...]
    refs: frozenset[Ref] = frozenset()
    served: tuple[Kind[Any], ...] = field(default=(), compare=False, repr=False)
    definitions: Mapping[int, "_Definition"] = field(default_factory=dict, compare=False, repr=False)
    found: Mapping[int, Manifest] = field(default_factory=dict, compare=False, repr=False)


class _Definition(NamedTuple):
    data: Data
    kinds: tuple[Kind[Any], ...]


def resolve(files: Iterable[ParsedFile], kinds: Kinds, before: Resolved | None = None) -> Resolved:
    """What the files describe, in a cluster that serves `kinds` and the custom resources the files define.

    before: the outcome of the last time; documents whose data are the same are not judged again
    """
    documents = [document for file in files for document in file.documents]
    definitions = _definitions(documents, kinds, before)
    known = Kinds([*kinds, *(kind for definition in definitions.values() for kind in definition.kinds)])
    served = tuple(known)
    found_before = before.found if before is not None and before.served == served else {}
    problems: list[Problem] = []
    found: dict[int, Manifest] = {}
    manifests: dict[Ref, Manifest] = {}
    again: defaultdict[Ref, list[Manifest]] = defaultdict(list)
    for document in documents:
        manifest = found_before.get(id(document.data))
        if manifest is None:
            kind = known.of(document.api_version, document.kind)
            mistakes = list(_mistakes(document, kind, known))
            problems += mistakes
            if kind is None or mistakes:
                continue
            manifest = Manifest(_ref(document, kind), kind, document)
        elif manifest.document is not document:
            manifest = Manifest(manifest.ref, manifest.kind, document)
        found[id(document.data)] = manifest
        if manifests.setdefault(manifest.ref, manifest) is not manifest:
            again[manifest.ref].append(manifest)
    for ref, others in again.items():
        problems += _duplicates(ref, [manifests.pop(ref), *others])
    return Resolved(tuple(manifests.values()), tuple(problems), frozenset(manifests), served, definitions, found)


def _ref(document: Document, kind: Kind[Any]) -> Ref:
    namespace = (document.namespace or DEFAULT_NAMESPACE) if kind.namespaced else ""
    return Ref(kind.group, kind.kind, namespace, document.name)


def _definitions(documents: Iterable[Document], kinds: Kinds, before: Resolved | None) -> dict[int, _Definition]:
    """What the definitions among the documents define, by the identity of their data."""
    definitions = {}
    for document in documents:
        if document.kind == "CustomResourceDefinition" and isinstance(document.data.get("spec"), dict):
            definition = before.definitions.get(id(document.data)) if before is not None else None
            definitions[id(document.data)] = definition or _Definition(
                document.data, tuple(_custom_kinds(document, kinds))
            )
    return definitions


def _mistakes(document: Document, kind: Kind[Any] | None, kinds: Kinds) -> Iterator[Problem]:
    if _is_kustomization(document):
        yield document.problem("", "a kustomization is built by kubectl, and what it builds is applied", _KUSTOMIZE)
        return
    if not document.api_version:
        hint, _ = _versions(document.kind, kinds)
        yield document.problem("apiVersion", "apiVersion not set", hint)
    if not document.kind:
        yield document.problem("kind", "kind not set")
    if document.api_version and document.kind and (kind is None or not kind.stored):
        message = f'no matches for kind "{document.kind}" in version "{document.api_version}"'
        yield document.problem("kind", message, *_kind_hint(document, kinds))
    if not document.name:
        yield _no_name(document)


def _is_kustomization(document: Document) -> bool:
    """Some say what they are, and others only by the name of their file."""
    group = document.api_version.partition("/")[0]
    name = document.file.rpartition("/")[2]
    return group == "kustomize.config.k8s.io" or (name in _KUSTOMIZATIONS and not document.kind)


def _no_name(document: Document) -> Problem:
    metadata = document.data.get("metadata")
    given = metadata.get("name") if isinstance(metadata, dict) else None
    if isinstance(given, bool | int | float):  # `name: n` is false
        found = "bool" if isinstance(given, bool) else "number"
        message = f"json: cannot unmarshal {found} into Go struct field ObjectMeta.metadata.name of type string"
        return document.problem("metadata.name", message, "it must be text: put it in quotes", Repair("add quotes"))
    generated = isinstance(metadata, dict) and metadata.get("generateName")
    hint = "an object that is applied again and again needs a fixed name" if generated else ""
    return document.problem("metadata.name", "metadata.name: Required value: name is required", hint)


def _versions(kind: str, kinds: Kinds) -> tuple[str, Repair | None]:
    """The API versions that have the kind, in words, and as a repair where only one has it."""
    versions = [candidate.api_version for candidate in kinds if candidate.kind == kind and candidate.stored]
    repair = Repair("change apiVersion", versions[0]) if len(versions) == 1 else None
    return f"{kind} is in {' and '.join(versions)}" if versions else "", repair


def _kind_hint(document: Document, kinds: Kinds) -> tuple[str, Repair | None]:
    """Where the kind really is, or which one may be meant; and the repair for that."""
    hint, repair = _versions(document.kind, kinds)
    if hint:
        return hint, repair
    names = {known.kind.lower(): known for known in kinds if known.stored}
    for close in difflib.get_close_matches(document.kind.lower(), names, cutoff=0.7):
        known = names[close]
        elsewhere = "" if known.api_version == document.api_version else f" ({known.api_version})"
        return f"did you mean `{known.kind}`?{elsewhere}", Repair("replace the value", known.kind)
    hint = "a custom resource needs its CustomResourceDefinition first" if "." in document.api_version else ""
    return hint, None


def _duplicates(ref: Ref, several: list[Manifest]) -> Iterator[Problem]:
    """An object that is described twice is an error in both places: neither of them wins."""
    for manifest in several:
        others = ", ".join(str(other.place) for other in several if other is not manifest)
        hint = "two objects of one kind need different names or namespaces"
        yield manifest.document.problem("metadata.name", f"{ref} is described again in {others}", hint)


def _custom_kinds(document: Document, kinds: Kinds) -> Iterable[Kind[Any]]:
    """The kinds that a CustomResourceDefinition defines."""
    kind = kinds.of(document.api_version, document.kind)
    defined = _defined(kind, document.data) if kind is not None else None
    return _names_of(document.data["spec"]) if defined is None else defined


def _defined(kind: Kind[Any], data: Data) -> list[Kind[Any]] | None:
    """What a definition defines, with the schemas of that; None when the API server would refuse it."""
    try:
        clean, _ = schema.decode(kind, to_data(data), "Ignore")
    except StatusError:
        return None
    defaults.apply(kind, clean)
    return None if validation.create(kind, clean) else custom_resources.kinds_of(clean)


def _names_of(spec: Data) -> Iterator[Kind[Any]]:
    """The kinds of a definition that is wrong: what is wrong is told there, and not at each of its objects."""
    names, versions = spec.get("names"), spec.get("versions")
    if isinstance(names, dict) and isinstance(versions, list):
        for version in versions:
            if isinstance(version, dict):
                yield _named(spec, names, version)


def _named(spec: Data, names: Data, version: Data) -> Kind[Any]:
    group, name, kind = str(spec.get("group")), str(version.get("name")), str(names.get("kind"))
    return Kind(group, name, kind, str(names.get("plural")), spec.get("scope") != "Cluster", singular=kind.lower())
