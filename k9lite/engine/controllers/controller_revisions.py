"""The templates that a StatefulSet or DaemonSet has had, as ControllerRevisions (pkg/controller/history)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from lightkube.models.apps_v1 import ControllerRevision

from k9lite.api import kinds
from k9lite.api.errors import NOT_FOUND, StatusError, ignoring, is_already_exists
from k9lite.api.object import Data, Object, controller_reference
from k9lite.client.caused_client import CausedClient
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.controllers.template_hash import hashed_name

Revision = Object[ControllerRevision]


def in_order(revisions: Iterable[Revision]) -> list[Revision]:
    """Oldest first."""
    return sorted(
        revisions, key=lambda revision: (revision.view.revision, revision.meta.creationTimestamp or "", revision.name)
    )


def next_number(revisions: Iterable[Revision]) -> int:
    return max((revision.view.revision for revision in revisions), default=0) + 1


def template_patch(owner: Object[Any]) -> Data:
    """The data of a revision: a strategic merge patch that restores the owner's template."""
    return {"spec": {"template": owner.data()["spec"]["template"] | {"$patch": "replace"}}}


def template_of(revision: Revision) -> Data:
    """The pod template that `revision` remembers."""
    template: Data = revision.data()["data"]["spec"]["template"]
    return {name: value for name, value in template.items() if name != "$patch"}


def new_revision(owner: Object[Any], hash: str, labels: dict[str, str], number: int) -> Data:
    return {
        "metadata": {
            "name": hashed_name(owner.name, hash),
            "labels": labels,
            "annotations": dict(owner.annotations),
            "ownerReferences": [controller_reference(owner)],
        },
        "data": template_patch(owner),
        "revision": number,
    }


async def newest(
    client: CausedClient,
    owner: Object[Any],
    revisions: Sequence[Revision],
    body: Callable[[int], Data],
    collisions: int,
) -> tuple[Revision, int]:
    """The revision with the owner's template, and the number of name collisions up to it.

    An older revision with the same template gets the newest number: so an undo is recorded. Otherwise a new one is
    created from `body(collisions)`.
    """
    ordered = in_order(revisions)
    patch = template_patch(owner)
    equal = [revision for revision in ordered if revision.data()["data"] == patch]
    if equal and equal[-1] is ordered[-1]:
        return ordered[-1], collisions
    if equal:
        data = equal[-1].data() | {"revision": next_number(ordered)}
        return await client.update(kinds.CONTROLLER_REVISION, data, owner.namespace), collisions
    while True:
        created = body(collisions)
        try:
            return await client.create(kinds.CONTROLLER_REVISION, created, owner.namespace), collisions
        except StatusError as error:
            if not is_already_exists(error):
                raise
        same = await client.get(kinds.CONTROLLER_REVISION, created["metadata"]["name"], owner.namespace)
        if same.data()["data"] == patch:
            return same, collisions
        collisions += 1


def beyond_limit(revisions: Iterable[Revision], used: Collection[str], limit: int | None) -> list[Revision]:
    """The oldest revisions beyond `limit`. Revisions named in `used` are not counted and stay."""
    history = [revision for revision in in_order(revisions) if revision.name not in used]
    if limit is None or limit < 0:
        return []
    return history[: max(0, len(history) - limit)]


async def delete_all(client: CausedClient, revisions: Iterable[Revision]) -> None:
    for revision in revisions:
        with ignoring(NOT_FOUND):
            options = DeleteOptions(uid=revision.uid)
            await client.delete(kinds.CONTROLLER_REVISION, revision.name, revision.namespace, options=options)
