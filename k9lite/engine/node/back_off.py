"""Back-offs that double with every failure, one per key (client-go: util/flowcontrol/backoff.go)."""

from dataclasses import dataclass

FIRST, LONGEST = 10.0, 300.0  # seconds; of crashing containers and of images that cannot be pulled


@dataclass(slots=True)
class _Entry:
    seconds: float
    updated: float


class BackOff:
    """How long each key has to wait. Times are seconds of the cluster's clock."""

    def __init__(self, first: float = FIRST, longest: float = LONGEST) -> None:
        self._first, self._longest = first, longest
        self._entries: dict[str, _Entry] = {}

    def seconds(self, key: str) -> float:
        """The length of the present back-off; 0 when there is none."""
        entry = self._entries.get(key)
        return entry.seconds if entry else 0.0

    def ends(self, key: str, since: float, now: float) -> float | None:
        """When a back-off that counts from `since` ends; None when `key` need not wait now."""
        entry = self._entries.get(key)
        if entry is None or self._forgotten(since, entry) or now - since >= entry.seconds:
            return None
        return since + entry.seconds

    def ends_since_update(self, key: str, now: float) -> float | None:
        """When the back-off ends, counted from the failure that began it; None when `key` need not wait now."""
        entry = self._entries.get(key)
        return None if entry is None else self.ends(key, entry.updated, now)

    def next(self, key: str, since: float, now: float) -> None:
        """One more failure, which happened at `since`: the next wait is twice as long as the last one."""
        entry = self._entries.get(key)
        if entry is None or self._forgotten(since, entry):
            self._entries[key] = _Entry(self._first, now)
        else:
            entry.seconds, entry.updated = min(entry.seconds * 2, self._longest), now

    def forget(self, prefix: str) -> None:
        """Drop every key that starts with `prefix`."""
        for key in [key for key in self._entries if key.startswith(prefix)]:
            del self._entries[key]

    def _forgotten(self, since: float, entry: _Entry) -> bool:
        """What ran well for twice the longest back-off starts anew."""
        return since - entry.updated > 2 * self._longest
