"""What is wrong in a manifest, and where: data, to be shown or counted, never raised."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that keeps a file, or an object of it, from being applied.

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
