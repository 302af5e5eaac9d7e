"""The repair that a problem of a manifest offers, as a change of its text; pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from k9lite.manifests.problem import Problem

_MEANT = re.compile(r"did you mean `([^`]+)`")
_PAIR = re.compile(
    r"(?P<key>[^\s:#]+|\"[^\"]*\"):(?P<blank>\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^#\s][^#]*?)?\s*(?:#.*)?$"
)


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
    line = lines[row]
    pair = _PAIR.match(line, column)
    if pair is None:
        return None
    value = Fix(row, pair.start("value"), pair.end("value"), "") if pair["value"] else None
    if meant := _MEANT.search(problem.hint):
        is_name = "unknown field" in problem.message
        if is_name:
            return Fix(row, pair.start("key"), pair.end("key"), meant[1])
        return value._replace(text=meant[1]) if value else None
    if value is None:
        return None
    if "put it in quotes" in problem.hint and line[value.start] not in "\"'{[&*|>":
        return value._replace(text=f'"{line[value.start : value.end]}"')
    if "without quotes" in problem.hint and line[value.start] in "\"'":
        return value._replace(text=line[value.start : value.end].strip("\"'"))
    return None
