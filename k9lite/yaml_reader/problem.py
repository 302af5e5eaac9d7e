"""Places in files, and what is wrong at them: data, to be shown or counted, never raised."""

from typing import NamedTuple


class FileLine(NamedTuple):
    """A line of a file, counted from 1; 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(NamedTuple):
    """What is wrong, or can hardly be meant, in a file.

    file: as the user knows it, relative to the folder; line and column count from 1
    hint: what to do about it; may be empty
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """The message with its hint."""
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"
