"""What is typed after `/`: text or regular expression, `!` for its inverse, `-f` fuzzy, `-l` labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from k9lite.api import patterns, selectors
from k9lite.api.errors import StatusError
from k9lite.api.patterns import Pattern, PatternError

NO_SPANS: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """`admits(text, labels)`: whether a row with this text stays; `pattern` is what to highlight in what stays.

    fuzzy: only the groups of the pattern are, each a letter that was typed
    """

    text: str
    admits: Callable[[str, Mapping[str, str]], bool]
    pattern: Pattern | None = None
    fuzzy: bool = False

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where in `text` the matches are, as (start, end)."""
        if self.pattern is None:
            return NO_SPANS
        if self.fuzzy:
            found = self.pattern.search(text)
            return found.spans[1:] if found is not None else NO_SPANS
        return tuple(match.spans[0] for match in self.pattern.finditer(text) if match[0])


def parse(text: str) -> Filter | None:
    """The filter that `text` asks for; None for an empty one. ValueError says what is wrong with it."""
    text = text.strip()
    if not text or text in ("!", "-l", "-f"):
        return None
    if text.startswith("-l "):
        return _labels(text)
    if text.startswith("-f "):
        letters = (f"({patterns.escape(letter)})" for letter in text[3:].strip())
        pattern = patterns.compile(".*?".join(letters), ignore_case=True)
        return Filter(text, lambda row, labels: pattern.occurs_in(row), pattern, fuzzy=True)
    inverse = text.startswith("!")
    pattern = _pattern(text[1:] if inverse else text)
    if inverse:
        return Filter(text, lambda row, labels: not pattern.occurs_in(row))
    return Filter(text, lambda row, labels: pattern.occurs_in(row), pattern)


def _labels(text: str) -> Filter:
    try:
        matcher = selectors.parse_labels(text[3:].strip())
    except StatusError as error:
        raise ValueError(error.message) from None
    return Filter(text, lambda row, labels: matcher.matches(dict(labels)))


def _pattern(text: str) -> Pattern:
    try:
        return patterns.compile(text, ignore_case=True)
    except PatternError:
        return patterns.compile(patterns.escape(text), ignore_case=True)  # half typed, as in `web(`
