"""The thorough way through a schema: every problem of an object with its path, and the object without them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from k9lite.api.object import Data
from k9lite.api.schema.scalars import READERS, WrongType, json_name
from k9lite.api.schema.types import Anything, Field, ListOf, Map, Scalar, Struct, Type, absent, zero


class _Place(NamedTuple):
    """Where a value stands: `path` with indexes, as strict errors name it; `fields` without, within Go's `struct`."""

    path: str = ""
    fields: str = ""
    struct: str = ""

    def field(self, name: str, struct: str) -> "_Place":
        dot = "." if self.path else ""
        return _Place(f"{self.path}{dot}{name}", f"{self.fields}{dot}{name}", struct)

    def key(self, name: str) -> "_Place":
        return _Place(f"{self.path}.{name}", self.fields, self.struct)

    def item(self, index: int) -> "_Place":
        return _Place(f"{self.path}[{index}]", self.fields, self.struct)


class Walker:
    """One walk over one object.

    problems: unknown fields, and those among `duplicates` that are known, in the order of the object
    error: the first value of a wrong type, in Go's words; error_path: where it stands, which those do not always say
    partial: keep zero values and add none, as server-side apply needs it
    duplicates: paths of fields that the JSON text had twice
    """

    def __init__(self, partial: bool = False, duplicates: Sequence[str] = ()) -> None:
        self.problems: list[str] = []
        self.error: str | None = None
        self.error_path = ""
        self._partial = partial
        self._duplicates = frozenset(duplicates)

    def clean(self, struct: Struct, data: Data) -> Data:
        """`data` without unknown fields and nulls, values canonical, zero values as Go writes them."""
        clean: Data = self._struct(struct, data, _Place())
        return clean

    def _value(self, type_: Type, value: Any, at: _Place) -> Any:
        """None for what is dropped."""
        match type_:
            case Scalar():
                return self._scalar(type_, value, at)
            case Struct() if isinstance(value, dict):
                return self._struct(type_, value, at)
            case Map() if isinstance(value, dict):
                return self._map(type_, value, at)
            case ListOf() if isinstance(value, list):
                return [self._item(type_.item, item, at.item(index)) for index, item in enumerate(value)]
            case Anything():
                return value
        return self._wrong(json_name(value), type_, at)

    def _item(self, type_: Type, value: Any, at: _Place) -> Any:
        """An entry of a list or map is there even if it is null: then it is the type's zero value."""
        if value is None:
            return zero(type_)
        return self._value(type_, value, at)

    def _map(self, type_: Map, value: Data, at: _Place) -> Data:
        clean: Data = {}
        for key, item in value.items():
            place = at.key(key)
            self._check_duplicate(place)
            if (kept := self._item(type_.value, item, place)) is not None:
                clean[key] = kept
        return clean

    def _check_duplicate(self, at: _Place) -> None:
        if at.path in self._duplicates:
            self.problems.append(f'duplicate field "{at.path}"')

    def _struct(self, struct: Struct, value: Data, at: _Place) -> Data:
        clean: Data = {}
        for name, item in value.items():
            field = struct.fields.get(name)
            if field is None:
                if struct.open:
                    clean[name] = item
                else:
                    self.problems.append(f'unknown field "{at.field(name, "").path}"')
                continue
            place = at.field(name, struct.name)
            self._check_duplicate(place)
            if item is not None:
                self._keep(clean, field, self._value(field.type, item, place))
        if not self._partial:
            for field in struct.written:
                if field.name not in clean:
                    clean[field.name] = absent(field)
        return clean

    def _keep(self, clean: Data, field: Field, value: Any) -> None:
        if value is None or (field.omits_zero and not self._partial and value == zero(field.type)):
            return
        clean[field.name] = value if value or not field.written or self._partial else absent(field)

    def _scalar(self, type_: Scalar, value: Any, at: _Place) -> Any:
        try:
            return READERS[type_.form](value)
        except WrongType as error:
            return self._wrong(error.value, type_, at)
        except ValueError as error:
            self._refuse(str(error), at)
        return None

    def _wrong(self, found: str, type_: Type, at: _Place) -> None:
        place = f"Go struct field {at.struct}.{at.fields}" if at.struct else "Go value"
        self._refuse(f"json: cannot unmarshal {found} into {place} of type {type_.go}", at)

    def _refuse(self, why: str, at: _Place) -> None:
        if self.error is None:
            self.error, self.error_path = why, at.path
