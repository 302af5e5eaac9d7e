"""The objects in the value of a document: none when it is empty, several when it is a list of objects."""

from collections.abc import Iterator
from typing import Any

from k9lite.api.object import Data
from k9lite.yaml_reader.builder import Report
from k9lite.yaml_reader.document import Place

_MOST_LISTS = 10  # a List within a List...


def objects(value: Any, place: Place, report: Report) -> Iterator[tuple[Data, Place]]:
    """Each object in `value` with its place; an item of a PodList is a Pod even if it does not say so."""
    todo = [(value, place, "", "", 0)]
    while todo:
        value, place, api_version, kind, level = todo.pop()
        if value is None:
            continue
        if not isinstance(value, dict) or not isinstance(place.parts, dict):
            what = "a list" if isinstance(value, list) else "text"
            report.mistake(place.line, place.column, f"an object is a mapping with apiVersion and kind; this is {what}")
            continue
        data = {"apiVersion": api_version, "kind": kind} | value if kind else value
        items, item_places = value.get("items"), place.parts.get("items")
        if _is_list(data.get("kind"), items) and level < _MOST_LISTS:
            item_kind = str(data["kind"]).removesuffix("List")
            item_version = data.get("apiVersion", "") if item_kind else ""
            pairs = zip(items or (), (item_places.parts if item_places else None) or (), strict=True)
            todo += reversed([(item, at, item_version, item_kind, level + 1) for item, at in pairs])
        else:
            yield data, place


def _is_list(kind: Any, items: Any) -> bool:
    """A `kind: List` may lack its items, or have none."""
    if kind == "List" and items is None:
        return True
    return isinstance(kind, str) and kind.endswith("List") and isinstance(items, list)
