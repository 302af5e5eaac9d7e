"""Schedules of cron jobs, as robfig/cron reads them."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from k9lite.api import schedules

BERLIN = ZoneInfo("Europe/Berlin")


def next_times(text: str, start: str, number: int, zone: tzinfo = UTC) -> list[str]:
    """The next times of the schedule after `start`, written in `zone`."""
    moment = datetime.fromisoformat(start).replace(tzinfo=zone).timestamp()
    upcoming = []
    for _ in range(number):
        following = schedules.parse(text).after(moment, zone)
        assert following is not None
        upcoming.append(datetime.fromtimestamp(following, zone).isoformat(timespec="minutes"))
        moment = following
    return upcoming


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("* * * * *", "01-01T00:01", "01-01T00:02"),
        ("*/20 * * * *", "01-01T00:20", "01-01T00:40"),
        ("50/5 * * * *", "01-01T00:50", "01-01T00:55"),
        ("5,35 8-18/5 * * *", "01-01T08:05", "01-01T08:35"),
        ("0 0 ? * Mon-FRI", "01-02T00:00", "01-05T00:00"),
        ("0 0 1 feb,MAR *", "02-01T00:00", "03-01T00:00"),
        ("0 0 13 * 5", "01-02T00:00", "01-09T00:00"),  # either of day of month and day of week
        ("0 0 */10 * 5", "01-02T00:00", "01-09T00:00"),  # a star with a step restricts the day
        ("0 0 */1 * 5", "01-02T00:00", "01-09T00:00"),  # one with a step of 1 does not
        ("0 0 * * 1/2", "01-02T00:00", "01-05T00:00"),  # Monday, Wednesday, Friday: there is no day 7
        ("1,,2 0 * * *", "01-01T00:01", "01-01T00:02"),
        ("@hourly", "01-01T01:00", "01-01T02:00"),
        ("@daily", "01-02T00:00", "01-03T00:00"),
        ("@midnight", "01-02T00:00", "01-03T00:00"),
        ("@weekly", "01-04T00:00", "01-11T00:00"),
        ("@monthly", "02-01T00:00", "03-01T00:00"),
        ("@every 1h30m", "01-01T01:30", "01-01T03:00"),
    ],
)
def test_next_times(text: str, first: str, second: str) -> None:
    assert next_times(text, "2026-01-01", 2) == [f"2026-{first}+00:00", f"2026-{second}+00:00"]


def test_a_star_with_a_step_is_one_of_two_ways_to_match_a_day() -> None:
    assert next_times("0 0 */10 * 0", "2026-01-01T12:00", 3) == [
        "2026-01-04T00:00+00:00",
        "2026-01-11T00:00+00:00",
        "2026-01-18T00:00+00:00",
    ]
    assert next_times("0 0 */10 * 3", "2026-01-08", 2) == ["2026-01-11T00:00+00:00", "2026-01-14T00:00+00:00"]


def test_leap_days_and_years() -> None:
    assert next_times("30 2 29 2 *", "2026-01-01", 1) == ["2028-02-29T02:30+00:00"]
    assert next_times("@yearly", "2026-01-01", 1) == ["2027-01-01T00:00+00:00"]


def test_what_summer_time_leaves_out_does_not_start_and_what_comes_twice_starts_twice() -> None:
    assert next_times("30 2 * * *", "2026-03-28T12:00", 1, BERLIN) == ["2026-03-30T02:30+02:00"]
    assert next_times("30 2 * * *", "2026-10-24T12:00", 2, BERLIN) == [
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:30+01:00",
    ]


@pytest.mark.parametrize("text", ["0 0 31 2 *", "0 0 30 feb *", ", * * * *"])
def test_some_schedules_never_come(text: str) -> None:
    assert schedules.parse(text).after(0.0) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("every day", "expected exactly 5 fields, found 2: [every day]"),
        ("0 0 0 * * *", "expected exactly 5 fields, found 6: [0 0 0 * * *]"),
        ("61 * * * *", "end of range (61) above maximum (59): 61"),
        ("0 0 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("0 0 * * 7", "end of range (7) above maximum (6): 7"),
        ("9-3 * * * *", "beginning of range (9) beyond end of range (3): 9-3"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("*/2/3 * * * *", "too many slashes: */2/3"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("*/-1 * * * *", "negative number (-1) not allowed: -1"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("*/ * * * *", 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'),
        ("@reboot", "unrecognized descriptor: @reboot"),
        ("@Daily", "unrecognized descriptor: @Daily"),
        ("@every soon", 'failed to parse duration @every soon: time: invalid duration "soon"'),
        ("@every 5", 'failed to parse duration @every 5: time: missing unit in duration "5"'),
        ("@every 1h3d", 'failed to parse duration @every 1h3d: time: unknown unit "d" in duration "1h3d"'),
    ],
)
def test_complaints(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        schedules.parse(text)


@pytest.mark.parametrize(("text", "seconds"), [("1m", 60), ("1.5s", 1), ("10ms", 1), ("-1h", 1), ("2h45m30s", 9930)])
def test_intervals_are_whole_seconds_and_at_least_one(text: str, seconds: int) -> None:
    assert schedules.parse(f"@every {text}").interval == seconds
