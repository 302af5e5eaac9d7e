"""A kind of object: its names, verbs, sub-resources and schema; and the decoding of its objects."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast, get_type_hints

import msgspec

from k9lite.api import reading

T = TypeVar("T")

CRUD = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
PARTS = {"apiVersion", "kind", "metadata", "spec", "status"}  # of which most kinds are made


@dataclass(frozen=True)
class Subresource:
    """A part of an object with a path of its own.

    name: status, scale, log...
    group, version, kind: of the bodies that are sent to it and come back
    """

    name: str
    group: str
    version: str
    kind: str
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class PrinterColumn:
    """A column that a CustomResourceDefinition adds to its table; `path` is a JSONPath such as `.spec.size`."""

    name: str
    path: str
    type: str = "string"
    format: str = ""
    description: str = ""
    wide: bool = False


@dataclass(frozen=True)
class ScalePaths:
    """Where a custom resource keeps what the scale subresource shows; JSONPaths such as `.spec.replicas`."""

    spec_replicas: str
    status_replicas: str
    selector: str = ""


@dataclass(frozen=True, eq=False)
class Kind(Generic[T]):
    """One kind of one API version. Compared by identity: a registry holds each kind once."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    model: type[T] | None = None
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = CRUD
    subresources: tuple[Subresource, ...] = ()
    acted_on: bool = False
    converted_by_webhook: bool = False  # between the versions of a custom resource
    # Of a custom resource: its OpenAPI v3 schema, its columns, its scale subresource, fields it can be selected by.
    schema: dict[str, Any] | None = field(default=None, repr=False)
    printer_columns: tuple[PrinterColumn, ...] = ()
    scale_paths: ScalePaths | None = None
    selectable_fields: tuple[str, ...] = ()
    deprecation: str = ""  # the warning to every client of this version

    @cached_property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @cached_property
    def resource(self) -> str:
        """`pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @cached_property
    def stored(self) -> bool:
        """Whether objects of it can be listed; reviews and bindings are only ever created."""
        return "list" in self.verbs

    def has_subresource(self, name: str) -> bool:
        return any(sub.name == name for sub in self.subresources)

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.model) if self.model else msgspec.json.Decoder()

    def decode(self, raw: bytes) -> T:
        """The typed view of an object's JSON, complete or not; msgspec.DecodeError where it is no JSON object."""
        try:
            view: T = self._decoder.decode(raw)
        except msgspec.ValidationError:
            if self.model is None:
                raise
            view = reading.read(self.model, raw)
        return view

    @cached_property
    def part_decoders(self) -> dict[str, msgspec.json.Decoder[Any]]:
        """The decoders of metadata, spec and status; empty for a kind that has other fields, or not all of these."""
        if self.model is None or {field.name for field in msgspec.structs.fields(cast("Any", self.model))} != PARTS:
            return {}
        types = get_type_hints(self.model)
        return {part: msgspec.json.Decoder(types[part]) for part in ("metadata", "spec", "status")}

    def __repr__(self) -> str:
        return f"<Kind {self.kind}.{self.api_version}>"
