"""The rows of custom resources, from the columns that their definition names."""

import json
import re
from typing import Any

from k9lite.api.kinds import Kind, PrinterColumn
from k9lite.api.object import Object
from k9lite.tables.ages import age
from k9lite.tables.column import AGE, NAME, Cell, Column, Table

_STEP = re.compile(
    r"""\.(?P<name>[\w-]+(?:\\.[\w./-]+)*)|\[(?:'(?P<quoted>[^']*)'|"(?P<double>[^"]*)"|(?P<index>-?\d+|\*))\]"""
)
_FILTER = re.compile(r"""\[\?\(\s*@\.(?P<key>[\w.-]+)\s*==\s*["'](?P<value>[^"']*)["']\s*\)\]""")


def find(data: Any, path: str) -> list[Any]:
    """The values at a JSONPath: fields, indexes, `[*]`, and filters of the form `[?(@.type=="Ready")]`."""
    values, position = [data], 0
    path = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    while position < len(path):
        matched = _FILTER.match(path, position)
        if matched:
            items = [item for value in values if isinstance(value, list) for item in value]
            values = [item for item in items if str(_first(find(item, f".{matched['key']}"))) == matched["value"]]
        else:
            matched = _STEP.match(path, position)
            if matched is None:
                return []
            values = [value for part in values for value in _step(part, matched)]
        position = matched.end()
    return values


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _step(value: Any, step: re.Match[str]) -> list[Any]:
    name = next((step[group] for group in ("name", "quoted", "double") if step[group] is not None), None)
    if name is not None:
        name = name.replace("\\.", ".")
        return [value[name]] if isinstance(value, dict) and name in value else []
    if not isinstance(value, list):
        return list(value.values()) if isinstance(value, dict) and step["index"] == "*" else []
    if step["index"] == "*":
        return value
    index = int(step["index"])
    return [value[index]] if -len(value) <= index < len(value) else []


def table_of(kind: Kind[Any]) -> Table[Any]:
    """Name, the definition's columns, and the age where it names no columns."""
    columns = kind.printer_columns
    if not columns:
        return Table((NAME, AGE), lambda obj, now: [obj.name, age(obj.meta.creationTimestamp, now)])
    converted = [Column(c.name, c.type, c.wide, c.format, c.description) for c in columns]

    def cells(obj: Object[Any], now: float) -> list[Cell]:
        data = obj.data()
        return [obj.name, *(_cell(find(data, column.path), column, now) for column in columns)]

    return Table((NAME, *converted), cells)


def _cell(values: list[Any], column: PrinterColumn, now: float) -> Cell:
    """Nothing where there is no value; several values are joined; dates become ages."""
    if not values:
        return ""
    if column.type == "date":
        return age(values[0], now) if isinstance(values[0], str) else "<invalid>"
    if column.type == "integer" and isinstance(values[0], int) and len(values) == 1:
        return values[0]
    return ",".join(_text(value) for value in values)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
