import pytest

from k9lite.tables.ages import age, duration

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "<invalid>"),
        (-1.5, "0s"),
        (0, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (200, "3m20s"),
        (10 * MINUTE + 5, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (5 * HOUR + 10 * MINUTE, "5h10m"),
        (8 * HOUR + 10 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (48 * HOUR, "2d"),
        (2 * DAY + 3 * HOUR, "2d3h"),
        (8 * DAY + 3 * HOUR, "8d"),
        (YEAR, "365d"),
        (2 * YEAR + 20 * DAY, "2y20d"),
        (9 * YEAR + 20 * DAY, "9y"),
    ],
)
def test_durations_are_as_kubectl_writes_them(seconds, text):
    assert duration(seconds) == text


def test_an_unknown_time_has_an_unknown_age():
    assert age(None, 0) == "<unknown>"
    assert age("2026-01-01T00:00:00Z", 1767225600 + 42) == "42s"
