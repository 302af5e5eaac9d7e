"""Arithmetic of rollouts, with the vectors of Kubernetes' own tests and documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.engine.controllers.deployment.sizing import Size, Step, Wanted, grown, resize, shrink_old


@pytest.mark.parametrize(
    ("wanted", "current", "total", "size"),
    [
        (Wanted(10, 3, 2), 0, 10, 3),  # room for the surge
        (Wanted(10, 3, 2), 3, 11, 5),
        (Wanted(10, 3, 2), 5, 13, 5),  # full
        (Wanted(10, 3, 2), 0, 0, 10),  # the first rollout has no old pods to wait for
        (Wanted(10, 3, 2), 8, 9, 10),
        (Wanted(3, 1, 0), 1, 3, 2),
        (Wanted(5, 2, 0), 9, 9, 5),  # larger than wanted
        (Wanted(10, 0, 2), 0, 14, 0),  # more than there should ever be
    ],
)
def test_the_new_set_grows_into_the_room_there_is(wanted: Wanted, current: int, total: int, size: int) -> None:
    assert grown(wanted, current, total) == size


def old(name: str, replicas: int, available: int, created: float = 0) -> Size:
    return Size(name, replicas, available, created)


@pytest.mark.parametrize(
    ("wanted", "new", "before", "steps"),
    [
        # 10 pods, 25%/25%: the first look takes two, whatever the new ones do
        (Wanted(10, 3, 2), Size("n", 3, 0), [old("a", 10, 10)], [Step("a", 8)]),
        (Wanted(10, 3, 2), Size("n", 5, 0), [old("a", 8, 8)], []),
        (Wanted(10, 3, 2), Size("n", 5, 2), [old("a", 8, 8)], [Step("a", 6)]),
        (Wanted(3, 1, 0), Size("n", 1, 0), [old("a", 3, 3)], []),
        (Wanted(3, 1, 0), Size("n", 1, 1), [old("a", 3, 3)], [Step("a", 2)]),
        # what is not available goes first, oldest set first, and does not count as a loss
        (Wanted(10, 3, 2), Size("n", 3, 0), [old("a", 10, 6)], [Step("a", 8)]),
        (Wanted(10, 3, 2), Size("n", 3, 3), [old("b", 5, 0, 2), old("a", 5, 5, 1)], [Step("b", 0)]),
        (Wanted(4, 1, 1), Size("n", 4, 4), [old("a", 2, 1, 1), old("b", 1, 1, 2)],
         [Step("a", 1), Step("a", 0), Step("b", 0)]),
        (Wanted(3, 1, 0), Size("n", 3, 3), [old("a", 0, 0)], []),
    ],
)  # fmt: skip
def test_old_sets_make_way(wanted: Wanted, new: Size, before: list[Size], steps: list[Step]) -> None:
    assert shrink_old(wanted, new, before) == steps


@given(
    st.integers(0, 20), st.integers(0, 5), st.integers(0, 5), st.integers(0, 20), st.integers(0, 20),
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=4),
)  # fmt: skip
def test_a_rollout_keeps_its_bounds(
    replicas: int, surge: int, unavailable: int, new: int, ready: int, olds: list[tuple[int, int]]
) -> None:
    wanted = Wanted(replicas, surge, min(unavailable, replicas))
    sets = [Size(f"o{n}", size, min(size, available), n) for n, (size, available) in enumerate(olds)]
    total = new + sum(one.replicas for one in sets)
    size = grown(wanted, new, total)
    assert size <= max(new, replicas)
    if size > new:
        assert total - new + size <= replicas + surge
    newest = Size("n", new, min(new, ready))
    available = newest.available + sum(one.available for one in sets)
    after = {one.name: one for one in sets}
    for step in shrink_old(wanted, newest, sets):
        before = after[step.name]
        assert 0 <= step.replicas < before.replicas
        after[step.name] = Size(step.name, step.replicas, min(before.available, step.replicas))
    left = newest.available + sum(one.available for one in after.values())
    assert left >= min(available, replicas - wanted.unavailable)


@pytest.mark.parametrize(
    ("wanted", "new", "before", "steps"),
    [
        (Wanted(5), Size("n", 3), [], [Step("n", 5)]),
        (Wanted(5), None, [Size("a", 0, created=1), Size("b", 0, created=2)], [Step("b", 5)]),
        (Wanted(5), Size("n", 0), [Size("a", 0)], [Step("n", 5)]),
        (Wanted(0), Size("n", 0), [Size("a", 3)], [Step("a", 0)]),
        # the rollout is over: what is left of the old goes
        (Wanted(4), Size("n", 4, 4, 1, 4), [Size("a", 2)], [Step("a", 0)]),
        # in proportion, 8 old and 5 new of 10 + 3
        (Wanted(15, 3), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 11), Step("n", 7)]),
        (Wanted(30, 8), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 23), Step("n", 15)]),
        (Wanted(5, 2), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 4), Step("n", 3)]),
        (Wanted(0, 0), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 0), Step("n", 0)]),
        # equal sizes: growing favours the newer, shrinking the older
        (Wanted(7, 0), Size("n", 3, 0, 1, 6, 6), [Size("a", 3, 3, 0, 6, 6)], [Step("n", 4), Step("a", 3)]),
        (Wanted(5, 0), Size("n", 3, 0, 1, 6, 6), [Size("a", 3, 3, 0, 6, 6)], [Step("a", 2), Step("n", 3)]),
    ],
)  # fmt: skip
def test_scaling_during_a_rollout(wanted: Wanted, new: Size | None, before: list[Size], steps: list[Step]) -> None:
    counted = sum(one.replicas for one in [*before, *([new] if new else [])])
    assert resize(wanted, new, before, True, counted) == steps


def test_recreate_is_not_scaled_in_proportion() -> None:
    assert resize(Wanted(9), Size("n", 2), [Size("a", 3)], False, 5) == []
