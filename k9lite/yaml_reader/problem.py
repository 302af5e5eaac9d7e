"""Places in files, and what is wrong at them: data, to be shown or counted, never raised."""

from typing import Literal, NamedTuple


class FileLine(NamedTuple):
    """A line of a file, counted from 1; 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


RepairAct = Literal[
    "indent with blanks",
    "end the key above",
    "remove the line",
    "change apiVersion",
    "rename the key",
    "replace the value",
    "add quotes",
    "remove quotes",
]


class Repair(NamedTuple):
    """The change that would mend a problem; `text` is the new apiVersion, key or value."""

    act: RepairAct
    text: str = ""


class Problem(NamedTuple):
    """What is wrong, or can hardly be meant, in a file.

    file: as the user knows it, relative to the folder; line and column count from 1
    hint: what to do about it; may be empty
    repair: the change that an editor may offer; None where nothing certain is known
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    repair: Repair | None = None

    @property
    def text(self) -> str:
        """The message with its hint."""
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"
