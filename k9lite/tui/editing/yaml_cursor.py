"""Where a cursor is in YAML that is being written, and so may not be readable yet; pure, by indentation alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_LINE = re.compile(
    r"(?P<indent> *)(?P<dashes>(?:- +|-$)*)(?P<key>[^\s#:'\"{\[|>&*-][^:#]*|\"[^\"]*\"|'[^']*')?(?P<rest>.*)"
)
_WORD = re.compile(r"[\w./-]*$")


class Spot(NamedTuple):
    """The mapping around the cursor, and the key on its line.

    path: of the mapping, without indexes: `spec.template.spec.containers`
    field: the key on the line, as far as it is written
    in_value: whether the cursor stands behind the key's colon
    word: what is written of the word that ends at the cursor
    written: the other keys of the mapping
    api_version, kind: of the document; first_line: where it starts
    """

    path: str
    field: str
    in_value: bool
    word: str
    written: frozenset[str]
    api_version: str
    kind: str
    first_line: int

    @property
    def field_path(self) -> str:
        return f"{self.path}.{self.field}" if self.path else self.field


class _Read(NamedTuple):
    """One line: the column of its key, of its first dash (-1 for none), the key, and whether a mapping opens below."""

    column: int
    dash: int
    key: str
    opens: bool
    rest: str


def spot(lines: Sequence[str], row: int, column: int) -> Spot:
    """What is around the cursor at `row` and `column`, both counted from 0."""
    first, last = document(lines, row)
    here, text = _read(lines[row]), lines[row][:column]
    has_key = here.rest.startswith(":")
    in_value = has_key and column > here.column + len(here.key)
    level = here.column if lines[row].strip() else column
    above = [read for line in reversed(lines[first:row]) if (read := _read_filled(line))]
    below = (read for line in lines[row + 1 : last] if (read := _read_filled(line)))
    path, siblings = _path(above, level, here.dash)
    siblings |= set(_following(below, level))
    found = _WORD.search(text)
    top = {read.key: read.rest[1:].strip() for line in lines[first:last] if (read := _read(line)).column == 0}
    return Spot(
        ".".join(path),
        here.key.strip(),
        in_value,
        found[0] if found else "",
        frozenset(siblings),
        top.get("apiVersion", ""),
        top.get("kind", ""),
        first,
    )


def document(lines: Sequence[str], row: int) -> tuple[int, int]:
    """The lines of the document that `row` is in."""
    marks = [number for number, line in enumerate(lines) if line.startswith("---")]
    first = max((number + 1 for number in marks if number < row), default=0)
    return first, min((number for number in marks if number >= row and number >= first), default=len(lines))


def _read(line: str) -> _Read:
    match = _LINE.match(line)
    assert match is not None  # the pattern admits everything
    indent, dashes, key, rest = match["indent"], match["dashes"], match["key"] or "", match["rest"]
    value = rest[1:].partition(" #")[0].strip()
    opens = rest.startswith(":") and (not value or value[0] in "&!")
    return _Read(len(indent) + len(dashes), len(indent) if dashes else -1, key.strip("\"'"), opens, rest)


def _read_filled(line: str) -> _Read | None:
    bare = line.strip()
    return None if not bare or bare.startswith("#") else _read(line)


def _path(above: Iterable[_Read], level: int, dash: int) -> tuple[list[str], set[str]]:
    """The keys that lead to the mapping at column `level`, and its keys above; `above` goes upwards."""
    path: list[str] = []
    siblings: set[str] = set()
    limit, in_item = (dash + 1, True) if dash >= 0 else (level, False)  # the keys left of `limit` are further out
    innermost = not in_item
    for read in above:
        if read.column == limit and not in_item:
            if innermost and read.key:
                siblings.add(read.key)
            if read.dash >= 0:
                limit, in_item, innermost = read.dash + 1, True, False
        elif read.column < limit:
            if read.opens:
                path.insert(0, read.key)
                innermost = False
            elif innermost and read.key:
                siblings.add(read.key)
            limit, in_item = (read.dash + 1, True) if read.dash >= 0 else (read.column, False)
            innermost = innermost and not in_item
    return path, siblings


def _following(below: Iterable[_Read], level: int) -> Iterator[str]:
    """The keys of the mapping at column `level` that come after the cursor's line."""
    for read in below:
        if read.column < level or (read.column == level and read.dash >= 0):
            return
        if read.column == level and read.key:
            yield read.key
