"""The repair that a problem of a manifest offers, as a change of its text; pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from k9lite.tui.editing.yaml_cursor import document
from k9lite.yaml_reader.problem import Problem

_MEANT = re.compile(r"did you mean `([^`]+)`")
_HOME = re.compile(r" is in (\S+)$")
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
    """None where nothing certain can be offered."""
    row, column = problem.line - 1, problem.column - 1
    if not 0 <= row < len(lines):
        return None
    return _of_syntax(lines, row, problem) or _of_value(lines, row, column, problem)


def _of_syntax(lines: Sequence[str], row: int, problem: Problem) -> Fix | None:
    """Of what keeps the text from being YAML."""
    indentation = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    if "tabs cannot indent" in problem.hint and "\t" in indentation:
        return Fix(row, 0, len(indentation), indentation.replace("\t", INDENT))
    above = lines[row - 1].rstrip() if row else ""
    if "is the line above a key without one" in problem.hint and re.fullmatch(r"\s*(- )*[\w./-]+", above):
        return Fix(row - 1, len(above), len(lines[row - 1]), ":")
    return None


def _of_value(lines: Sequence[str], row: int, column: int, problem: Problem) -> Fix | None:
    """Of a field, its name or its value."""
    pair = _PAIR.match(lines[row], column)
    if pair is None:
        return None
    if problem.hint.startswith("remove this line"):
        return Fix(row, 0, len(lines[row]), "") if not lines[row][:column].strip() else None
    value = Fix(row, *_extent(pair), "") if pair["value"] else None
    if home := _HOME.search(problem.hint):
        return _of_version(lines, row, home[1])
    if meant := _MEANT.search(problem.hint):
        is_name = "unknown field" in problem.message
        if is_name:
            return Fix(row, pair.start("key"), pair.end("key"), meant[1])
        return value._replace(text=meant[1]) if value else None
    return _quoted(lines[row], value, problem.hint) if value is not None else None


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


def _quoted(line: str, value: Fix, hint: str) -> Fix | None:
    """With quotes where there have to be some, without where they are too many."""
    if "put it in quotes" in hint and line[value.start] not in "\"'{[&*|>":
        return value._replace(text=f'"{line[value.start : value.end]}"')
    if "without quotes" in hint and line[value.start] in "\"'":
        return value._replace(text=line[value.start : value.end].strip("\"'"))
    return None
