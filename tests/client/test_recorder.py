from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.object import Object
from k9lite.client.correlator import BURST, COMBINED, Correlator, Subject
from k9lite.client.protocol import Client, Selector
from k9lite.client.recorder import Recorder

CAUSE = Cause("tester", "said so")


def subject(message: str = "m", *, name: str = "web", reason: str = "Pulled", field: str = "") -> Subject:
    return Subject(("kubelet", "n1"), ("Pod", "default", name), field, "Normal", reason, message)


# -- what is written ------------------------------------------------------------------------------------------------


def test_the_same_event_again_raises_its_count_and_keeps_its_name() -> None:
    correlator = Correlator()
    first = correlator.correlate(subject(), "web.1", 100.0)
    second = correlator.correlate(subject(), "web.2", 101.0)
    other = correlator.correlate(subject(field="spec.containers{c}"), "web.3", 101.0)
    assert first is not None
    assert second is not None
    assert other is not None
    assert (first.event.name, first.event.count) == ("web.1", 1)
    assert (second.event.name, second.event.count, second.event.first_seen) == ("web.1", 2, 100.0)
    assert (other.event.name, other.event.count) == ("web.3", 1)


def test_the_tenth_similar_message_begins_one_combined_event() -> None:
    correlator = Correlator()
    verdicts = [correlator.correlate(subject(f"m{n}"), f"web.{n}", 100.0 + n) for n in range(12)]
    told = [(v.message, v.event.count) for v in verdicts if v is not None]
    assert told == [(f"m{n}", 1) for n in range(9)] + [(f"{COMBINED}m{n}", n - 8) for n in range(9, 12)]


def test_similar_messages_are_forgotten_after_ten_quiet_minutes() -> None:
    correlator = Correlator()
    for n in range(9):
        correlator.correlate(subject(f"m{n}"), f"web.{n}", 100.0)
    verdict = correlator.correlate(subject("m9"), "web.9", 701.0)
    assert verdict is not None
    assert verdict.message == "m9"


@pytest.mark.parametrize(("later", "written"), [(299.0, 0), (300.0, 1), (3000.0, 10), (1e6, BURST)])
def test_a_source_that_says_too_much_about_one_object_is_not_heard(later: float, written: int) -> None:
    correlator = Correlator()
    now = 1000.0
    first = [correlator.correlate(subject(), "web.0", now) for _ in range(BURST + 5)]
    assert sum(verdict is not None for verdict in first) == BURST
    assert correlator.correlate(subject(name="other"), "other.0", now) is not None
    again = [correlator.correlate(subject(), "web.0", now + later) for _ in range(BURST + 5)]
    assert sum(verdict is not None for verdict in again) == written


def test_events_that_were_not_written_still_count() -> None:
    correlator = Correlator()
    for _ in range(BURST + 3):
        correlator.correlate(subject(), "web.0", 0.0)
    verdict = correlator.correlate(subject(), "web.0", 300.0)
    assert verdict is not None
    assert verdict.event.count == BURST + 4


# -- on a real store ------------------------------------------------------------------------------------------------


@pytest.fixture
async def recorder(client: Client, clock: ManualClock, tasks: TaskSet) -> Recorder:
    recorder = Recorder(client, clock, "kubelet", "n1")
    tasks.start(recorder.run(), "events")
    return recorder


@pytest.fixture
async def config_map(client: Client) -> Object[Any]:
    return await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "settings"}}, "default")


async def events(client: Client, namespace: str = "default") -> list[dict[str, Any]]:
    found = (await client.list(kinds.EVENT, Selector(namespace=namespace))).items
    return [event.data() for event in sorted(found, key=lambda event: event.revision)]


async def test_an_event_says_who_says_what_about_which_object(
    client: Client, clock: ManualClock, recorder: Recorder, config_map: Object[Any]
) -> None:
    recorder.normal(config_map, "Read", "It was read", CAUSE, field="data{a}")
    assert not recorder.idle
    await settle()
    assert recorder.idle
    [event] = await events(client)
    assert event["metadata"]["name"] == f"settings.{int(clock.now() * 1e9):x}"
    assert event["involvedObject"] == {
        "kind": "ConfigMap",
        "namespace": "default",
        "name": "settings",
        "uid": config_map.uid,
        "apiVersion": "v1",
        "resourceVersion": str(config_map.revision),
        "fieldPath": "data{a}",
    }
    assert {part: event[part] for part in ("type", "reason", "message", "source", "count", "reportingComponent")} == {
        "type": "Normal",
        "reason": "Read",
        "message": "It was read",
        "count": 1,
        "reportingComponent": "kubelet",
        "source": {"component": "kubelet", "host": "n1"},
    }
    [stored] = (await client.list(kinds.EVENT, Selector(namespace="default"))).items
    assert stored.cause == CAUSE


async def test_events_are_written_in_order_and_repeats_are_counted(
    client: Client, clock: ManualClock, recorder: Recorder, config_map: Object[Any]
) -> None:
    for reason in ("A", "B", "A", "C"):
        recorder.warning(config_map, reason, "message", CAUSE)
    await settle()
    await clock.advance(60)
    recorder.warning(config_map, "B", "message", CAUSE)
    await settle()
    found = await events(client)
    assert sorted((e["reason"], e["count"]) for e in found) == [("A", 2), ("B", 2), ("C", 1)]
    names = [e["metadata"]["name"] for e in sorted(found, key=lambda e: e["reason"])]
    assert names == sorted(names)
    repeated = next(e for e in found if e["reason"] == "B")
    assert repeated["firstTimestamp"] < repeated["lastTimestamp"]


async def test_a_repeated_event_that_is_gone_is_written_anew(
    client: Client, recorder: Recorder, config_map: Object[Any]
) -> None:
    recorder.normal(config_map, "A", "message", CAUSE)
    await settle()
    [first] = await events(client)
    await client.delete(kinds.EVENT, first["metadata"]["name"], "default")
    recorder.normal(config_map, "A", "message", CAUSE)
    await settle()
    [second] = await events(client)
    assert second["count"] == 2


async def test_a_refused_event_is_dropped_and_the_next_one_written(
    client: Client, recorder: Recorder, config_map: Object[Any]
) -> None:
    nowhere = {"kind": "Pod", "apiVersion": "v1", "name": "p", "namespace": "no-such-namespace", "uid": "u"}
    recorder.normal(nowhere, "A", "message", CAUSE)
    recorder.normal({"kind": "Node", "apiVersion": "v1", "name": "n1", "uid": "n1"}, "B", "message", CAUSE)
    await settle()
    assert recorder.idle
    [event] = await events(client)
    assert event["involvedObject"] == {"kind": "Node", "apiVersion": "v1", "name": "n1", "uid": "n1"}
