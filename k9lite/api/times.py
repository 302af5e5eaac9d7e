"""Times as the API writes them: RFC 3339 in UTC, to the second, or (MicroTime) to the microsecond."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH, SECOND = datetime.fromtimestamp(0, UTC), timedelta(seconds=1)


def time(seconds: float) -> str:
    """A metav1.Time: `2026-01-02T03:04:05Z`."""
    return _text(int(seconds))


@lru_cache(maxsize=256)
def _text(seconds: int) -> str:
    # Every write asks for the present second, some several times.
    return _rfc3339(datetime.fromtimestamp(seconds, UTC), "seconds")


def micro_time(seconds: float) -> str:
    """A metav1.MicroTime: always six decimals."""
    return _rfc3339(datetime.fromtimestamp(seconds, UTC), "microseconds")


def micro_time_of(seconds: int, microseconds: int) -> str:
    """The same from whole numbers, which lose nothing however far away the time is."""
    return _rfc3339(datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds), "microseconds")


def _rfc3339(moment: datetime, precision: str) -> str:
    """A time in UTC; its year always has four digits, which `strftime` does not do everywhere."""
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def unix(value: str) -> tuple[int, int]:
    """A time of the API as whole seconds since the Unix epoch, and nanoseconds. Raises ValueError."""
    moment = datetime.fromisoformat(value)
    seconds = (moment - EPOCH) // SECOND
    return seconds, moment.microsecond * 1000


def timestamp(value: str | datetime | None) -> float | None:
    """Seconds since the Unix epoch of a time of the API, as text or as in a typed view."""
    if value is None:
        return None
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).timestamp()
