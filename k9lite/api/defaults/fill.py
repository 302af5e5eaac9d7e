"""The two ways in which a default is filled in."""

from collections.abc import Iterable, Mapping
from typing import Any

from k9lite.api.object import Data

Table = Mapping[str, Any]  # field -> default; only values that are never changed in place


def empty(target: Data, table: Table) -> None:
    """For plain Go fields: "" and 0 count as absent."""
    for name, value in table.items():
        if not target.get(name):
            target[name] = value


def absent(target: Data, table: Table) -> None:
    """For pointers: only an absent field is filled."""
    for name, value in table.items():
        if name not in target:
            target[name] = value


def each(items: Iterable[Data] | None, table: Table) -> None:
    """`empty` for every item of a list that may be missing."""
    for item in items or ():
        empty(item, table)
