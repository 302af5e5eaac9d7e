"""The few colours that carry meaning. A tone never stands alone: a glyph and a word say the same."""

from typing import Literal, NamedTuple

Tone = Literal["", "muted", "strong", "accent", "good", "busy", "warn", "bad", "gone", "old"]

TONES: tuple[Tone, ...] = ("", "muted", "strong", "accent", "good", "busy", "warn", "bad", "gone", "old")
CLASSES = frozenset(f"tone--{tone}" for tone in TONES if tone)  # component classes of every widget that draws tones


class State(NamedTuple):
    """How something is: a glyph of one terminal cell, the word beside it, and its colour."""

    glyph: str
    word: str
    tone: Tone


GLYPHS: dict[Tone, str] = {
    "": "·",
    "muted": "·",
    "strong": "●",
    "accent": "◆",
    "good": "●",
    "busy": "◐",
    "warn": "▲",
    "bad": "✗",
    "gone": "○",
    "old": "◌",
}


def state(word: str, tone: Tone) -> State:
    return State(GLYPHS[tone], word, tone)
