"""Whether the defaults of a schema fit it (apiserver/schema/defaulting/validation.go)."""

from dataclasses import replace

from k9lite.api import custom_resources, errors
from k9lite.api.errors import FieldError
from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

_METADATA = ("metadata", "apiVersion", "kind")


def default_values(path: str, schema: Data, *, in_metadata: bool = False) -> Errors:
    """Rules for the defaults of `schema` and of all schemas in it.

    in_metadata: what is judged there is the whole metadata, which only a real object has
    """
    default = schema.get("default")
    if default is not None and not in_metadata:
        yield from _default(f"{path}.default", schema, default)
    if isinstance(schema.get("items"), dict):
        yield from default_values(f"{path}.items", schema["items"], in_metadata=in_metadata)
    embedded = schema.get("x-kubernetes-embedded-resource")
    for name, part in sorted((schema.get("properties") or {}).items()):
        inside = in_metadata or (bool(embedded) and name in _METADATA)
        yield from default_values(f"{path}.properties[{name}]", part, in_metadata=inside)


def _default(path: str, schema: Data, default: object) -> Errors:
    if custom_resources.has_unknown_fields(schema, default):
        yield errors.invalid(path, default, "must not have unknown fields")
    for error in custom_resources.validate(schema, default):
        yield _at(path, error)


def _at(path: str, error: FieldError) -> FieldError:
    """The error of a part of a default, at the place of the default."""
    if error.path in ("", "<nil>"):  # the default as a whole has no name of its own
        return replace(error, path=path, detail=error.detail.removeprefix("<nil>"))
    return replace(error, path=f"{path}{error.path}" if error.path.startswith("[") else f"{path}.{error.path}")
