"""Rules for when a cron job runs: five fields or a descriptor, and a time zone (robfig/cron's complaints)."""

import zoneinfo
from functools import cache

from k9lite.api import errors, names
from k9lite.api.validation.values import Errors

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (  # least, most, words that stand for numbers
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def schedule(path: str, given: str, has_zone: bool) -> Errors:
    if "TZ" in given:
        if has_zone:
            message = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
        else:
            message = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield errors.invalid(path, given, message)
    elif message := _complaint(given):
        yield errors.invalid(path, given, message)


def _complaint(given: str) -> str:
    """Why a schedule makes no sense; empty if it does."""
    if given.startswith("@"):
        known = given in _DESCRIPTORS or given.startswith("@every ")
        return "" if known else f"unrecognized descriptor: {given}"
    fields = given.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    for field, (least, most, words) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if message := _part_complaint(part, least, most, words):
                return message
    return ""


def _part_complaint(part: str, least: int, most: int, words: tuple[str, ...]) -> str:
    """The same of one part of a field: `*/5`, `1-5`, `mon`."""
    span, slash, step = part.partition("/")
    if slash and not step.isdecimal():
        return _not_a_number(step)
    if slash and int(step) == 0:
        return f"step of range should be a positive number: {part}"
    if span in ("*", "?"):
        return ""
    numbers: list[int] = []
    for end in span.split("-"):
        if end.lower() in words:
            numbers.append(words.index(end.lower()) + least)
        elif end.isdecimal():
            numbers.append(int(end))
        else:
            return _not_a_number(end)
    return _range_complaint(part, numbers, least, most)


def _range_complaint(part: str, numbers: list[int], least: int, most: int) -> str:
    first, last = numbers[0], numbers[-1]
    if len(numbers) > 2:
        return f"too many hyphens: {part}"
    if first < least:
        return f"beginning of range ({first}) below minimum ({least}): {part}"
    if last > most:
        return f"end of range ({last}) above maximum ({most}): {part}"
    return f"beginning of range ({first}) beyond end of range ({last}): {part}" if first > last else ""


def _not_a_number(text: str) -> str:
    return f"failed to parse int from {text}: strconv.Atoi: parsing {names.quoted(text)}: invalid syntax"


@cache
def _zones() -> set[str]:
    """All that this machine knows; some know none."""
    return zoneinfo.available_timezones()


def time_zone(path: str, zone: str) -> Errors:
    if not zone:
        yield errors.invalid(path, zone, "timeZone must be nil or non-empty string")
    elif zone.lower() == "local":
        message = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        yield errors.invalid(path, zone, message)
    elif _zones() and zone not in _zones():
        yield errors.invalid(path, zone, f"unknown time zone {zone}")
