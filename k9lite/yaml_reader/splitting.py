"""Where the documents of a file begin and end, found without parsing them; pure."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_JSON = json.JSONDecoder()


class Chunk(NamedTuple):
    """A part of a file's text that can be parsed alone.

    lines_before: how many lines of the file come before it
    columns_before: how many characters of its first line belong to what comes before it
    """

    text: str
    lines_before: int = 0
    columns_before: int = 0


def split(text: str) -> Iterator[Chunk]:
    """The documents of `text`: what stands between `---`, and JSON objects that follow each other."""
    if _DIRECTIVE.search(text):  # %YAML and %TAG stand before the `---` of the document that they are about
        yield Chunk(text)
        return
    starts = [0, *(match.start() for match in _SEPARATOR.finditer(text) if match.start())]
    lines = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        chunk = Chunk(text[start:end], lines)
        yield from _json_objects(chunk) if chunk.text.lstrip()[:1] == "{" else [chunk]
        lines += text.count("\n", start, end)


def _json_objects(chunk: Chunk) -> list[Chunk]:
    """Each of the JSON objects that follow each other in `chunk`; the whole, where it is something else."""
    text, chunks, end = chunk.text, [], 0
    try:
        while (start := len(text) - len(text[end:].lstrip())) < len(text):
            _, end = _JSON.raw_decode(text, start)
            columns = start - (text.rfind("\n", 0, start) + 1)
            chunks.append(Chunk(text[start:end], chunk.lines_before + text.count("\n", 0, start), columns))
    except (ValueError, RecursionError):
        return [chunk]
    return chunks
