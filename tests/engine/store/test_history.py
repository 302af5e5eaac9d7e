"""What a store holds of the past is bounded over all kinds, by memory and by age."""

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Key
from k9lite.engine.store import encoding
from k9lite.engine.store.history import INTERVAL, LOOKED_AT, MOST_BYTES, fair_share
from k9lite.engine.store.store import Store

CAUSE = Cause("test")


@pytest.mark.parametrize(
    ("sizes", "most", "share"),
    [
        ([], 100, 100),
        ([10, 20, 30], 100, 100),
        ([10, 90], 100, 100),
        ([10, 91], 100, 90),
        ([200, 200], 100, 50),
        ([200, 10, 200], 100, 45),
        ([60, 50, 40], 100, 33),
        ([200], 0, 0),
    ],
)
def test_the_largest_logs_give_way_first(sizes: list[int], most: int, share: int):
    assert fair_share(sizes, most) == share
    assert sum(min(size, share) for size in sizes) <= most


def put(store: Store, kind: Kind, name: str, value: str) -> int:
    tail = encoding.tail({"metadata": {"name": name, "namespace": "a"}, "data": {"value": value}})
    return store.put(kind, Key("a", name), tail, CAUSE).revision


def memory(store: Store) -> int:
    return sum(log.memory for log in store._logs())


def test_all_kinds_together_are_bounded():
    store = Store(ManualClock())
    large = "x" * 100_000
    churned = (kinds.CONFIG_MAP, kinds.SECRET, kinds.SERVICE_ACCOUNT, kinds.LEASE, kinds.ENDPOINTS, kinds.SERVICE)
    put(store, kinds.NODE, "quiet", "")
    for number in range(120):
        for kind in churned:
            put(store, kind, "x", f"{number}{large}")
    assert MOST_BYTES - 2 * LOOKED_AT < memory(store) < MOST_BYTES + 2 * LOOKED_AT
    assert store.collection(kinds.NODE).log.compacted == 0  # a kind that says little keeps what it said


async def test_history_ends_after_two_intervals_and_needs_no_timer_then():
    clock = ManualClock()
    store = Store(clock)
    first, second = put(store, kinds.CONFIG_MAP, "x", "1"), put(store, kinds.CONFIG_MAP, "x", "2")
    await clock.advance(INTERVAL + 1)
    assert [obj.data()["data"] for obj in store.at(kinds.CONFIG_MAP, first)] == [{"value": "1"}]
    await clock.advance(INTERVAL)
    for kind in (kinds.CONFIG_MAP, kinds.SECRET):  # as in etcd, of every kind
        with pytest.raises(StatusError) as error:
            store.at(kind, first)
        assert error.value.message == f"too old resource version: {first} ({second})"
    assert [obj.data()["data"] for obj in store.at(kinds.CONFIG_MAP, second)] == [{"value": "2"}]
    assert memory(store) == 0
    assert clock._next_due() is None


async def test_a_write_after_a_quiet_time_begins_anew():
    clock = ManualClock()
    store = Store(clock)
    put(store, kinds.CONFIG_MAP, "x", "1")
    await clock.advance(5 * INTERVAL)
    newest = put(store, kinds.CONFIG_MAP, "x", "2")
    await clock.advance(INTERVAL / 2)
    assert store.collection(kinds.CONFIG_MAP).log.position(newest - 1) == 1
    await clock.advance(3 * INTERVAL)
    assert memory(store) == 0


async def test_who_follows_a_quiet_kind_is_not_cut_off():
    clock = ManualClock()
    store = Store(clock)
    revision = put(store, kinds.CONFIG_MAP, "x", "1")
    for number in range(10):
        put(store, kinds.SECRET, "x", str(number))
        await clock.advance(INTERVAL)
    events = store.watch(kinds.CONFIG_MAP, revision, lambda obj: True)
    put(store, kinds.CONFIG_MAP, "x", "2")
    assert [event.type for event in await anext(events)] == ["MODIFIED"]
