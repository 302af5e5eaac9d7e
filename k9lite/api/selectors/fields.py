"""Field selectors: `status.phase=Running,metadata.name!=fry` (apimachinery: fields; each kind's conversion.go)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from k9lite.api import errors
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object


class _Field(NamedTuple):
    """`absent`: what a field that is not there counts as; `otherwise`: where to look when it is not there or empty."""

    path: tuple[str, ...]
    absent: str = ""
    otherwise: tuple[str, ...] = ()


def _same(*paths: str) -> dict[str, _Field]:
    return {path: _Field(tuple(path.split("."))) for path in paths}


def _reference(field: str) -> dict[str, _Field]:
    names = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    return _same(*(f"{field}.{name}" for name in names))


_METADATA = _same("metadata.name", "metadata.namespace")
# What else can be selected by, per group and kind. All other kinds know only their name and namespace.
_FIELDS: dict[tuple[str, str], dict[str, _Field]] = {
    ("", "Pod"): _same(
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    )
    | {"spec.hostNetwork": _Field(("spec", "hostNetwork"), "false"), "spec.host": _Field(("spec", "nodeName"))},
    ("", "Node"): {"spec.unschedulable": _Field(("spec", "unschedulable"), "false")},
    ("", "Namespace"): _same("status.phase"),
    ("", "Secret"): _same("type"),
    ("", "Service"): _same("spec.clusterIP", "spec.type"),
    ("", "ReplicationController"): {"status.replicas": _Field(("status", "replicas"), "0")},
    ("batch", "Job"): {"status.successful": _Field(("status", "succeeded"), "0")},
    ("certificates.k8s.io", "CertificateSigningRequest"): _same("spec.signerName"),
    ("", "Event"): _reference("involvedObject")
    | _same("reason", "reportingComponent", "type")
    | {"source": _Field(("source", "component"), otherwise=("reportingComponent",))},
    ("events.k8s.io", "Event"): _reference("regarding") | _same("reason", "reportingController", "type"),
}
_SPECIAL = re.compile(r"\\(.?)|([,=])", re.DOTALL)


def selectable(kind: Kind[Any]) -> dict[str, _Field]:
    """The fields that objects of a kind can be selected by."""
    return _METADATA | _FIELDS.get((kind.group, kind.kind), {}) | _same(*kind.selectable_fields)


@dataclass(frozen=True, slots=True)
class FieldRequirement:
    """One field that must, or (negated) must not, have one value."""

    path: str
    value: str
    negated: bool = False

    def __str__(self) -> str:
        value = self.value.replace("\\", r"\\").replace(",", r"\,").replace("=", r"\=")
        return f"{self.path}{'!=' if self.negated else '='}{value}"


@dataclass(frozen=True, slots=True)
class FieldMatcher:
    """All of some requirements."""

    requirements: tuple[FieldRequirement, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(requirement.path for requirement in self.requirements)

    @property
    def name(self) -> str:
        """The one name that is asked for, or ""."""
        return next((r.value for r in self.requirements if r.path == "metadata.name" and not r.negated), "")

    def on(self, kind: Kind[Any]) -> Callable[[Object[Any] | Data], bool]:
        """Whether an object of `kind` meets them all; a field that is missing counts as empty."""
        fields = selectable(kind)
        wanted = [(fields[r.path], r.value, r.negated) for r in self.requirements]
        return lambda obj: all((_read(obj, field) == value) != negated for field, value, negated in wanted)

    def text(self) -> str:
        return ",".join(map(str, self.requirements))


def parse_fields(text: str, kind: Kind[Any] | None = None) -> FieldMatcher:
    """A field selector as a client sends it; BadRequest where it is malformed or `kind` has no such field."""
    matcher = FieldMatcher(tuple(_requirement(term, text) for term in sorted(_terms(text)) if term))
    if kind is not None:
        for path in matcher.paths:
            if path not in selectable(kind):
                raise errors.bad_request(_unsupported(kind, path))
    return matcher


def _unsupported(kind: Kind[Any], path: str) -> str:
    if kind.kind == "Job" and kind.group == "batch":
        return f'field label "{path}" not supported for Job'
    if kind.model is None or (kind.group, kind.kind) in _FIELDS:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _terms(text: str) -> list[str]:
    """`text` cut at every comma that is not escaped."""
    terms, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == ",":
            terms.append(text[start:at])
            start = at + 1
        at += 1
    return [*terms, text[start:]]


def _requirement(term: str, text: str) -> FieldRequirement:
    match = re.search("!=|==|=", term)
    if match is None:
        raise errors.bad_request(f"invalid selector: '{text}'; can't understand '{term}'")
    return FieldRequirement(term[: match.start()], _unescape(term[match.end() :]), match[0] == "!=")


def _unescape(value: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match[2]:
            # Kubernetes prints the rune as a number here.
            raise errors.bad_request(f"invalid field selector: unescaped character in value: {ord(match[2])}")
        if match[1] not in ("\\", ",", "="):
            raise errors.bad_request(f"invalid field selector: invalid escape sequence: \\{match[1]}")
        return match[1]

    return _SPECIAL.sub(plain, value)


def _read(obj: Object[Any] | Data, field: _Field) -> str:
    return _at(obj, field.path, field.absent) or (field.otherwise and _at(obj, field.otherwise, "")) or ""


def _at(obj: Object[Any] | Data, path: tuple[str, ...], absent: str) -> str:
    value: Any = obj
    if isinstance(obj, Object):
        value = obj.meta if path[0] == "metadata" else obj.view
        path = path[1:] if path[0] == "metadata" else path
    for name in path:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    if value is None:
        return absent
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else absent
