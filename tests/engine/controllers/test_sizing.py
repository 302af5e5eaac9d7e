"""Arithmetic of rollouts, with the vectors of Kubernetes' own tests and documentation."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.engine.controllers.deployment.sizing import Desired, Size, Step, grown, resize, shrink_old


@pytest.mark.parametrize(
    ("wanted", "current", "total", "size"),
    [
        (Desired(10, 3, 2), 0, 10, 3),  # room for the surge
        (Desired(10, 3, 2), 3, 11, 5),
        (Desired(10, 3, 2), 5, 13, 5),  # full
        (Desired(10, 3, 2), 0, 0, 10),  # the first rollout has no old pods to wait for
        (Desired(10, 3, 2), 8, 9, 10),
        (Desired(3, 1, 0), 1, 3, 2),
        (Desired(5, 2, 0), 9, 9, 5),  # larger than wanted
        (Desired(10, 0, 2), 0, 14, 0),  # more than there should ever be
    ],
)
def test_the_new_set_grows_into_the_room_there_is(wanted: Desired, current: int, total: int, size: int) -> None:
    assert grown(wanted, current, total) == size


def old(name: str, replicas: int, available: int, created: float = 0) -> Size:
    return Size(name, replicas, available, created)


@pytest.mark.parametrize(
    ("wanted", "new", "before", "steps"),
    [
        # 10 pods, 25%/25%: the first look takes two, whatever the new ones do
        (Desired(10, 3, 2), Size("n", 3, 0), [old("a", 10, 10)], [Step("a", 8)]),
        (Desired(10, 3, 2), Size("n", 5, 0), [old("a", 8, 8)], []),
        (Desired(10, 3, 2), Size("n", 5, 2), [old("a", 8, 8)], [Step("a", 6)]),
        (Desired(3, 1, 0), Size("n", 1, 0), [old("a", 3, 3)], []),
        (Desired(3, 1, 0), Size("n", 1, 1), [old("a", 3, 3)], [Step("a", 2)]),
        # what is not available goes first, oldest set first, and does not count as a loss
        (Desired(10, 3, 2), Size("n", 3, 0), [old("a", 10, 6)], [Step("a", 8)]),
        (Desired(10, 3, 2), Size("n", 3, 3), [old("b", 5, 0, 2), old("a", 5, 5, 1)], [Step("b", 0)]),
        (
            Desired(4, 1, 1),
            Size("n", 4, 4),
            [old("a", 2, 1, 1), old("b", 1, 1, 2)],
            [Step("a", 1), Step("a", 0), Step("b", 0)],
        ),
        (Desired(3, 1, 0), Size("n", 3, 3), [old("a", 0, 0)], []),
        # the cases of rolling_test.go: 10 pods, no surge
        (Desired(10, 0, 0), Size("n", 0, 0), [old("a", 10, 10)], []),
        (Desired(10, 0, 2), Size("n", 0, 0), [old("a", 10, 10)], [Step("a", 8)]),
        (Desired(10, 0, 2), Size("n", 0, 0), [old("a", 10, 8)], [Step("a", 8)]),
        (Desired(10, 0, 2), Size("n", 0, 0), [old("a", 10, 9)], [Step("a", 9), Step("a", 8)]),
        (Desired(10, 0, 2), Size("n", 2, 0), [old("a", 8, 8)], []),
        # and those of its comment: rolled back from a crash loop with one pod lost, rolled over
        (Desired(10, 3, 2), Size("n", 8, 7), [old("a", 5, 0)], [Step("a", 1)]),
        (Desired(10, 3, 2), Size("n", 0, 0), [old("a", 8, 8, 1), old("b", 5, 0, 2)], [Step("b", 0)]),
        # scaled down while the new pods cannot start; the status of the old set is that before the scaling
        (Desired(4, 3, 2), Size("n", 3, 0), [old("a", 4, 8)], []),
        (Desired(4, 3, 2), Size("n", 3, 0), [old("a", 4, 4)], [Step("a", 2)]),
        (Desired(5, 2, 1), Size("n", 2, 0), [old("a", 5, 6)], []),
        (Desired(5, 2, 1), Size("n", 2, 0), [old("a", 5, 5)], [Step("a", 4)]),
        # a set whose status is behind keeps the others waiting as well, whichever is older
        (Desired(4, 3, 2), Size("n", 0, 0), [old("a", 3, 0, 1), old("b", 2, 5, 2)], []),
        # the new set was scaled down, its status still counts the pods that go
        (Desired(4, 1, 1), Size("n", 4, 9), [old("a", 1, 1)], [Step("a", 0)]),
        (Desired(4, 1, 1), Size("n", 2, 9), [old("a", 2, 2)], [Step("a", 1)]),
    ],
)
def test_old_sets_make_way(wanted: Desired, new: Size, before: list[Size], steps: list[Step]) -> None:
    assert shrink_old(wanted, new, before) == steps


@given(
    st.integers(0, 20),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 20),
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=4),
)
def test_a_rollout_keeps_its_bounds(
    replicas: int, surge: int, unavailable: int, new: int, ready: int, olds: list[tuple[int, int]]
) -> None:
    wanted = Desired(replicas, surge, min(unavailable, replicas))
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


@dataclass
class Pods:
    """The pods of one set: `size` is what it should have, `reported` what its status last said."""

    created: int
    size: int
    available: int
    starting: int = 0
    reported: int = 0
    desired: int = 0
    maximum: int = 0

    def seen(self) -> Size:
        return Size(f"s{self.created}", self.size, self.reported, self.created, self.desired, self.maximum)

    def follow(self) -> None:
        """What the ReplicaSet controller does: pods that are not available go first."""
        surplus = self.available + self.starting - self.size
        going = min(max(surplus, 0), self.starting)
        self.starting += max(-surplus, 0) - going
        self.available -= max(surplus, 0) - going


@pytest.mark.parametrize("seed", range(200))
def test_pods_stay_available_while_a_rollout_is_stuck_and_scaled(seed: int) -> None:
    """Statuses lag behind, new pods may never start, the Deployment is scaled and changed at any moment.

    Nobody loses a pod but by these steps, so that what is available may only fall to what the strategy allows.
    """
    chance = random.Random(seed)
    surge, unavailable = chance.choice([(1, 0), (1, 1), (3, 2), (0, 1), (2, 1)])
    replicas = chance.randrange(1, 12)
    sets = [Pods(0, replicas, replicas, 0, replicas, replicas, replicas + surge)]
    for _ in range(120):
        wanted = Desired(replicas, surge, min(unavailable, replicas))
        act = chance.choice(["look", "look", "look", "follow", "report", "start", "scale", "change"])
        one = chance.choice(sets)
        if act == "follow":
            one.follow()
        elif act == "report":
            one.reported = one.available
        elif act == "start" and one.starting and seed % 2:
            one.starting, one.available = one.starting - 1, one.available + 1
        elif act == "scale" and chance.random() < 0.2:
            replicas = chance.randrange(1, 12)
        elif act == "change" and chance.random() < 0.1:
            sets.append(Pods(len(sets), 0, 0, 0, 0, replicas, replicas + surge))
        elif act == "look":
            *old, new = sets
            if any(each.size and each.desired != replicas for each in sets):
                steps = resize(wanted, new.seen(), [each.seen() for each in old], True, 0)
                for each in sets:
                    each.desired, each.maximum = replicas, replicas + surge
                resized(sets, steps)
                continue
            size = grown(wanted, new.size, sum(each.size for each in sets))
            before = left(sets)
            steps = [Step(new.seen().name, size)] if size != new.size else None
            if steps is None:
                steps = shrink_old(wanted, new.seen(), [each.seen() for each in old])
            resized(sets, steps)
            assert left(sets) >= min(before, replicas - wanted.unavailable), (seed, sets, steps)


def resized(sets: list[Pods], steps: list[Step]) -> None:
    for step in steps:
        next(each for each in sets if each.seen().name == step.name).size = step.replicas


def left(sets: list[Pods]) -> int:
    """What will be available once every set has followed."""
    return sum(min(each.available, each.size) for each in sets)


@pytest.mark.parametrize(
    ("wanted", "new", "before", "steps"),
    [
        (Desired(5), Size("n", 3), [], [Step("n", 5)]),
        (Desired(5), None, [Size("a", 0, created=1), Size("b", 0, created=2)], [Step("b", 5)]),
        (Desired(5), Size("n", 0), [Size("a", 0)], [Step("n", 5)]),
        (Desired(0), Size("n", 0), [Size("a", 3)], [Step("a", 0)]),
        # the rollout is over: what is left of the old goes
        (Desired(4), Size("n", 4, 4, 1, 4), [Size("a", 2)], [Step("a", 0)]),
        # in proportion, 8 old and 5 new of 10 + 3
        (Desired(15, 3), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 11), Step("n", 7)]),
        (Desired(30, 8), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 23), Step("n", 15)]),
        (Desired(5, 2), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 4), Step("n", 3)]),
        (Desired(0, 0), Size("n", 5, 0, 1, 10, 13), [Size("a", 8, 8, 0, 10, 13)], [Step("a", 0), Step("n", 0)]),
        # equal sizes: growing favours the newer, shrinking the older
        (Desired(7, 0), Size("n", 3, 0, 1, 6, 6), [Size("a", 3, 3, 0, 6, 6)], [Step("n", 4), Step("a", 3)]),
        (Desired(5, 0), Size("n", 3, 0, 1, 6, 6), [Size("a", 3, 3, 0, 6, 6)], [Step("a", 2), Step("n", 3)]),
    ],
)
def test_scaling_during_a_rollout(wanted: Desired, new: Size | None, before: list[Size], steps: list[Step]) -> None:
    counted = sum(one.replicas for one in [*before, *([new] if new else [])])
    assert resize(wanted, new, before, True, counted) == steps


def test_recreate_is_not_scaled_in_proportion() -> None:
    assert resize(Desired(9), Size("n", 2), [Size("a", 3)], False, 5) == []
