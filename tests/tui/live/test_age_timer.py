import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds, times
from k9lite.tables import ages
from k9lite.tui.live.age_timer import AgeTimer


@pytest.mark.parametrize(
    ("age", "later"),
    [(0, 1), (0.25, 0.75), (119, 1), (599, 1), (600, 60), (645, 15), (28_799, 1), (28_800, 3600), (691_200, 86_400)],
)
def test_until_an_age_reads_differently(age, later):
    assert ages.until_change(age) == later


@pytest.mark.parametrize("start", [0, 100, 119, 590, 3000, 10_799, 28_000, 172_000, 690_000, 63_000_000])
def test_no_age_reads_differently_before(start):
    later = ages.until_change(start)
    assert ages.duration(start + later - 0.01) == ages.duration(start)


async def test_rows_are_outdated_when_their_age_reads_differently_and_not_before(make):
    clock, outdated = ManualClock(), []
    timer = AgeTimer(clock, outdated.append)
    created = {"young": clock.now() - 10, "old": clock.now() - 3640}
    rows = [
        make(kinds.CONFIG_MAP, {"metadata": {"name": name, "creationTimestamp": times.time(at)}})
        for name, at in created.items()
    ]
    timer.follow(rows)
    await clock.advance(0.5)
    assert not outdated
    await clock.advance(0.6)
    assert [[key.name for key in keys] for keys in outdated] == [["young"]]
    timer.follow(rows[1:])
    await clock.advance(18)
    assert len(outdated) == 1
    await clock.advance(1)
    assert [key.name for key in outdated[-1]] == ["old"]
    timer.follow(rows)
    timer.stop()
    await clock.advance(100)
    assert len(outdated) == 2
