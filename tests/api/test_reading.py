"""Reading is never stricter than writing."""

from datetime import UTC, datetime

import msgspec
import pytest

from k9lite.api import kinds, reading
from k9lite.api.object import Object


def test_what_is_missing_has_its_zero_value() -> None:
    service = kinds.SERVICE.decode(b'{"status": {"conditions": [{"type": "a", "lastTransitionTime": null}]}}')
    condition = service.status.conditions[0]
    assert (condition.type, condition.status, condition.reason) == ("a", "", "")
    assert condition.lastTransitionTime is None


def test_what_has_a_wrong_type_has_its_zero_value() -> None:
    pod = kinds.POD.decode(b'{"metadata": 1, "spec": {"containers": [{"name": 5, "tty": "x"}, 7], "priority": "a"}}')
    assert [container.name for container in pod.spec.containers] == ["", ""]
    assert pod.spec.priority == 0


def test_what_is_right_beside_it_is_read() -> None:
    pod = reading.read(
        kinds.POD.model,
        b'{"metadata": {"creationTimestamp": "2026-01-02T03:04:05Z", "labels": {"a": "b"}},'
        b' "spec": {"containers": null, "nodeName": "n", "priority": 5}}',
    )
    assert pod.metadata.creationTimestamp == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (pod.metadata.labels, pod.spec.nodeName, pod.spec.priority) == ({"a": "b"}, "n", 5)
    assert pod.spec.containers == []


@pytest.mark.parametrize("kind", list(kinds.Kinds()), ids=repr)
def test_an_empty_object_of_every_kind_can_be_read(kind: kinds.Kind) -> None:
    assert kind.decode(b"{}") is not None


def test_a_text_that_is_no_object() -> None:
    with pytest.raises(msgspec.DecodeError):
        kinds.POD.decode(b"[]")


def test_an_incomplete_state_after_a_complete_one() -> None:
    before = Object(kinds.SERVICE, b'{"metadata":{"resourceVersion":"1","name":"a"},"status":{}}', 1)
    assert before.view.status.conditions is None
    raw = b'{"metadata":{"resourceVersion":"2","name":"a"},"status":{"conditions":[{"lastTransitionTime":null}]}}'
    after = Object(kinds.SERVICE, raw, 2, before=before)
    assert after.view.status.conditions[0].lastTransitionTime is None
