"""Patterns that users, manifests and containers bring along.

They run on RE2, the engine that Go's `regexp` is made after, which Kubernetes matches with. Its time grows with the
length of the text alone. Python's `re` may never end on a short text, and is for k9lite's own patterns.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

Span = tuple[int, int]  # start and end, in characters; (-1, -1) for a group that took no part

NO_SPAN = (-1, -1)
CONTINUATION, CONTINUATION_MASK = 0x80, 0xC0  # of a byte of UTF-8 inside a character
_PLAIN = re.compile(r"[^\\.^$*+?()\[\]{}|]*")
_SPECIAL = re.compile(r"[\\.^$*+?()\[\]{}|]")
_SURROGATES = re.compile("[\ud800-\udfff]")


class PatternError(ValueError):
    """A text that is no pattern; the message says why, in RE2's words."""


class Match:
    """Where a pattern fits."""

    __slots__ = ("spans", "text")

    def __init__(self, text: str, spans: tuple[Span, ...]) -> None:
        self.text, self.spans = text, spans

    def __getitem__(self, group: int) -> str:
        """What a group matched, 0 for the whole; empty for a group that took no part. IndexError without that group."""
        start, end = self.spans[group]
        return self.text[start:end] if start >= 0 else ""

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[0][1]


class Pattern:
    """A compiled pattern.

    groups: how many it has; size: instructions of its program; a search takes at most size times length of text
    """

    def __init__(self, expression: str, options: re2.Options) -> None:
        self._regexp = re2.compile(_encoded(expression), options)
        self.expression = expression
        self.groups: int = self._regexp.groups
        self.size: int = self._regexp.programsize
        plain = _PLAIN.fullmatch(expression) is not None
        flags = 0 if options.case_sensitive else re.IGNORECASE
        self._literal = re.compile(re.escape(expression), flags) if plain else None  # a third of RE2's time

    def occurs_in(self, text: str) -> bool:
        if self._literal is not None:
            return self._literal.search(text) is not None
        return self._regexp.search(_encoded(text)) is not None

    def search(self, text: str) -> Match | None:
        """The first match."""
        return self._match(text, self._regexp.search)

    def match(self, text: str) -> Match | None:
        """The match that begins with the text."""
        return self._match(text, self._regexp.match)

    def fullmatch(self, text: str) -> Match | None:
        """The match that is the whole text."""
        return self._match(text, self._regexp.fullmatch)

    def finditer(self, text: str) -> Iterator[Match]:
        """Every match, from left to right; none overlaps another."""
        data = _encoded(text)
        places, at = _Places(data, len(text)), 0
        while at <= len(data):
            match = self._regexp.search(data, at)
            if match is None:
                return
            yield Match(text, tuple(places.span(match.span(group)) for group in range(self.groups + 1)))
            at = match.end()
            if match.start() == at:
                at += 1
                while at < len(data) and data[at] & CONTINUATION_MASK == CONTINUATION:
                    at += 1

    def _match(self, text: str, look: Callable[[bytes], Any]) -> Match | None:
        data = _encoded(text)
        match = look(data)
        if match is None:
            return None
        places = _Places(data, len(text))
        return Match(text, tuple(places.span(match.span(group)) for group in range(self.groups + 1)))


class _Places:
    """Turns places in bytes into places in characters; each is counted from the one before."""

    def __init__(self, data: bytes, length: int) -> None:
        self._data, self._same = data, len(data) == length
        self._bytes = self._characters = 0

    def span(self, span: Span) -> Span:
        if self._same or span == NO_SPAN:
            return span
        return self._place(span[0]), self._place(span[1])

    def _place(self, at: int) -> int:
        if at >= self._bytes:
            self._characters += len(self._data[self._bytes : at].decode())
        else:
            self._characters -= len(self._data[at : self._bytes].decode())
        self._bytes = at
        return self._characters


@lru_cache(maxsize=256)
def compile(
    expression: str, *, ignore_case: bool = False, longest: bool = False, any_character: bool = False
) -> Pattern:
    """PatternError.

    longest: the longest match counts, as POSIX has it, else the one that Perl and Go prefer
    any_character: a dot matches a newline too
    """
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    options.longest_match = longest
    options.dot_nl = any_character
    try:
        return Pattern(expression, options)
    except re2.error as error:
        (reason,) = error.args
        raise PatternError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def escape(text: str) -> str:
    """A pattern that matches just this text."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()
