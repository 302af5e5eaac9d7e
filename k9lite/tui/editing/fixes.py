"""The repair that a problem of a manifest offers, as a change of its text; pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from k9lite.tui.editing.yaml_cursor import document
from k9lite.yaml_reader.problem import Problem, Repair

_PLAIN = re.compile(r"[^\s,\[\]{}#][^,\[\]{}#]*?(?=\s*(?:[,\]}#]|$))")
_PAIR = re.compile(
    r"(?P<key>[^\s:#]+|\"[^\"]*\"):(?P<blank>\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^#\s][^#]*?)?\s*(?:#.*)?$"
)
INDENT = "  "  # what a tab becomes


class Fix(NamedTuple):
    """Replace what stands between the columns `start` and `end` of line `row`, all counted from 0, by `text`."""

    row: int
    start: int
    end: int
    text: str


def fix(lines: Sequence[str], problem: Problem) -> Fix | None:
    """The change of the text that the repair of `problem` asks for; None where the text has no place for it."""
    row, column, repair = problem.line - 1, problem.column - 1, problem.repair
    if repair is None or not 0 <= row < len(lines):
        return None
    match repair.act:
        case "indent with blanks":
            return _untabbed(lines, row)
        case "end the key above":
            return _ended_key(lines, row)
    pair = _PAIR.match(lines[row], column)
    return None if pair is None else _of_pair(lines, row, pair, repair)


def _untabbed(lines: Sequence[str], row: int) -> Fix | None:
    indentation = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    return Fix(row, 0, len(indentation), indentation.replace("\t", INDENT)) if "\t" in indentation else None


def _ended_key(lines: Sequence[str], row: int) -> Fix | None:
    above = lines[row - 1].rstrip() if row else ""
    is_key = re.fullmatch(r"\s*(- )*[\w./-]+", above)
    return Fix(row - 1, len(above), len(lines[row - 1]), ":") if is_key else None


def _of_pair(lines: Sequence[str], row: int, pair: re.Match[str], repair: Repair) -> Fix | None:
    """A change of a key or its value."""
    value = Fix(row, *_extent(pair), repair.text) if pair["value"] else None
    match repair.act:
        case "remove the line":
            return Fix(row, 0, len(lines[row]), "") if not lines[row][: pair.start()].strip() else None
        case "change apiVersion":
            return _of_version(lines, row, repair.text)
        case "rename the key":
            return Fix(row, pair.start("key"), pair.end("key"), repair.text)
        case "replace the value":
            return value
    return _quoted(lines[row], value, repair) if value is not None else None


def _extent(pair: re.Match[str]) -> tuple[int, int]:
    """Where the value is; within a flow mapping it ends where the next key begins."""
    plain = _PLAIN.match(pair.string, pair.start("value")) if pair.string[: pair.start("key")].count("{") else None
    return plain.span() if plain else pair.span("value")


def _of_version(lines: Sequence[str], row: int, version: str) -> Fix | None:
    """The apiVersion of the document that line `row` is in."""
    for number in range(*document(lines, row)):
        if found := re.match(r"apiVersion:\s*(\S+)", lines[number]):
            return Fix(number, *found.span(1), version)
    return None


def _quoted(line: str, value: Fix, repair: Repair) -> Fix | None:
    """With quotes where there have to be some, without where they are too many."""
    if repair.act == "add quotes" and line[value.start] not in "\"'{[&*|>":
        return value._replace(text=f'"{line[value.start : value.end]}"')
    if repair.act == "remove quotes" and line[value.start] in "\"'":
        return value._replace(text=line[value.start : value.end].strip("\"'"))
    return None
