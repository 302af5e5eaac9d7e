"""What differs between two texts, as lines to look at; pure."""

import difflib
from collections.abc import Iterator, Sequence

from k9lite.tui.display.lines import Line, line
from k9lite.tui.display.tones import Tone

CONTEXT = 3  # unchanged lines shown around a change
_MARKS: dict[str, tuple[str, Tone]] = {"+": ("+ ", "good"), "-": ("- ", "bad"), " ": ("  ", "muted")}


def difference(old: Sequence[str], new: Sequence[str], *, context: int = CONTEXT) -> Iterator[Line]:
    """The changed lines, numbered, with a few around them; nothing where the texts are equal."""
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        first, last = group[0], group[-1]
        yield line((f"lines {first[3] + 1} to {last[4]}", "accent"))
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from (_line(" ", new_start + n, text) for n, text in enumerate(new[new_start:new_end]))
            else:
                yield from (_line("-", old_start + n, text) for n, text in enumerate(old[old_start:old_end]))
                yield from (_line("+", new_start + n, text) for n, text in enumerate(new[new_start:new_end]))


def _line(kind: str, number: int, text: str) -> Line:
    mark, tone = _MARKS[kind]
    return line((f"{number + 1:>5} ", "muted"), (mark, tone), (text, "" if kind == " " else tone))
