"""What can be written at a cursor, and what the field there means; pure, from the schema."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from k9lite.api import defaults, schema
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data, to_data
from k9lite.api.schema import Anything, ListOf, Map, Scalar, Struct, Type
from k9lite.tui.editing.yaml_cursor import Spot
from k9lite.yaml_reader.document import steps

_FORMS = {
    "bool": "boolean",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "time": "time",
    "micro-time": "time",
    "int-or-string": "integer or string",
    "bytes": "base64 text",
    "quantity": "quantity",
}
_TOP = ("apiVersion", "kind", "metadata", "spec", "data")


class Choice(NamedTuple):
    """One thing that can be written: `text` replaces the word at the cursor; `detail` says what it is."""

    text: str
    detail: str = ""


class Explanation(NamedTuple):
    """What is known of a field; `default` is empty where there is none."""

    path: str
    type: str
    default: str
    text: str


def choices(kinds: Kinds, spot: Spot) -> list[Choice]:
    """What fits at the cursor, with what is written of it, best first."""
    offered = _values(kinds, spot) if spot.in_value else _names(kinds, spot)
    word = spot.word.lower()
    fitting = [choice for choice in offered if word in choice.text.lower() and choice.text.rstrip(": ") != spot.word]
    return sorted(fitting, key=lambda choice: not choice.text.lower().startswith(word))


def _names(kinds: Kinds, spot: Spot) -> Iterator[Choice]:
    kind = kinds.of(spot.api_version, spot.kind)
    if kind is None:
        if not spot.path:
            yield from (Choice(f"{name}: " if name in _TOP[:2] else f"{name}:") for name in _TOP)
        return
    for name, field in schema.fields_at(kind, spot.path).items():
        if name not in spot.written and (spot.path or name != "status"):
            mark = ":" if isinstance(field.type, Struct | ListOf | Map) else ": "
            yield Choice(name + mark, type_name(field.type) + (", required" if field.required else ""))


def _values(kinds: Kinds, spot: Spot) -> Iterable[Choice]:
    if not spot.path and spot.field == "kind":
        named = (kind for kind in kinds if kind.stored and spot.api_version in ("", kind.api_version))
        return [Choice(kind.kind, kind.api_version) for kind in sorted(named, key=lambda kind: kind.kind)]
    if not spot.path and spot.field == "apiVersion":
        versions = (kind.api_version for kind in kinds if kind.stored and spot.kind in ("", kind.kind))
        return [Choice(version) for version in sorted(set(versions))]
    kind = kinds.of(spot.api_version, spot.kind)
    type_ = schema.type_at(kind, spot.field_path) if kind is not None else None
    return [Choice("true"), Choice("false")] if isinstance(type_, Scalar) and type_.form == "bool" else []


def explain(kinds: Kinds, spot: Spot, data: Data | None) -> Explanation | None:
    """What the field at the cursor is; `data`: the document as far as it could be read, for the default."""
    kind = kinds.of(spot.api_version, spot.kind)
    if kind is None or not spot.field:
        return None
    around = schema.type_at(kind, spot.path)
    while isinstance(around, ListOf | Map):
        around = around.item if isinstance(around, ListOf) else around.value
    if not isinstance(around, Struct):
        return None
    field = around.fields.get(spot.field)
    if field is None:
        meant = schema.suggest(kind, spot.path, spot.field)
        return Explanation(spot.field_path, "no such field", "", f"did you mean `{meant}`?" if meant else "")
    required = ", required" if field.required else ""
    return Explanation(
        spot.field_path,
        type_name(field.type) + required,
        "" if field.required else _default(kind, data, spot.field_path),
        schema.describe(around, spot.field),
    )


def type_name(type_: Type) -> str:
    """`list of Container`, `map of string`, `integer`."""
    match type_:
        case Scalar():
            return _FORMS.get(type_.form, type_.form)
        case ListOf():
            return f"list of {type_name(type_.item)}"
        case Map():
            return f"map of {type_name(type_.value)}"
        case Struct():
            return type_.name
        case Anything():
            return "anything"


def _default(kind: Kind[Any], data: Data | None, path: str) -> str:
    """What the API server writes where the field is missing: found by leaving it out and asking for the defaults."""
    if data is None:
        return ""
    without = to_data(data)
    *around, name = steps(path)
    for parent in _at(without, around):
        parent.pop(name, None)
    try:
        clean, _ = schema.decode(kind, without, validation="Ignore")
        defaults.apply(kind, clean)
    except StatusError:  # half written
        return ""
    found = next((parent[name] for parent in _at(clean, around) if name in parent), None)
    return "" if found is None or isinstance(found, dict | list) else str(found)


def _at(data: Any, path: list[str]) -> Iterator[dict[str, Any]]:
    """The mappings at `path`, all items of lists included."""
    if isinstance(data, list):
        for item in data:
            yield from _at(item, path)
    elif isinstance(data, dict):
        if not path:
            yield data
        elif path[0] in data:
            yield from _at(data[path[0]], path[1:])
