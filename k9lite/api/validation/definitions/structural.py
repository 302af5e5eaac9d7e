"""Whether a schema is structural: every value has its type outside of conditions (apiserver/schema/validation.go)."""

from k9lite.api import errors, patterns
from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

ROOT, ITEM, FIELD = "at the root", "for specified array items", "for specified object fields"
_KEPT, _EMBEDDED = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_JUNCTORS = ("anyOf", "allOf", "oneOf")
_INT_OR_STRING_OPTIONS = [{"type": "integer"}, {"type": "string"}]
# What a condition may not say of a value, since the structure says it.
_FORBIDDEN_IN_CONDITIONS = {
    "type": "must be empty to be structural",
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "title": "must be empty to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    _KEPT: "must be false to be structural",
    _EMBEDDED: "must be false to be structural",
    _INT_OR_STRING: "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}
# Go's words for what RE2 says in others.
_GO_WORDS = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}


def structural(path: str, schema: Data) -> Errors:
    """Everything that keeps `schema` from being structural, sorted by the text as Kubernetes sorts it."""
    yield from sorted([*_invariants(path, schema, ROOT), *_completeness(path, schema, path, schema)], key=str)


def _invariants(path: str, schema: Data, level: str) -> Errors:
    kind, properties = schema.get("type", ""), schema.get("properties") or {}
    extra, embedded = schema.get("additionalProperties"), schema.get(_EMBEDDED)
    if kind == "array" and "items" not in schema:
        yield errors.required(f"{path}.items", "must be specified")
    if isinstance(schema.get("items"), dict):
        yield from _invariants(f"{path}.items", schema["items"], ITEM)
    for name, part in properties.items():
        yield from _invariants(f"{path}.properties[{name}]", part, FIELD)
    if extra is not None:
        if level is ROOT:
            yield errors.forbidden_field(f"{path}.additionalProperties", "must not be used at the root")
        if isinstance(extra, dict):
            yield from _invariants(f"{path}.additionalProperties", extra, FIELD)
        if embedded:
            why = "must not be used if x-kubernetes-embedded-resource is set"
            yield errors.forbidden_field(f"{path}.additionalProperties", why)
    if schema.get(_INT_OR_STRING):
        for field in (_KEPT, _EMBEDDED):
            if schema.get(field):
                yield errors.invalid(f"{path}.{field}", True, "must be false if x-kubernetes-int-or-string is true")
    yield from _conditions(path, schema, skip_any_of=_is_int_or_string(schema), skip_in_all_of=True)
    yield from _type(path, schema, kind, level)
    if level is ROOT or embedded:
        yield from _own_fields(path, properties)
    if level is ROOT and "metadata" in properties:
        yield from _root_metadata(f"{path}.properties[metadata]", properties["metadata"])
    if embedded and not schema.get(_KEPT) and not properties:
        why = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        yield errors.required(f"{path}.properties", why)


def _type(path: str, schema: Data, kind: str, level: str) -> Errors:
    if schema.get(_EMBEDDED) and kind != "object":
        why = "must be object if x-kubernetes-embedded-resource is true"
        yield errors.invalid(f"{path}.type", kind, why) if kind else errors.required(f"{path}.type", why)
    elif not kind and not schema.get(_INT_OR_STRING) and not schema.get(_KEPT):
        yield errors.required(f"{path}.type", f"must not be empty {level}")
    if level is ROOT and kind not in ("", "object"):
        yield errors.invalid(f"{path}.type", kind, "must be object at the root")


def _own_fields(path: str, properties: Data) -> Errors:
    """apiVersion, kind and metadata, where a schema mentions them."""
    for name, kind in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        given = (properties.get(name) or {}).get("type", "")
        if name in properties and given != kind:
            yield errors.invalid(f"{path}.properties[{name}].type", given, f"must be {kind}")


def _root_metadata(path: str, schema: Data) -> Errors:
    """Only the name may have rules: the rest is Kubernetes' own."""
    properties = schema.get("properties") or {}
    rest = {field: value for field, value in schema.items() if field not in ("type", "default") and value}
    if properties and properties.keys() <= {"name", "generateName"}:
        rest.pop("properties", None)
    if rest:
        why = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield errors.forbidden_field(path, why)


def _is_int_or_string(schema: Data) -> bool:
    return schema.get("anyOf") == _INT_OR_STRING_OPTIONS


def _conditions(path: str, schema: Data, *, skip_any_of: bool, skip_in_all_of: bool = False) -> Errors:
    """skip_any_of: `anyOf` is the usual way to say integer or string; skip_in_all_of: so may be that of the first of
    `allOf`.
    """
    for junctor in _JUNCTORS:
        for index, part in enumerate(schema.get(junctor) or ()):
            if junctor == "anyOf" and skip_any_of:
                continue
            skipped = skip_in_all_of and junctor == "allOf" and not index and _is_int_or_string(part)
            yield from _condition(f"{path}.{junctor}[{index}]", part, skip_any_of=skipped)
    if isinstance(schema.get("not"), dict):
        yield from _condition(f"{path}.not", schema["not"])
    if schema.get("pattern"):
        yield from _pattern(f"{path}.pattern", schema["pattern"])


def _condition(path: str, schema: Data, *, skip_any_of: bool = False) -> Errors:
    yield from _conditions(path, schema, skip_any_of=skip_any_of)
    if isinstance(schema.get("items"), dict):
        yield from _condition(f"{path}.items", schema["items"])
    properties = schema.get("properties") or {}
    for name, part in properties.items():
        yield from _condition(f"{path}.properties[{name}]", part)
    for field, why in _FORBIDDEN_IN_CONDITIONS.items():
        if schema.get(field) or (field == "additionalProperties" and isinstance(schema.get(field), dict)):
            yield errors.forbidden_field(f"{path}.{field}", why)
    if "metadata" in properties:
        why = "must not be specified in a nested context"
        yield errors.forbidden_field(f"{path}.properties[metadata]", why)


def _pattern(path: str, pattern: str) -> Errors:
    try:
        patterns.compile(pattern)
    except patterns.PatternError as error:
        reason, _, part = str(error).partition(": ")
        why = f"error parsing regexp: {_GO_WORDS.get(reason, reason)}" + (f": `{part}`" if part else "")
        yield errors.invalid(path, pattern, f"must be a valid regular expression, but isn't: {why}")


def _completeness(path: str, schema: Data | None, condition_path: str, condition: Data) -> Errors:
    """Whatever a condition is about has to be in the structure.

    schema: the part of the structure that `condition` judges, None where there is none
    """
    parts = [(f"{condition_path}.not", condition["not"])] if isinstance(condition.get("not"), dict) else []
    for junctor in ("allOf", "anyOf", "oneOf"):
        parts += [(f"{condition_path}.{junctor}[{n}]", part) for n, part in enumerate(condition.get(junctor) or ())]
    for part_path, part in parts:
        yield from _nested_completeness(path, schema, part_path, part)


def _nested_completeness(path: str, schema: Data | None, condition_path: str, condition: Data) -> Errors:
    if schema is None:
        yield errors.required(path, f"because it is defined in {condition_path}")
        return
    yield from _completeness(path, schema, condition_path, condition)
    if isinstance(condition.get("items"), dict):
        items = schema.get("items")
        yield from _nested_completeness(f"{path}.items", items, f"{condition_path}.items", condition["items"])
    for name, part in (condition.get("properties") or {}).items():
        step = f".properties[{name}]"
        own = (schema.get("properties") or {}).get(name)
        yield from _nested_completeness(path + step, own, condition_path + step, part)
