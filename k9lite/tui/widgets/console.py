"""A process in a container, line by line: above what it writes, below what is typed to it."""

import codecs
from collections.abc import Iterator

from textual.widgets import Input

from k9lite.tui.display.lines import Line
from k9lite.tui.display.text import clean
from k9lite.tui.display.tones import Tone
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.lines import Lines

OUTPUT, ERRORS = 1, 2
TONES: dict[int, Tone] = {OUTPUT: "", ERRORS: "warn"}


class Splitter:
    """Bytes become lines, of each stream on its own; a character may come in pieces."""

    def __init__(self) -> None:
        self._decoders = {number: codecs.getincrementaldecoder("utf-8")("replace") for number in TONES}
        self._begun = dict.fromkeys(TONES, "")

    def split(self, number: int, data: bytes) -> Iterator[Line]:
        """The lines that `data` completes."""
        *whole, self._begun[number] = (self._begun[number] + self._decoders[number].decode(data)).split("\n")
        for text in whole:
            yield Line(clean(text.rstrip("\r")), TONES[number])

    def rest(self) -> Iterator[Line]:
        """What was begun and has not ended yet, such as a question."""
        for number, text in self._begun.items():
            if text:
                yield Line(clean(text), TONES[number])
                self._begun[number] = ""


class ConsoleInput(Input, Place):
    """Typed into; the arrows bring back what was typed before, pages scroll `output`."""

    typing = True
    place_name = "console"

    def __init__(self, output: Lines) -> None:
        super().__init__(placeholder="type a line for it", compact=True)
        self._output = output
        self._typed: list[str] = []
        self._at = 0

    def move(self, lines: int) -> None:
        self._at = max(0, min(self._at + lines, len(self._typed)))
        self.value = self._typed[self._at] if self._at < len(self._typed) else ""
        self.cursor_position = len(self.value)

    def move_pages(self, pages: int) -> None:
        self._output.move_pages(pages)

    def take(self) -> str:
        """What was typed; the line is empty again."""
        text, self.value = self.value, ""
        if text and text not in self._typed[-1:]:
            self._typed.append(text)
        self._at = len(self._typed)
        return text
