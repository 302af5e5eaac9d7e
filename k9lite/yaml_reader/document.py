"""One object of a file, with the place of every key and value in it."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from k9lite.api.object import Data
from k9lite.yaml_reader.problem import Problem, Repair


class Place(NamedTuple):
    """Where a value stands; lines and columns count from 1.

    key_line, key_column: where its key stands; the value itself where it has none
    parts: the places of a mapping's values or a list's items
    """

    line: int
    column: int
    key_line: int
    key_column: int
    parts: "dict[str, Place] | list[Place] | None" = None


# A field path as the API writes it: names after dots, list indexes and map keys in brackets.
_STEP = re.compile(r"\[([^\]]*)\]|\.?([^.\[]+)")


def steps(path: str) -> list[str]:
    """`spec.limits[cpu]` is `["spec", "limits", "cpu"]`."""
    return [bracket or name for bracket, name in _STEP.findall(path)]


@dataclass(frozen=True, slots=True)
class Document:
    """`data` is not shared with any other document, yet it is not to be changed: take a copy.

    root: its place within its chunk of the file; lines_before, columns_before: where that chunk begins
    """

    file: str
    data: Data
    root: Place
    lines_before: int = 0
    columns_before: int = 0

    @property
    def line(self) -> int:
        """The line of the file that it begins on, from 1."""
        return self.root.line + self.lines_before

    def find(self, path: str) -> Place:
        """The place of the field that an API error names; of the nearest field around it when it is not there."""
        place, path_steps = self.root, steps(path)
        while path_steps and (inner := _inside(place, path_steps)) is not None:
            place, used = inner
            del path_steps[:used]
        return self._in_file(place)

    def _in_file(self, place: Place) -> Place:
        line, column = self._moved(place.line, place.column)
        key_line, key_column = self._moved(place.key_line, place.key_column)
        return Place(line, column, key_line, key_column, place.parts)

    def _moved(self, line: int, column: int) -> tuple[int, int]:
        return line + self.lines_before, column + (self.columns_before if line == 1 else 0)

    def problem(self, path: str, message: str, hint: str = "", repair: Repair | None = None) -> Problem:
        """What is wrong with the field at `path`, at the place of its key."""
        place = self.find(path)
        return Problem(self.file, place.key_line, place.key_column, message, hint, repair)

    @property
    def api_version(self) -> str:
        return _text(self.data.get("apiVersion"))

    @property
    def kind(self) -> str:
        return _text(self.data.get("kind"))

    @property
    def name(self) -> str:
        return _text(self._metadata.get("name"))

    @property
    def namespace(self) -> str:
        return _text(self._metadata.get("namespace"))

    @property
    def _metadata(self) -> Data:
        metadata = self.data.get("metadata")
        return metadata if isinstance(metadata, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _inside(place: Place, path: list[str]) -> tuple[Place, int] | None:
    """Where the first steps of `path` lead from `place`, and how many: a key may have dots in it (`data.app.conf`)."""
    parts, first = place.parts, path[0]
    if isinstance(parts, list):
        return (parts[int(first)], 1) if first.isdigit() and int(first) < len(parts) else None
    keys = ((".".join(path[:size]), size) for size in range(len(path), 0, -1))
    return next(((parts[key], size) for key, size in keys if key in parts), None) if parts else None
