"""A description as a tree of named values, and its lines of text in the manner of `kubectl describe`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from k9lite.api import times

NONE = "<none>"


@dataclass(frozen=True, slots=True)
class Field:
    """A name with one value, several lines, a list of fields, or a table (`Rows`)."""

    name: str
    value: "str | Sequence[str] | Sequence[Field] | Rows"


@dataclass(frozen=True, slots=True)
class Rows:
    """A table under a field: `header` and rows of equally many cells."""

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def field(name: str, value: Any) -> Field:
    """One plain value; `<none>` for nothing, times as the API writes them."""
    if value is None or value == "":
        return Field(name, NONE)
    if isinstance(value, datetime):
        return Field(name, times.time(value.timestamp()))
    return Field(name, str(value))


def mapping(name: str, pairs: Mapping[str, Any] | None, separator: str = "=") -> Field:
    """`k=v` pairs, one a line, sorted."""
    lines = [f"{key}{separator}{value}" for key, value in sorted((pairs or {}).items())]
    return Field(name, lines or NONE)


def rows(name: str, header: tuple[str, ...], content: Iterable[Sequence[str]]) -> Field:
    """A table; `<none>` when it has no rows."""
    lines = list(content)
    return Field(name, Rows(header, lines) if lines else NONE)


def render(fields: Sequence[Field], indent: int = 0) -> list[str]:
    """The lines of `fields`, values aligned among siblings."""
    pad = " " * indent
    width = max((len(f.name) + 1 for f in fields if _inline(f)), default=0) + 2
    lines: list[str] = []
    for item in fields:
        name, value = f"{pad}{item.name}:", item.value
        if isinstance(value, str):
            lines.append(f"{pad}{item.name + ':':<{width}}{value}")
        elif isinstance(value, Rows):
            lines += [name, *_table(value, indent + 2)]
        elif value and isinstance(value[0], Field):
            lines += [name, *render([part for part in value if isinstance(part, Field)], indent + 2)]
        else:
            texts = [str(part) for part in value] or [NONE]
            lines.append(f"{pad}{item.name + ':':<{width}}{texts[0]}")
            lines += [" " * (indent + width) + text for text in texts[1:]]
    return lines


def _inline(item: Field) -> bool:
    return isinstance(item.value, str) or not (isinstance(item.value, Rows) or isinstance(item.value[:1], Field))


def _table(table: Rows, indent: int) -> list[str]:
    content = [table.header, ["-" * len(title) for title in table.header], *table.rows]
    widths = [max(len(row[index]) for row in content) for index in range(len(table.header))]
    pad = " " * indent
    return [pad + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in content]


def tree(data: Any) -> Sequence[Field] | str:
    """Any JSON data as fields: what to show of a kind that has no description of its own."""
    if isinstance(data, dict):
        return [Field(_title(key), tree(value)) for key, value in data.items()] or "{}"
    if isinstance(data, list):
        if any(isinstance(item, dict | list) for item in data):
            return [Field(str(index), tree(item)) for index, item in enumerate(data)]
        return ", ".join(str(item) for item in data) or "[]"
    if isinstance(data, bool):
        return str(data).lower()
    return NONE if data is None or data == "" else str(data)


def _title(key: str) -> str:
    """`clusterIPs` as `Cluster IPs`; keys that are not field names stay as they are."""
    if not key.isalnum() or not key[:1].islower():
        return key
    words = "".join(f" {c}" if c.isupper() and not key[i - 1 : i].isupper() else c for i, c in enumerate(key))
    return words[:1].upper() + words[1:]
