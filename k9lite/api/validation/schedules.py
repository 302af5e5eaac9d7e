"""Rules for when a cron job runs: its schedule and its time zone."""

import zoneinfo
from functools import cache

from k9lite.api import errors, schedules
from k9lite.api.validation.values import Errors


def schedule(path: str, text: str, has_zone: bool) -> Errors:
    if "TZ" in text:
        if has_zone:
            message = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
        else:
            message = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield errors.invalid(path, text, message)
    else:
        try:
            schedules.parse(text)
        except ValueError as error:
            yield errors.invalid(path, text, str(error))


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
