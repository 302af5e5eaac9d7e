"""How long a Job waits before it replaces pods that failed; pure but for what it remembers."""

from collections.abc import Iterable
from dataclasses import dataclass

FIRST, LONGEST = 10.0, 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Failures:
    """How many pods have failed since the last success, and when the last one did."""

    number: int = 0
    last: float = 0.0

    def and_then(self, ended: Iterable[tuple[float, bool]]) -> "Failures":
        """After further pods: when each ended, and whether it succeeded."""
        found = self
        for when, success in sorted(ended):
            found = Failures() if success else Failures(found.number + 1, max(found.last, when))
        return found

    def left(self, now: float) -> float:
        """Seconds until the next pod may be created; 0 for at once.

        >>> Failures(2, 100.0).left(105.0)
        15.0
        """
        return remaining(self.number, self.last, now)


def remaining(failures: int, last: float, now: float) -> float:
    """The wait doubles with every failure."""
    if not failures:
        return 0.0
    return max(0.0, last + min(FIRST * 2.0 ** min(failures - 1, 20), LONGEST) - now)
