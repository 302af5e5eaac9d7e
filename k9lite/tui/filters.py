"""What is typed after `/`: text or regular expression, `!` for its inverse, `-f` fuzzy, `-l` labels."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from k9lite.api import selectors
from k9lite.api.errors import StatusError

NO_SPANS: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """`admits(text, labels)`: whether a row with this text stays; `pattern` is what to highlight in what stays.

    fuzzy: only the groups of the pattern are, each a letter that was typed
    """

    text: str
    admits: Callable[[str, Mapping[str, str]], bool]
    pattern: re.Pattern[str] | None = None
    fuzzy: bool = False

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where in `text` the matches are, as (start, end)."""
        if self.pattern is None:
            return NO_SPANS
        if self.fuzzy:
            found = self.pattern.search(text)
            return tuple(found.regs[1:]) if found is not None else NO_SPANS
        return tuple(match.span() for match in self.pattern.finditer(text) if match.end() > match.start())


def parse(text: str) -> Filter | None:
    """The filter that `text` asks for; None for an empty one. ValueError says what is wrong with it."""
    text = text.strip()
    if not text or text in ("!", "-l", "-f"):
        return None
    if text.startswith("-l "):
        return _labels(text)
    if text.startswith("-f "):
        letters = (f"({re.escape(letter)})" for letter in text[3:].strip())
        pattern = re.compile(".*?".join(letters), re.IGNORECASE)
        return Filter(text, lambda row, labels: pattern.search(row) is not None, pattern, fuzzy=True)
    inverse = text.startswith("!")
    pattern = _pattern(text[1:] if inverse else text)
    if inverse:
        return Filter(text, lambda row, labels: pattern.search(row) is None)
    return Filter(text, lambda row, labels: pattern.search(row) is not None, pattern)


def _labels(text: str) -> Filter:
    try:
        matcher = selectors.parse_labels(text[3:].strip())
    except StatusError as error:
        raise ValueError(error.message) from None
    return Filter(text, lambda row, labels: matcher.matches(dict(labels)))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(text), re.IGNORECASE)  # half typed, as in `web(`
