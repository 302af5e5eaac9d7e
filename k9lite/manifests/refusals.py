"""What an API server says against an object, told at the places of the manifest; pure."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from k9lite.api import schema
from k9lite.api.errors import Cause, StatusError
from k9lite.manifests.problem import Problem
from k9lite.manifests.resolving import Manifest

_STRICT = re.compile(r'(?:unknown|duplicate) field "([^"]+)"')
_WRONG_TYPE = re.compile(r"json: cannot unmarshal (\w+).* into Go struct field \w+\.(\S+) of type (\S+)")
_NO_NAMESPACE = re.compile(r'namespaces "[^"]+" not found')
_JSON_NAMES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}
_EXPECTED = {
    "string": "text: put it in quotes", "bool": "true or false, without quotes", "int32": "a number, without quotes",
    "int64": "a number, without quotes", "float64": "a number, without quotes",
}  # fmt: skip
_HINTS = (
    ("`selector` does not match template `labels`", "spec.selector and the labels of the pod template must agree"),
    ("field is immutable", "delete the object first; until then the running one stays as it is"),
    ("may not change once set", "delete the object first; until then the running one stays as it is"),
)


def problems(manifest: Manifest, error: StatusError) -> list[Problem]:
    """One problem for every field that `error` names, or one for the whole object."""
    found = list(_undecodable(manifest, error.message) if error.reason == "BadRequest" else _invalid(manifest, error))
    return found or [_whole(manifest, error)]


def _undecodable(manifest: Manifest, message: str) -> Iterator[Problem]:
    for told in _STRICT.finditer(message):
        parent, _, name = told[1].rpartition(".")
        meant = schema.suggest(manifest.kind, parent, name)
        yield manifest.document.problem(
            told[1], told[0], f"did you mean `{meant}`?" if meant not in (None, name) else ""
        )
    if wrong := _WRONG_TYPE.search(message):
        found, fields, go_type = wrong.groups()
        expected = _EXPECTED.get(go_type, "a list" if go_type.startswith("[]") else "a mapping")
        path = _first_of_type(manifest.document.data, fields, found)
        yield manifest.document.problem(path, wrong[0], f"it must be {expected}")


def _first_of_type(data: Any, fields: str, json_name: str) -> str:
    """The path with its list indexes and map keys, which Go leaves out: of the first value there of that type."""
    candidates: list[tuple[str, Any]] = [("", data)]
    for name in fields.split("."):
        inner = [pair for path, value in candidates for pair in _items(path, value)]
        candidates = [
            (f"{path}.{name}", value[name]) for path, value in inner if isinstance(value, dict) and name in value
        ]
    for path, value in candidates:
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for inner_path, one in ((path, value), *((f"{path}[{key}]", one) for key, one in members)):
            if _JSON_NAMES.get(type(one)) == json_name:
                return inner_path.removeprefix(".")
    return fields


def _items(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((f"{path}[{index}]", item) for index, item in enumerate(value))
    else:
        yield path, value


def _invalid(manifest: Manifest, error: StatusError) -> Iterator[Problem]:
    for cause in error.causes:
        if cause.field:
            yield manifest.document.problem(cause.field, f"{cause.field}: {cause.message}", _hint(cause))


def _hint(cause: Cause) -> str:
    if cause.reason == "FieldValueNotSupported":
        value, *supported = re.findall(r'"([^"]*)"', cause.message) or [""]
        close = difflib.get_close_matches(value.lower(), [name.lower() for name in supported], n=1)
        return next((f"did you mean `{name}`?" for name in supported if name.lower() in close), "")
    return next((hint for part, hint in _HINTS if part in cause.message), "")


def _whole(manifest: Manifest, error: StatusError) -> Problem:
    if _NO_NAMESPACE.search(error.message):
        hint = "add a Namespace to the folder, or correct the name"
        return manifest.document.problem("metadata.namespace", error.message, hint)
    return manifest.document.problem("", error.message)
