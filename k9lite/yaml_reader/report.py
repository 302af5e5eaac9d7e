"""Collects what is wrong with one file while it is read, at the lines of the file."""

from typing import NamedTuple

from k9lite.yaml_reader.builder import GiveUp
from k9lite.yaml_reader.problem import Problem, Repair

MOST_PROBLEMS = 100  # of a file


class DuplicateKey(NamedTuple):
    """A key that its mapping has already since `first_line`: the last value counts."""

    line: int
    column: int
    key: str
    first_line: int


class FileReport:
    """Lines and columns are those of the chunk that is being read; set `lines_before` and `columns_before` for each."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self._duplicates: list[DuplicateKey] = []
        self.lines_before = self.columns_before = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems, key=lambda problem: (problem.line, problem.column)))

    @property
    def duplicates(self) -> tuple[DuplicateKey, ...]:
        return tuple(self._duplicates)

    @property
    def count(self) -> int:
        """How much has been reported."""
        return len(self._problems) + len(self._duplicates)

    def mistake(self, line: int, column: int, message: str, hint: str = "", repair: Repair | None = None) -> None:
        """What keeps the file from being applied. GiveUp when there have been too many."""
        if len(self._problems) > MOST_PROBLEMS:
            raise GiveUp
        if len(self._problems) == MOST_PROBLEMS:
            message, hint, repair = f"more than {MOST_PROBLEMS} mistakes", "the others are not told", None
        self._problems.append(Problem(self._file, *self._in_file(line, column), message, hint, repair))

    def duplicate(self, line: int, column: int, key: str, first_line: int) -> None:
        """A key that is there twice."""
        if len(self._duplicates) < MOST_PROBLEMS:
            self._duplicates.append(DuplicateKey(*self._in_file(line, column), key, first_line + self.lines_before))

    def _in_file(self, line: int, column: int) -> tuple[int, int]:
        return line + self.lines_before, column + (self.columns_before if line == 1 else 0)
