"""What OpenAPI allows in a schema and Kubernetes does not, and what its own extensions need."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_METADATA = ("metadata", "kind", "apiVersion")
_QUADRATIC = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
_EXCLUSIVE = "additionalProperties and properties are mutual exclusive"
_ATOMIC_ITEM = "must be atomic as item of a list with x-kubernetes-list-type=set"
_LIST_TYPE, _MAP_TYPE = "x-kubernetes-list-type", "x-kubernetes-map-type"
_MAP_KEYS, _KEPT = "x-kubernetes-list-map-keys", "x-kubernetes-preserve-unknown-fields"


@dataclass(frozen=True, slots=True)
class _Where:
    """no_defaults: why a default may not stand here; in_metadata: of the object or of one within it"""

    no_defaults: str = ""
    in_metadata: bool = False
    root: bool = False


def schema_rules(path: str, schema: Data) -> Errors:
    """Rules for a schema and all schemas in it."""
    return _rules(path, schema, _Where(root=True))


def _rules(path: str, schema: Data, where: _Where) -> Errors:
    yield from _standard(path, schema, where)
    if schema.get("uniqueItems"):
        yield errors.forbidden_field(f"{path}.uniqueItems", _QUADRATIC)
    extra = schema.get("additionalProperties")
    if schema.get("properties") and extra is not None and extra is not True:
        yield errors.forbidden_field(f"{path}.additionalProperties", _EXCLUSIVE)
    for part_path, part, part_where in _parts(path, schema, where):
        yield from _rules(part_path, part, part_where)
    if schema.get(_KEPT) is False:
        yield errors.invalid(f"{path}.{_KEPT}", False, "must be true or undefined")
    yield from _map_type(path, schema)
    yield from _list_type(path, schema)
    yield from _map_keys(path, schema)
    if schema.get(_LIST_TYPE) in ("set", "map") and isinstance(schema.get("items"), dict):
        yield from _keyed_items(path, schema, schema["items"])


def _standard(path: str, schema: Data, where: _Where) -> Errors:
    kind = schema.get("type", "")
    if kind and kind not in _TYPES:
        yield errors.not_supported(f"{path}.type", kind, _TYPES)
    if schema.get("default") is not None and where.no_defaults:
        yield errors.forbidden_field(f"{path}.default", f"must not be set {where.no_defaults}")
    for field in _UNSUPPORTED:
        if schema.get(field):
            yield errors.forbidden_field(f"{path}.{field}", f"{field} is not supported")
    if kind == "null":
        why = "type cannot be set to null, use nullable as an alternative"
        yield errors.forbidden_field(f"{path}.type", why)
    if isinstance(schema.get("items"), list):
        yield errors.forbidden_field(f"{path}.items", "items must be a schema object and not an array")
    if where.in_metadata and schema.get("x-kubernetes-embedded-resource"):
        why = "must not be used inside of resource meta"
        yield errors.forbidden_field(f"{path}.x-kubernetes-embedded-resource", why)


def _parts(path: str, schema: Data, where: _Where) -> Iterator[tuple[str, Data, _Where]]:
    """The schemas that stand in `schema`."""
    inside = replace(where, root=False)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        why = "inside additionalProperties applying to object metadata"
        yield f"{path}.additionalProperties", extra, replace(inside, no_defaults=why) if where.in_metadata else inside
    for name, part in sorted((schema.get("properties") or {}).items()):
        part_where = inside
        if name in _METADATA and (where.root or schema.get("x-kubernetes-embedded-resource")):
            why = f"in top-level {name}" if where.root else where.no_defaults
            part_where = replace(inside, in_metadata=True, no_defaults=why)
        yield f"{path}.properties[{name}]", part, part_where
    if isinstance(schema.get("not"), dict):
        yield f"{path}.not", schema["not"], inside
    for junctor in ("allOf", "oneOf", "anyOf"):
        for index, part in enumerate(schema.get(junctor) or ()):
            yield f"{path}.{junctor}[{index}]", part, inside
    if isinstance(schema.get("items"), dict):
        yield f"{path}.items", schema["items"], inside


def _map_type(path: str, schema: Data) -> Errors:
    given = schema.get(_MAP_TYPE)
    if given is None:
        return
    yield from _needs_type(path, schema, "object", _MAP_TYPE)
    if given not in ("atomic", "granular"):
        yield errors.not_supported(f"{path}.{_MAP_TYPE}", given, ("atomic", "granular"))


def _needs_type(path: str, schema: Data, kind: str, extension: str) -> Errors:
    given, why = schema.get("type", ""), f"must be {kind} if {extension} is specified"
    if given != kind:
        yield errors.invalid(f"{path}.type", given, why) if given else errors.required(f"{path}.type", why)


def _list_type(path: str, schema: Data) -> Errors:
    given, items = schema.get(_LIST_TYPE), schema.get("items")
    if given is None:
        return
    if schema.get("type") != "array":
        yield from _needs_type(path, schema, "array", _LIST_TYPE)
    elif given == "set" and isinstance(items, dict):
        if items.get("type") == "array" and items.get(_LIST_TYPE, "atomic") != "atomic":
            yield errors.invalid(f"{path}.items.{_LIST_TYPE}", items[_LIST_TYPE], _ATOMIC_ITEM)
        if items.get("type") == "object" and items.get(_MAP_TYPE) != "atomic":
            yield errors.invalid(f"{path}.items.{_MAP_TYPE}", items.get(_LIST_TYPE), _ATOMIC_ITEM)
    if given not in ("atomic", "set", "map"):
        yield errors.not_supported(f"{path}.{_LIST_TYPE}", given, ("atomic", "set", "map"))


def _map_keys(path: str, schema: Data) -> Errors:
    given, keys, items = schema.get(_LIST_TYPE), schema.get(_MAP_KEYS) or [], schema.get("items")
    if keys and given != "map":
        why = "must be map if x-kubernetes-list-map-keys is non-empty"
        place = f"{path}.{_LIST_TYPE}"
        yield errors.invalid(place, given, why) if given else errors.required(place, why)
    if given != "map":
        return
    if not keys:
        why = "must not be empty if x-kubernetes-list-type is map"
        yield errors.required(f"{path}.{_MAP_KEYS}", why)
    if items is None:
        yield errors.required(f"{path}.items", "must have a schema if x-kubernetes-list-type is map")
    if not isinstance(items, dict):
        return
    if items.get("type") != "object":
        why = "must be object if parent array's x-kubernetes-list-type is map"
        yield errors.invalid(f"{path}.items.type", items.get("type", ""), why)
        return
    properties = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in properties:
            yield errors.invalid(f"{path}.{_MAP_KEYS}", keys, "entries must all be names of item properties")
        elif properties[key].get("type") in ("array", "object"):
            why = "must be a scalar type if parent array's x-kubernetes-list-type is map"
            yield errors.invalid(f"{path}.items.properties[{key}].type", items["type"], why)
        if key in keys[:index]:
            yield errors.invalid(f"{path}.{_MAP_KEYS}", keys, "must not contain duplicate entries")


def _keyed_items(path: str, schema: Data, items: Data) -> Errors:
    """The items of sets and maps, and the keys of maps, are always there."""
    kind = schema[_LIST_TYPE]
    if items.get("nullable"):
        why = f"cannot be nullable when x-kubernetes-list-type is {kind}"
        yield errors.forbidden_field(f"{path}.items.nullable", why)
    if kind != "map":
        return
    listed = "this property is in x-kubernetes-list-map-keys, so it"
    properties = items.get("properties") or {}
    for key in schema.get(_MAP_KEYS) or ():
        if key not in properties:
            continue
        place = f"{path}.items.properties[{key}]"
        if key not in (items.get("required") or ()) and properties[key].get("default") is None:
            yield errors.required(f"{place}.default", f"{listed} must have a default or be a required property")
        if properties[key].get("nullable"):
            yield errors.forbidden_field(f"{place}.nullable", f"{listed} cannot be nullable")
