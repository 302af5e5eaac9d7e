"""Decides which objects belong to a controller: labels select them, ownerReferences record it."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeVar

from k9lite.api.errors import CONFLICT, INVALID, NOT_FOUND, StatusError
from k9lite.api.object import Data, Object, controller_reference
from k9lite.api.selectors import LabelMatcher
from k9lite.client.caused_client import CausedClient
from k9lite.client.informer import by_owner
from k9lite.client.protocol import PatchType

T = TypeVar("T")

ORPHANS = ""  # what `by_controller` gives for an object that nobody controls


class Claim(Enum):
    """What an owner does about one object."""

    IGNORE = "ignore"
    KEEP = "keep"
    ADOPT = "adopt"
    RELEASE = "release"


def decide(owner: Object[Any], selector: LabelMatcher, obj: Object[Any]) -> Claim:
    """The table of k8s.io/kubernetes/pkg/controller/controller_ref_manager.go."""
    controller = obj.meta.controller
    matches = selector.matches(obj.labels)
    if controller is not None:
        if controller.uid != owner.uid:
            return Claim.IGNORE
        return Claim.KEEP if matches else Claim.IGNORE if owner.deleting else Claim.RELEASE
    return Claim.ADOPT if matches and not owner.deleting and not obj.deleting else Claim.IGNORE


def by_controller(obj: Object[Any]) -> Iterable[str]:
    """Index function: the uid of the controller; for an object without one, `orphans_of` its namespace."""
    return tuple(by_owner(obj)) or (orphans_of(obj.namespace),)


def orphans_of(namespace: str) -> str:
    """The index value of the objects in a namespace that have no controller."""
    return f"{ORPHANS}/{namespace}"


async def claim(
    client: CausedClient, owner: Object[Any], selector: LabelMatcher, candidates: Iterable[Object[T]]
) -> tuple[list[Object[T]], bool]:
    """Adopt and release `candidates` as `decide` says. Returns the objects of `owner`, and whether any was written.

    Raises StatusError when `owner` was deleted meanwhile: then it must not adopt.
    """
    claimed, changed = [], False
    may_adopt = False
    for obj in candidates:
        decision = decide(owner, selector, obj)
        if decision is Claim.ADOPT:
            if not may_adopt:
                await _assert_alive(client, owner)
                may_adopt = True
            patched = await _patch(client, obj, [controller_reference(owner)])
        elif decision is Claim.RELEASE:
            patched = await _patch(client, obj, [{"$patch": "delete", "uid": owner.uid}])
        else:
            patched = None
        changed = changed or patched is not None
        if decision is Claim.KEEP or (decision is Claim.ADOPT and patched is not None):
            claimed.append(patched or obj)
    return claimed, changed


async def _assert_alive(client: CausedClient, owner: Object[Any]) -> None:
    """Ask the cluster itself: the cache may not show yet that the owner is deleted."""
    live = await client.get(owner.kind, owner.name, owner.namespace)
    if live.uid != owner.uid:
        message = f"original {owner.kind.kind} {owner.key} is gone: got uid {live.uid}, wanted {owner.uid}"
        raise StatusError(CONFLICT, message)
    if live.deleting:
        raise StatusError(CONFLICT, f"{owner.key} has just been deleted at {live.meta.deletionTimestamp}")


async def _patch(client: CausedClient, obj: Object[T], references: list[Data]) -> Object[T] | None:
    """Change the ownerReferences of `obj`; None when it has gone meanwhile."""
    patch = {"metadata": {"ownerReferences": references, "uid": obj.uid}}
    try:
        return await client.patch(obj.kind, obj.name, patch, PatchType.STRATEGIC, obj.namespace)
    except StatusError as error:
        if error.reason in (NOT_FOUND, INVALID):
            return None
        raise
