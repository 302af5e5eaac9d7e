"""How long ago something was, in kubectl's short form (apimachinery's HumanDuration)."""

from datetime import datetime

from k9lite.api import times
from k9lite.tables.column import UNKNOWN

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


def duration(seconds: float) -> str:
    """`42s`, `3m20s`, `5h10m`, `2d3h`, `1y20d`: at most two units, truncated."""
    if seconds <= -2:
        return "<invalid>"
    whole = int(max(seconds, 0))
    if whole < 2 * MINUTE:
        return f"{whole}s"
    if whole < 3 * HOUR:
        minutes, rest = divmod(whole, MINUTE)
        return f"{minutes}m{rest}s" if rest and minutes < 10 else f"{minutes}m"
    if whole < 2 * DAY:
        return _two(whole, HOUR, "h", MINUTE, "m", until=8)
    if whole < 2 * YEAR:
        return _two(whole, DAY, "d", HOUR, "h", until=8)
    return _two(whole, YEAR, "y", DAY, "d", until=8)


def until_change(seconds: float) -> float:
    """How many seconds later `duration` may say something else: it counts seconds, minutes, hours, then days."""
    age = max(seconds, 0.0)
    unit = 1 if age < 10 * MINUTE else MINUTE if age < 8 * HOUR else HOUR if age < 8 * DAY else DAY
    return unit - age % unit


def _two(whole: int, unit: int, name: str, part: int, part_name: str, until: int) -> str:
    """`whole` in units, with the smaller part below `until` units."""
    count, rest = divmod(whole, unit)
    rest //= part
    return f"{count}{name}{rest}{part_name}" if rest and count < until else f"{count}{name}"


def age(since: str | datetime | None, now: float) -> str:
    """The time from `since` to `now` (epoch seconds); `<unknown>` when there is no time."""
    start = times.timestamp(since)
    return UNKNOWN if start is None else duration(now - start)
