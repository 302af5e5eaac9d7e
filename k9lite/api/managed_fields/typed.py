"""What server-side apply refuses to understand (structured-merge-diff: typed/validate), in its own words."""

from collections.abc import Iterator
from typing import Any

from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.managed_fields.compare import item_key
from k9lite.api.managed_fields.sets import step_text
from k9lite.api.object import Data
from k9lite.api.schema import of
from k9lite.api.schema.types import ListOf, Map, Scalar, Struct, Type

_NUMBERS = ("int32", "int64", "float64")
_GO_TYPES = {str: "string", bool: "bool", list: "[]interface {}", dict: "map[string]interface {}"}


def check(kind: Kind[Any], configuration: Data) -> None:
    """Raise what an API server answers when it cannot read what is applied: an error without a reason."""
    problems = list(_problems(of(kind), configuration, ""))
    if not problems:
        return
    metadata = configuration.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    group_version = kind.api_version if kind.group else f"/{kind.version}"
    name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {group_version}, Kind={kind.kind}"
    text = problems[0] if len(problems) == 1 else "\n  ".join(["errors:", *problems])
    raise StatusError("", f"failed to create typed patch object ({name}): {text}", code=500)


def _problems(type_: Type, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    if isinstance(type_, Scalar):
        yield from _scalar_problems(type_, value, path)
    elif isinstance(type_, ListOf):
        if isinstance(value, list):
            yield from _list_problems(type_, value, path)
        else:
            yield f"{path}: expected list, got &{{{value}}}"
    elif isinstance(type_, Map | Struct):
        if isinstance(value, dict):
            yield from _member_problems(type_, value, path)
        else:
            yield f"{path}: expected map, got &{{{value}}}"


def _scalar_problems(type_: Scalar, value: Any, path: str) -> Iterator[str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if type_.form in _NUMBERS and not number:
        yield f"{path}: expected numeric (int or float), got {_GO_TYPES[type(value)]}"
    elif type_.form == "bool" and not isinstance(value, bool):
        yield f"{path}: expected boolean, got &{{{value}}}"
    elif type_.form in ("string", "time", "micro-time", "bytes") and not isinstance(value, str):
        text = str(value).lower() if isinstance(value, bool) else value
        yield f"{path}: expected string, got &value.valueUnstructured{{Value:{text}}}"


def _member_problems(type_: Map | Struct, value: Data, path: str) -> Iterator[str]:
    for name in sorted(value):
        if isinstance(type_, Map):
            yield from _problems(type_.value, value[name], f"{path}.{name}")
        elif name in type_.fields:
            yield from _problems(type_.fields[name].type, value[name], f"{path}.{name}")
        elif not type_.open:
            yield f"{path}.{name}: field not declared in schema"


def _list_problems(type_: ListOf, value: list[Any], path: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, item in enumerate(value):
        if type_.kind == "atomic":
            yield from _problems(type_.item, item, f"{path}[{index}]")
            continue
        if type_.kind == "map" and (problem := _key_problem(type_, item)):
            yield f"{path}: element {index}: {problem}"
            continue
        key = item_key(type_, item)
        if key in seen:
            yield f"{path}: duplicate entries for key {step_text(key)}"
        seen.add(key)
        yield from _problems(type_.item, item, path + step_text(key))


def _key_problem(type_: ListOf, item: Any) -> str:
    if not isinstance(item, dict):
        return "associative list with keys may not have non-map elements"
    if any(key in item for key in type_.keys):
        return ""
    names = ", ".join(f'"{key}"' for key in type_.keys)
    return f"associative list with keys has an element that omits all key fields [{names}]"
