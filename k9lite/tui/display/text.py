"""Text of the cluster made fit for a terminal cell: nothing in it may move the cursor, hide or reorder anything."""

import unicodedata

from rich.cells import cell_len, set_cell_size

LONGEST = 2_000  # characters of one cell or line; nobody reads more in a table
ELLIPSIS = "…"
TAIL = 11  # characters kept at the end of a text cut in its middle: a pod's random part and some of its hash


class _Cleaner(dict[int, str]):
    """What each character becomes; filled in as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character in "\t\n\r\v\f\x85" or category in ("Zl", "Zp", "Zs"):
            clean = " "
        elif category == "Cc":
            clean = "·"
        elif category in ("Cf", "Cs", "Co", "Cn") or 0xFE00 <= code <= 0xFE0F:
            clean = ""  # direction marks, joiners, variation selectors: terminals disagree about their width
        else:
            clean = character
        self[code] = clean
        return clean


_CLEANER = _Cleaner()


def clean(text: str, longest: int = LONGEST) -> str:
    """`text` on one line without control, direction and zero-width characters."""
    if len(text) > longest:
        text = text[: longest - 1] + ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_CLEANER)


class _Revealer(dict[int, str]):
    """What each character of a text that is edited is shown as: one character for one, so that columns stay."""

    def __missing__(self, code: int) -> str:
        hidden = unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and code != ord("\t")
        self[code] = shown = "·" if hidden or 0xFE00 <= code <= 0xFE0F else chr(code)
        return shown


_REVEALER = _Revealer()


def visible(text: str) -> str:
    """`text` as long as it was, with a dot for each character that has no shape of its own."""
    return text if text.isascii() and text.isprintable() else text.translate(_REVEALER)


def width(text: str) -> int:
    """Terminal cells that cleaned `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, cells: int, right: bool = False) -> str:
    """Cleaned `text` in exactly `cells` terminal cells: padded, or cut with an ellipsis."""
    taken = width(text)
    if taken == cells:
        return text
    if taken < cells:
        return text.rjust(cells + len(text) - taken) if right else text + " " * (cells - taken)
    if cells <= 1:
        return ELLIPSIS[:cells]
    kept = text[: cells - 1] if text.isascii() else set_cell_size(text, cells - 1)
    return kept + ELLIPSIS


def fit_middle(text: str, cells: int) -> str:
    """Like `fit`, but cut in the middle: names that one controller made differ at their end."""
    if width(text) <= cells or not text.isascii() or cells < 8:
        return fit(text, cells)
    tail = min(TAIL, cells // 2)
    return text[: cells - 1 - tail] + ELLIPSIS + text[-tail:]
