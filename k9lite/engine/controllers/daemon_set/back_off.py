"""How long a DaemonSet waits before it replaces a pod that failed again on the same node."""

from typing import NamedTuple

FIRST, LONGEST = 1.0, 900.0  # seconds


class _Entry(NamedTuple):
    since: float
    seconds: float


class BackOff:
    """One delay per key, doubled by each failure; forgotten after twice the longest delay without one."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}

    def rest(self, key: tuple[str, str], now: float) -> float:
        """Seconds until the next replacement may be made; 0 when it may be made now."""
        entry = self._entries.get(key)
        return max(0.0, entry.since + entry.seconds - now) if entry is not None else 0.0

    def replaced(self, key: tuple[str, str], now: float) -> None:
        """A failed pod is replaced at `now`: the next one has to wait longer."""
        entry = self._entries.get(key)
        fresh = entry is None or now - entry.since > 2 * LONGEST
        seconds = FIRST if fresh or entry is None else min(entry.seconds * 2, LONGEST)
        self._entries[key] = _Entry(now, seconds)

    def forget(self, uid: str) -> None:
        """The DaemonSet of that uid is gone."""
        for key in [key for key in self._entries if key[0] == uid]:
            del self._entries[key]
