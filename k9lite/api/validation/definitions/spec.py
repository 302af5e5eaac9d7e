"""Rules for definitions of custom resources: group, names, scope, versions, approval, and what may change."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from k9lite.api import errors, names
from k9lite.api.conditions import find
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.definitions import paths
from k9lite.api.validation.definitions.conversion import conversion
from k9lite.api.validation.definitions.default_values import default_values
from k9lite.api.validation.definitions.hub import folded
from k9lite.api.validation.definitions.rules import rules_of
from k9lite.api.validation.definitions.schema_rules import schema_rules
from k9lite.api.validation.definitions.structural import structural
from k9lite.api.validation.values import Errors

_SCOPES = ("Cluster", "Namespaced")
_NO_PRESERVING = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
)
_APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = ("k8s.io", "kubernetes.io")
_ENHANCEMENT = "see https://github.com/kubernetes/enhancements/pull/1111"
_LONGEST_WARNING = 256
# What may stand at the root of a schema whose status is a subresource of its own.
_AT_ROOT = {
    "Description": "description",
    "Type": "type",
    "Format": "format",
    "Title": "title",
    "Maximum": "maximum",
    "ExclusiveMaximum": "exclusiveMaximum",
    "Minimum": "minimum",
    "ExclusiveMinimum": "exclusiveMinimum",
    "MaxLength": "maxLength",
    "MinLength": "minLength",
    "Pattern": "pattern",
    "MaxItems": "maxItems",
    "MinItems": "minItems",
    "UniqueItems": "uniqueItems",
    "MultipleOf": "multipleOf",
    "Required": "required",
    "Items": "items",
    "Properties": "properties",
    "ExternalDocs": "externalDocs",
    "Example": "example",
    "XPreserveUnknownFields": "x-kubernetes-preserve-unknown-fields",
    "XValidations": "x-kubernetes-validations",
}


def create(data: Data) -> Errors:
    """Of a new definition."""
    yield from _definition(data, established=False)
    yield from _approval(data, None)


def update(new: Data, old: Data) -> Errors:
    """Of a changed one: what its objects are stored under stays."""
    established = _is_established(old)
    yield from _definition(new, established=established)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    if established:
        yield from values.immutable("spec.scope", after.get("scope"), before.get("scope"))
    for name in ("kind", "plural") if established else ("plural",):
        changed = (after.get("names") or {}).get(name)
        yield from values.immutable(f"spec.names.{name}", changed, (before.get("names") or {}).get(name))
    yield from values.immutable("spec.group", after.get("group"), before.get("group"))
    yield from _stored_versions(new)
    yield from _approval(new, old)


def _is_established(data: Data) -> bool:
    condition = find((data.get("status") or {}).get("conditions"), "Established")
    return condition is not None and condition.get("status") == "True"


def _definition(data: Data, *, established: bool) -> Errors:
    spec = folded(data.get("spec") or {})
    wanted = f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"
    name = (data.get("metadata") or {}).get("name", "")
    if name != wanted:
        yield errors.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    yield from _group(spec.get("group", ""))
    yield from values.one_of("spec.scope", spec.get("scope"), _SCOPES)
    yield from _versions(spec)
    yield from _names("spec.names", spec.get("names") or {})
    yield from _shared(spec)
    yield from conversion("spec.conversion", spec.get("conversion"), established=established)
    if spec.get("preserveUnknownFields"):
        yield errors.invalid("spec.preserveUnknownFields", True, _NO_PRESERVING)


def _group(group: str) -> Errors:
    if not group:
        yield errors.required("spec.group")
        return
    messages = names.dns_subdomain(group)
    if messages:
        yield errors.invalid("spec.group", group, ",".join(messages))
    elif "." not in group:
        yield errors.invalid("spec.group", group, "should be a domain with at least one dot")


def _versions(spec: Data) -> Errors:
    versions = spec.get("versions") or []
    if _schema(spec.get("validation")) is None:
        for index, version in enumerate(versions):
            if _schema(version.get("schema")) is None:
                yield errors.required(f"spec.versions[{index}].schema.openAPIV3Schema")
    seen: set[str] = set()
    has_status = _has_status(spec)
    for index, version in enumerate(versions):
        path, name = f"spec.versions[{index}]", version.get("name", "")
        messages = names.dns_1035_label(name)
        if messages:
            yield errors.invalid(f"{path}.name", name, ",".join(messages))
        yield from _deprecation(f"{path}.deprecationWarning", version)
        yield from _parts(path, f"{path}.schema", version.get("schema"), version, _has_status(version) or has_status)
        seen.add(name)
    if len(seen) != len(versions):
        yield errors.invalid("spec.versions", versions, "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield errors.invalid("spec.versions", versions, "must have exactly one version marked as storage version")


def _shared(spec: Data) -> Errors:
    """What all versions have in common."""
    any_status = _has_status(spec) or any(_has_status(version) for version in spec.get("versions") or ())
    yield from _parts("spec", "spec.validation", spec.get("validation"), spec, any_status)


def _parts(path: str, schema_path: str, validation: Data | None, owner: Data, has_status: bool) -> Errors:
    """owner: what the columns, fields and subresources stand in"""
    schema = _schema(validation)
    if schema is not None:
        yield from _root_schema(f"{schema_path}.openAPIV3Schema", schema, has_status)
    scale = (owner.get("subresources") or {}).get("scale")
    if scale is not None:
        yield from paths.scale(f"{path}.subresources.scale", scale)
    for index, column in enumerate(owner.get("additionalPrinterColumns") or ()):
        yield from paths.column(f"{path}.additionalPrinterColumns[{index}]", column)
    if owner.get("selectableFields"):
        yield from paths.selectable_fields(f"{path}.selectableFields", owner["selectableFields"], schema or {})


def _schema(validation: Data | None) -> Data | None:
    found: Data | None = (validation or {}).get("openAPIV3Schema")
    return found


def _has_status(owner: Data) -> bool:
    return (owner.get("subresources") or {}).get("status") is not None


def _root_schema(path: str, schema: Data, has_status: bool) -> Errors:
    if has_status:
        yield from _beside_status(path, schema)
    if schema.get("nullable"):
        yield errors.forbidden_field(f"{path}.nullable", "nullable cannot be true at the root")
    shape = list(structural(path, schema))
    yield from shape
    if not shape:
        yield from default_values(path, schema | {"x-kubernetes-embedded-resource": True})
    yield from schema_rules(path, schema)
    if not shape:
        yield from rules_of(path, schema)


def _beside_status(path: str, schema: Data) -> Errors:
    if schema.get("type") not in (None, "", "object"):
        why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        yield errors.invalid(f"{path}.type", schema["type"], why)
    elif any(value for field, value in schema.items() if field not in _AT_ROOT.values()):
        fields = f"[{' '.join(_AT_ROOT)}]"
        why = f"only {fields} fields are allowed at the root of the schema if the status subresource is enabled"
        yield errors.invalid(path, schema, why)


def _deprecation(path: str, version: Data) -> Errors:
    warning = version.get("deprecationWarning")
    if warning is None:
        return
    if not version.get("deprecated"):
        yield errors.invalid(path, warning, "can only be set for deprecated versions")
        return
    if len(warning.encode()) > _LONGEST_WARNING:
        yield errors.invalid(path, warning, f"must be <= {_LONGEST_WARNING} characters long")
    if not warning:
        yield errors.invalid(path, warning, "must not be an empty string")
    for index, character in enumerate(warning):
        if not character.isprintable():
            at = len(warning[:index].encode())
            why = f"must only contain printable UTF-8 characters; non-printable character found at index {at}"
            yield errors.invalid(path, warning, why)
            break


def _names(path: str, given: Data) -> Errors:
    for field in ("plural", "singular", "kind", "listKind"):
        if not given.get(field):
            yield errors.required(f"{path}.{field}")
    for field in ("plural", "singular", "kind", "listKind"):
        name = given.get(field) or ""
        mixed = field in ("kind", "listKind")
        messages = names.dns_1035_label(name.lower() if mixed else name) if name else []
        if messages:
            prefix = "may have mixed case, but should otherwise match: " if mixed else ""
            yield errors.invalid(f"{path}.{field}", name, prefix + ",".join(messages))
    yield from _labels(f"{path}.shortNames", given.get("shortNames"))
    if given.get("kind") and given.get("kind") == given.get("listKind"):
        yield errors.invalid(f"{path}.listKind", given["listKind"], "kind and listKind may not be the same")
    yield from _labels(f"{path}.categories", given.get("categories"))


def _labels(path: str, given: list[str] | None) -> Errors:
    for index, name in enumerate(given or ()):
        messages = names.dns_1035_label(name)
        if messages:
            yield errors.invalid(f"{path}[{index}]", name, ",".join(messages))


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


def _approval(new: Data, old: Data | None) -> Errors:
    """Groups of Kubernetes' own community need its approval; an update may leave that as it was."""
    group = (new.get("spec") or {}).get("group") or ""
    if group not in _PROTECTED and not group.endswith(tuple(f".{one}" for one in _PROTECTED)):
        return
    given = _annotation(new)
    state = _approval_state(given)
    if old is not None and _approval_state(_annotation(old)) == state:
        return
    path, must = f"metadata.annotations[{_APPROVAL}]", f'protected groups must have approval annotation "{_APPROVAL}"'
    if state == "missing":
        yield errors.required(path, f"{must}, {_ENHANCEMENT}")
    elif state == "invalid":
        why = f'{must} with either a URL or a reason starting with "unapproved", {_ENHANCEMENT}'
        yield errors.invalid(path, given, why)


def _annotation(data: Data) -> str:
    annotations: Mapping[str, str] = (data.get("metadata") or {}).get("annotations") or {}
    return annotations.get(_APPROVAL, "")


def _approval_state(given: str) -> str:
    if not given:
        return "missing"
    if given.startswith("unapproved"):
        return "bypassed"
    try:
        parts = urlsplit(given)
    except ValueError:
        return "invalid"
    return "approved" if parts.scheme and parts.netloc else "invalid"
