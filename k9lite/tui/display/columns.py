"""How the columns of a table share the width there is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from k9lite.tui.display.tones import Tone

OPTIONAL = 2  # the lowest rank that may be left out


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    rank: 0 and 1 always stay; of the others the highest goes first when not all of it finds room
    least, most: terminal cells it can be cut down to, and grows up to
    stretch: takes what the others leave
    middle: is cut in its middle, since its end tells more
    """

    label: str
    rank: int = 1
    least: int = 3
    most: int = 60
    right: bool = False
    stretch: bool = False
    middle: bool = False


class Cell(NamedTuple):
    """What one cell shows; `order` is what it sorts by (its text when None), `parts` colour it piece by piece."""

    text: str
    tone: Tone = ""
    order: Any = None
    parts: tuple[tuple[str, Tone], ...] = ()


def widths(columns: Sequence[Column], natural: Sequence[int], available: int, gap: int = 2) -> list[int]:
    """Cells for each column, 0 for one that is left out; `natural` is what the content of each would like."""
    wanted = [max(min(size, column.most), len(column.label)) for size, column in zip(natural, columns, strict=True)]
    least = [
        min(size, max(column.least, 1)) if column.rank < OPTIONAL else size
        for size, column in zip(wanted, columns, strict=True)
    ]
    shown: set[int] = set()
    taken = -gap
    for i in sorted(range(len(columns)), key=lambda i: (columns[i].rank, i)):
        taken += gap + (least[i] if columns[i].middle else wanted[i])
        if columns[i].rank >= OPTIONAL and taken > available:
            break  # nothing of less weight takes its place
        shown.add(i)
    result = [least[i] if i in shown else 0 for i in range(len(columns))]
    spare = max(0, available - sum(result) - gap * (len(shown) - 1))
    for i in sorted(shown, key=lambda i: (columns[i].middle, columns[i].rank, i)):
        more = min(spare, wanted[i] - result[i])
        result[i] += more
        spare -= more
    for i in shown:
        if columns[i].stretch:
            result[i] += spare
            spare = 0
    return result
