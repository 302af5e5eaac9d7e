"""Rules for the metadata of every kind (apimachinery: pkg/api/validation/objectmeta.go)."""

from collections.abc import Mapping
from typing import Any

from k9lite.api import errors, names
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.labels import labels
from k9lite.api.validation.values import Errors

_MOST_ANNOTATION_BYTES = 256 * 1024
_STANDARD_FINALIZERS = {
    "kubernetes",
    "orphan",
    "foregroundDeletion",
    "customresourcecleanup.apiextensions.k8s.io",
}
_IMMUTABLE = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)

# What an object may be called, where it is not a DNS subdomain.
_NAME_RULES: Mapping[tuple[str, str], names.Rule] = {
    ("", "Namespace"): names.dns_label,
    ("", "Service"): names.dns_label,
    ("rbac.authorization.k8s.io", "Role"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRole"): names.path_segment,
    ("rbac.authorization.k8s.io", "RoleBinding"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): names.path_segment,
    ("certificates.k8s.io", "CertificateSigningRequest"): names.path_segment,
    ("apiregistration.k8s.io", "APIService"): names.path_segment,  # that it is as its spec says is checked besides
    ("networking.k8s.io", "IPAddress"): names.path_segment,
    ("k9lite.dev", "Fault"): names.path_segment,
    ("k9lite.dev", "Image"): names.path_segment,
}


def _name_rule(kind: Kind[Any]) -> names.Rule:
    return _NAME_RULES.get((kind.group, kind.kind), names.dns_subdomain)


def create(kind: Kind[Any], metadata: Data) -> Errors:
    """Metadata of a new object, whose name is already generated."""
    rule = _name_rule(kind)
    if metadata.get("generateName"):
        prefix = metadata["generateName"]
        for message in names.generated(rule, prefix):
            yield errors.invalid("metadata.generateName", prefix, message)
    if metadata.get("name"):
        yield from values.text("metadata.name", metadata["name"], rule)
    else:
        yield errors.required("metadata.name", "name or generateName is required")
    if kind.namespaced:
        yield from values.required_text("metadata.namespace", metadata.get("namespace"), names.dns_label)
    elif metadata.get("namespace"):
        yield errors.forbidden_field("metadata.namespace", "not allowed on this type")
    yield from values.non_negative("metadata", metadata, "generation")
    yield from _shared(metadata)


def embedded(metadata: Data) -> Errors:
    """Metadata of an object within another: nobody needs to have named it yet."""
    if metadata.get("name"):
        yield from values.text("metadata.name", metadata["name"], names.path_segment)
    if metadata.get("namespace"):
        yield from values.text("metadata.namespace", metadata["namespace"], names.dns_label)
    yield from _shared(metadata)


def update(new: Data, old: Data) -> Errors:
    """Metadata of a changed object; its resourceVersion is the business of the API server."""
    if old.get("deletionTimestamp"):
        yield from _no_new_finalizers(new, old)
    if new.get("generation", 0) < old.get("generation", 0):
        yield errors.invalid("metadata.generation", new.get("generation", 0), "must not be decremented")
    for field in _IMMUTABLE:
        if new.get(field) != old.get(field):
            yield from values.immutable(f"metadata.{field}", new.get(field), old.get(field))
    yield from _shared(new)


def _shared(metadata: Data) -> Errors:
    if "labels" in metadata:
        yield from labels("metadata.labels", metadata["labels"])
    if "annotations" in metadata:
        yield from annotations("metadata.annotations", metadata["annotations"])
    if "ownerReferences" in metadata:
        yield from _owner_references(metadata["ownerReferences"])
    if "finalizers" in metadata:
        yield from _finalizers(metadata["finalizers"])


def annotations(path: str, given: Mapping[str, str] | None) -> Errors:
    size = 0
    for key, value in (given or {}).items():
        for message in names.qualified_name(key.lower()):
            yield errors.invalid(path, key, message)
        size += len(key) + len(value)  # bytes matter only near the limit
    if size > _MOST_ANNOTATION_BYTES // 4 and _bytes(given or {}) > _MOST_ANNOTATION_BYTES:
        yield errors.too_long(path, _MOST_ANNOTATION_BYTES)


def _bytes(given: Mapping[str, str]) -> int:
    return sum(len(key.encode()) + len(value.encode()) for key, value in given.items())


def _owner_references(references: list[Data]) -> Errors:
    path, controller = "metadata.ownerReferences", ""
    for reference in references:
        if not reference.get("apiVersion"):
            yield errors.invalid(f"{path}.apiVersion", "", "version must not be empty")
        for field in ("kind", "name", "uid"):
            if not reference.get(field):
                yield errors.invalid(f"{path}.{field}", "", "must not be empty")
        if (reference.get("apiVersion"), reference.get("kind")) == ("v1", "Event"):
            yield errors.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner")
        if reference.get("controller"):
            current = f"{reference.get('kind')}/{reference.get('name')}"
            if controller:
                message = (
                    "Only one reference can have Controller set to true. "
                    f'Found "true" in references for {controller} and {current}'
                )
                yield errors.invalid(path, references, message)
            else:
                controller = current


def finalizer(path: str, name: str) -> Errors:
    yield from values.text(path, name, names.qualified_name)
    if "/" not in name and name not in _STANDARD_FINALIZERS:
        yield errors.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified")


def _finalizers(given: list[str]) -> Errors:
    path = "metadata.finalizers"
    for name in given:
        yield from finalizer(path, name)
    if "orphan" in given and "foregroundDeletion" in given:
        message = "finalizer orphan and foregroundDeletion cannot be both set"
        yield errors.invalid(path, given, message)


def _no_new_finalizers(new: Data, old: Data) -> Errors:
    added = sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ()))
    if added:
        shown = ", ".join(f'"{name}"' for name in added)
        message = (
            f"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{shown}}}"
        )
        yield errors.forbidden_field("metadata.finalizers", message)
