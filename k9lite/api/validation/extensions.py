"""Rules for definitions of custom resources: names, scope, versions and their schemas (apiextensions-apiserver)."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_SCOPES = ("Cluster", "Namespaced")
_NO_PRESERVING = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
)
_TYPES = ("array", "boolean", "integer", "number", "object", "string")


def _definition(data: Data) -> Errors:
    spec = data.get("spec") or {}
    wanted = f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"
    name = (data.get("metadata") or {}).get("name", "")
    if name != wanted:
        yield errors.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    group = spec.get("group", "")
    if not group:
        yield errors.required("spec.group")
    else:
        yield from values.text("spec.group", group, names.dns_subdomain)
        if "." not in group:
            yield errors.invalid("spec.group", group, "should be a domain with at least one dot")
    yield from values.one_of("spec.scope", spec.get("scope"), _SCOPES)
    if spec.get("preserveUnknownFields"):
        yield errors.invalid("spec.preserveUnknownFields", True, _NO_PRESERVING)
    yield from _versions(spec.get("versions") or [])
    yield from _names("spec.names", spec.get("names") or {})


def _versions(versions: list[Data]) -> Errors:
    seen: set[str] = set()
    for index, version in enumerate(versions):
        path, name = f"spec.versions[{index}]", version.get("name", "")
        if name in seen:
            yield errors.invalid("spec.versions", versions, "must contain unique version names")
        seen.add(name)
        yield from values.text(f"{path}.name", name, names.dns_1035_label)
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if schema is None:
            yield errors.required(f"{path}.schema.openAPIV3Schema", "schemas are required")
        else:
            yield from _root_schema(f"{path}.schema.openAPIV3Schema", schema)
        for position, column in enumerate(version.get("additionalPrinterColumns") or ()):
            yield from _printer_column(f"{path}.additionalPrinterColumns[{position}]", column)
    if sum(bool(version.get("storage")) for version in versions) != 1:
        shown = [version.get("name", "") for version in versions]
        yield errors.invalid("spec.versions", shown, "must have exactly one version marked as storage version")


def _root_schema(path: str, schema: Data) -> Errors:
    if schema.get("type") != "object":
        if schema.get("type"):
            yield errors.invalid(f"{path}.type", schema["type"], "must be object at the root")
        else:
            yield errors.required(f"{path}.type", "must not be empty at the root")
    yield from _schema(path, schema)


def _schema(path: str, schema: Data) -> Errors:
    """Structural: below the root every value has a type, unless it may be anything."""
    kind = schema.get("type", "")
    if kind and kind not in _TYPES:
        yield errors.not_supported(f"{path}.type", kind, _TYPES)
    for name, field in (schema.get("properties") or {}).items():
        yield from _typed(f"{path}.properties[{name}]", field)
    if kind == "array":
        if "items" in schema:
            yield from _typed(f"{path}.items", schema["items"])
        else:
            yield errors.required(f"{path}.items", "must be specified")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _typed(f"{path}.additionalProperties", schema["additionalProperties"])


def _typed(path: str, schema: Data) -> Errors:
    free = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-int-or-string")
    if not schema.get("type") and not free:
        yield errors.required(f"{path}.type", "must not be empty for specified object fields")
    yield from _schema(path, schema)


def _printer_column(path: str, column: Data) -> Errors:
    yield from values.required(path, column, "name")
    kinds = ("boolean", "date", "integer", "number", "string")
    if not column.get("type"):
        yield errors.required(f"{path}.type", f"must be one of {','.join(kinds)}")
    elif column["type"] not in kinds:
        yield errors.invalid(f"{path}.type", column["type"], f"must be one of {','.join(kinds)}")
    yield from values.required(path, column, "jsonPath")


def _names(path: str, given: Data) -> Errors:
    for field in ("plural", "singular"):
        if given.get(field) or field == "plural":
            yield from values.text(f"{path}.{field}", given.get(field, ""), names.dns_1035_label)
    for field in ("kind", "listKind"):
        if given.get(field) or field == "kind":
            yield from values.text(
                f"{path}.{field}", given.get(field, ""), lambda kind: names.dns_1035_label(kind.lower())
            )
    for field in ("shortNames", "categories"):
        for index, name in enumerate(given.get(field) or ()):
            yield from values.text(f"{path}.{field}[{index}]", name, names.dns_1035_label)
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        message = "kind and listKind may not be the same"
        yield errors.invalid(f"{path}.listKind", given["listKind"], message)


def _definition_update(new: Data, old: Data) -> Errors:
    yield from _definition(new)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    for path in ("group", "scope"):
        yield from values.immutable(f"spec.{path}", after.get(path), before.get(path))
    for name in ("kind", "plural"):
        changed = (after.get("names") or {}).get(name)
        yield from values.immutable(f"spec.names.{name}", changed, (before.get("names") or {}).get(name))
    yield from _stored_versions(new)


def _stored_versions(data: Data) -> Errors:
    """A version in which objects may still be stored has to stay."""
    there = {version.get("name") for version in (data.get("spec") or {}).get("versions") or ()}
    for index, name in enumerate((data.get("status") or {}).get("storedVersions") or ()):
        if name not in there:
            why = (
                f"missing from spec.versions; {name} was previously a storage version, and must remain in "
                f"spec.versions until a storage migration ensures no data remains persisted in {name} and "
                f"removes {name} from status.storedVersions"
            )
            yield errors.invalid(f"status.storedVersions[{index}]", name, why)


RULES = {"CustomResourceDefinition": Rules(_definition, _definition_update)}
