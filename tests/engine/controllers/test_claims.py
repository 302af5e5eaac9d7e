from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.api.selectors import LabelMatcher, label_selector
from k9lite.engine.controllers.claims import Claim, by_controller, decide, orphans_of

SELECTOR = label_selector({"matchLabels": {"app": "web"}})
DELETED = "2026-01-01T00:00:00Z"


def thing(kind: Any, uid: str, labels: dict[str, str], owner: str | None = None, deleting: bool = False) -> Object[Any]:
    metadata: dict[str, Any] = {"name": uid, "namespace": "default", "uid": uid, "labels": labels}
    if owner:
        reference = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner, "uid": owner, "controller": True}
        metadata["ownerReferences"] = [reference]
    if deleting:
        metadata["deletionTimestamp"] = DELETED
    return Object(kind, msgspec.json.encode({"metadata": metadata}), 1)


@pytest.mark.parametrize(
    ("owner", "matches", "owner_deleting", "deleting", "claim"),
    [
        ("other", True, False, False, Claim.IGNORE),
        ("other", False, False, False, Claim.IGNORE),
        ("mine", True, False, False, Claim.KEEP),
        ("mine", True, True, True, Claim.KEEP),
        ("mine", False, False, False, Claim.RELEASE),
        ("mine", False, True, False, Claim.IGNORE),
        (None, True, False, False, Claim.ADOPT),
        (None, True, True, False, Claim.IGNORE),
        (None, True, False, True, Claim.IGNORE),
        (None, False, False, False, Claim.IGNORE),
    ],
)
def test_decide(owner: str | None, matches: bool, owner_deleting: bool, deleting: bool, claim: Claim) -> None:
    mine = thing(kinds.REPLICA_SET, "mine", {}, deleting=owner_deleting)
    pod = thing(kinds.POD, "pod", {"app": "web" if matches else "db"}, owner, deleting)
    assert decide(mine, SELECTOR, pod) is claim


def test_an_empty_selector_would_adopt_all_and_none_nothing() -> None:
    mine, pod = thing(kinds.REPLICA_SET, "mine", {}), thing(kinds.POD, "pod", {"app": "web"})
    assert decide(mine, LabelMatcher(nothing=True), pod) is Claim.IGNORE


def test_the_index_finds_what_is_owned_and_what_nobody_owns() -> None:
    assert by_controller(thing(kinds.POD, "pod", {}, "mine")) == ("mine",)
    assert by_controller(thing(kinds.POD, "pod", {})) == (orphans_of("default"),)
