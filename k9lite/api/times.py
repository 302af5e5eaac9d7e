"""Times as the API writes them: RFC 3339 in UTC, to the second, or (MicroTime) to the microsecond."""

from datetime import UTC, datetime
from functools import lru_cache


def time(seconds: float) -> str:
    """A metav1.Time: `2026-01-02T03:04:05Z`."""
    return _text(int(seconds))


@lru_cache(maxsize=256)
def _text(seconds: int) -> str:
    # Every write asks for the present second, some several times.
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_time(seconds: float) -> str:
    """A metav1.MicroTime: always six decimals."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def timestamp(value: str | datetime | None) -> float | None:
    """Seconds since the Unix epoch of a time of the API, as text or as in a typed view."""
    if value is None:
        return None
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).timestamp()
