"""Schedules of cron jobs in the syntax of robfig/cron, as Kubernetes uses it; pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from cronsim import CronSim, CronSimError

from k9lite.api import names

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (  # least, most, words that stand for numbers
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+")
_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_GO_INTEGER = re.compile(r"[+-]?[0-9]+")
_YEARS_AHEAD = 5  # a schedule without a time in these years never comes


@dataclass(frozen=True)
class Schedule:
    """When a cron job starts: by `expression`, five fields of numbers and stars; or every `interval` seconds.

    With neither it never starts: a field such as `,` names no number.
    """

    expression: str = ""
    interval: int = 0

    def after(self, moment: float, zone: tzinfo = UTC) -> float | None:
        """The first time after `moment`, both in epoch seconds; None where none comes within five years."""
        if self.interval:
            return float(int(moment) + self.interval)
        if not self.expression:
            return None
        start = datetime.fromtimestamp(int(moment), zone)
        try:
            # With a field for seconds cronsim leaves out Debian's rules for summer time, which robfig/cron lacks too.
            upcoming = next(CronSim(f"0 {self.expression}", start), None)
        except CronSimError:  # a day that none of the months has
            return None
        return None if upcoming is None or upcoming.year > start.year + _YEARS_AHEAD else upcoming.timestamp()


@lru_cache(maxsize=256)
def parse(text: str) -> Schedule:
    """The schedule that `text` describes. Raises ValueError in the words of robfig/cron."""
    if text.startswith(_EVERY):
        return Schedule(interval=_interval(text))
    if text.startswith("@"):
        if text not in _DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = _DESCRIPTORS[text]
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    numbers = [_field(field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True)]
    return Schedule(expression=" ".join(numbers) if all(numbers) else "")


def _interval(text: str) -> int:
    """Whole seconds of `@every 1h30m`, at least one."""
    duration = text.removeprefix(_EVERY)
    sign, digits = (-1, duration[1:]) if duration.startswith("-") else (1, duration.removeprefix("+"))
    if digits == "0":
        return 1
    if not _DURATION.fullmatch(digits):
        raise ValueError(f"failed to parse duration {text}: {_duration_complaint(duration, digits)}")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(digits))
    return max(1, int(sign * seconds))


def _duration_complaint(duration: str, digits: str) -> str:
    """What Go's time.ParseDuration says of `duration`; `digits` is the same without its sign."""
    rest = digits
    while match := _DURATION_PART.match(rest):
        rest = rest[match.end() :]
    if number := re.match(r"(?:\d+\.?\d*|\.\d+)([^\d.]*)", rest):
        unit = number.group(1)
        if unit:
            return f"time: unknown unit {names.quoted(unit)} in duration {names.quoted(duration)}"
        return f"time: missing unit in duration {names.quoted(duration)}"
    return f"time: invalid duration {names.quoted(duration)}"


def _field(text: str, least: int, most: int, words: tuple[str, ...]) -> str:
    """One field as `*`, or as the list of its numbers.

    A star, also in a list or with a step of 1, means that the field does not restrict the day: then day of month and
    day of week must both match, else one of them is enough.
    """
    numbers: set[int] = set()
    star = False
    for part in filter(None, text.split(",")):
        matched, has_star = _part(part, least, most, words)
        numbers.update(matched)
        star = star or has_star
    return "*" if star else ",".join(map(str, sorted(numbers)))


def _part(part: str, least: int, most: int, words: tuple[str, ...]) -> tuple[range, bool]:
    """The numbers of one part of a field (`*/5`, `1-5`, `mon`), and whether it is a star."""
    span, *steps = part.split("/")
    ends = span.split("-")
    star = ends[0] in ("*", "?")
    if star:
        first, last = least, most
    else:
        if len(ends) > 2:
            _number(ends[0], least, words)
            raise ValueError(f"too many hyphens: {part}")
        first = _number(ends[0], least, words)
        last = _number(ends[-1], least, words)
    if len(steps) > 1:
        raise ValueError(f"too many slashes: {part}")
    step = _integer(steps[0]) if steps else 1
    if steps and len(ends) == 1:
        last = most
    complaints: tuple[tuple[bool, Callable[[], str]], ...] = (
        (first < least, lambda: f"beginning of range ({first}) below minimum ({least}): {part}"),
        (last > most, lambda: f"end of range ({last}) above maximum ({most}): {part}"),
        (first > last, lambda: f"beginning of range ({first}) beyond end of range ({last}): {part}"),
        (step == 0, lambda: f"step of range should be a positive number: {part}"),
    )
    if complaint := next((message() for applies, message in complaints if applies), None):
        raise ValueError(complaint)
    return range(first, last + 1, step), star and step == 1


def _number(text: str, least: int, words: tuple[str, ...]) -> int:
    return words.index(text.lower()) + least if text.lower() in words else _integer(text)


def _integer(text: str) -> int:
    if not _GO_INTEGER.fullmatch(text):
        raise ValueError(f"failed to parse int from {text}: strconv.Atoi: parsing {names.quoted(text)}: invalid syntax")
    if (number := int(text)) < 0:
        raise ValueError(f"negative number ({number}) not allowed: {text}")
    return number
