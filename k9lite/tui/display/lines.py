"""Lines of text in tones, and how one too wide for the screen goes on below."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import set_cell_size

from k9lite.tui.display.text import clean, width
from k9lite.tui.display.tones import Tone

Part = tuple[str, Tone]


class Line(NamedTuple):
    """One line; `parts` colour it piece by piece and, where given, make up the whole text."""

    text: str
    tone: Tone = ""
    parts: tuple[Part, ...] = ()


def line(*parts: Part | str) -> Line:
    """A line of pieces, each a text or (text, tone)."""
    pieces = tuple((clean(part), "") if isinstance(part, str) else (clean(part[0]), part[1]) for part in parts)
    return Line("".join(text for text, _ in pieces), "", pieces)  # type: ignore[arg-type]


def folded(line: Line, cells: int) -> Iterator[Line]:
    """The line in pieces of at most so many terminal cells, each with its part of the colours."""
    if width(line.text) <= cells:
        yield line
        return
    cells = max(2, cells)  # or a wide character would never find room
    parts, taken, left = line.parts or ((line.text, line.tone),), [], cells
    for text, tone in parts:
        while text:
            head = text if width(text) <= left else set_cell_size(text, left)
            head = head if text.startswith(head) else head[:-1]  # half of a wide character became a blank
            if head:
                taken.append((head, tone))
                left -= width(head)
                text = text[len(head) :]
            if left < 2 and text:
                yield Line("".join(piece for piece, _ in taken), line.tone, tuple(taken))
                taken, left = [], cells
    if taken:
        yield Line("".join(piece for piece, _ in taken), line.tone, tuple(taken))
