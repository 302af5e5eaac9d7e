"""What an Object decodes, and what it takes over from the state before it."""

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Data, Object

POD: Data = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"resourceVersion": "1", "name": "web", "namespace": "default", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "nginx"}]},
    "status": {"phase": "Pending"},
}


def raw(revision: int, **changes: Data) -> bytes:
    data = POD | changes
    return msgspec.json.encode(data | {"metadata": data["metadata"] | {"resourceVersion": str(revision)}})


CHANGES = {
    "status": {"status": {"phase": "Running"}},
    "spec": {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}},
    "metadata": {"metadata": POD["metadata"] | {"labels": {"app": "other"}}},
    "nothing": {},
}


@pytest.mark.parametrize("changed", CHANGES)
def test_shares_what_is_the_same_and_nothing_else(changed: str) -> None:
    before = Object(kinds.POD, raw(1), 1)
    assert before.view
    after = Object(kinds.POD, raw(2, **CHANGES[changed]), 2, before=before)
    fresh = Object(kinds.POD, after.raw, 2)
    assert after.meta == fresh.meta
    assert after.view == fresh.view
    assert (after.view.spec is before.view.spec) == (changed != "spec")
    assert (after.view.status is before.view.status) == (changed != "status")


def test_a_part_may_vanish() -> None:
    before = Object(kinds.POD, raw(1), 1)
    assert before.view.status
    data = msgspec.json.decode(raw(2))
    del data["status"]
    assert Object(kinds.POD, msgspec.json.encode(data), 2, before=before).view.status is None


def test_shares_nothing_with_a_state_that_nobody_decoded() -> None:
    before = Object(kinds.POD, raw(1), 1)
    after = Object(kinds.POD, raw(2), 2, before=before)
    assert after.view.spec is not before.view.spec


def test_shares_with_a_state_that_was_decoded_after_the_next_one_was_written() -> None:
    before = Object(kinds.POD, raw(1), 1)
    after = Object(kinds.POD, raw(2), 2, before=before)
    assert before.view.spec
    assert after.view.spec is before.view.spec


def test_kinds_of_other_parts_are_decoded_whole() -> None:
    data = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"resourceVersion": "1", "name": "c"},
        "data": {"key": "one"},
    }
    before = Object(kinds.CONFIG_MAP, msgspec.json.encode(data), 1)
    assert before.view
    after = Object(kinds.CONFIG_MAP, msgspec.json.encode(data | {"data": {"key": "two"}}), 2, before=before)
    assert after.view.data == {"key": "two"}
