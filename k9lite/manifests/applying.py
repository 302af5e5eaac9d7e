"""Bring one object of a folder to a cluster, or ask what that would do: the plan and the deed are the same request."""

import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from k9lite.api import schema
from k9lite.api import warnings as api_warnings
from k9lite.api.cause import Cause
from k9lite.api.diff import Change, changes
from k9lite.api.errors import BAD_REQUEST, CONFLICT, INVALID, StatusError, is_not_found
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, DeleteOptions, PatchType, WriteOptions
from k9lite.manifests import exported, refusals
from k9lite.manifests.resolving import Manifest, Ref
from k9lite.yaml_reader.problem import FileLine, Problem

MANAGER = "k9lite"
ACTOR = "folder"
PART_OF = "applyset.kubernetes.io/part-of"


class Action(StrEnum):
    """What becomes of one object."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    PRUNE = "prune"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan. `changes` are the fields that differ (for CHANGE); `problems` say why it was refused.

    place: of the manifest, or the file that was removed
    warnings: what the API server said although it took the object
    retry: whether a refusal may pass by itself (a namespace that is still going, an account that is not there yet)
    """

    action: Action
    ref: Ref
    place: FileLine
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    retry: bool = False


def apply_set(folder: Path) -> str:
    """The value of the label that all objects of `folder` carry (the form is that of kubectl's apply sets)."""
    digest = sha256(os.fsencode(folder.resolve()) + b"..Folder.k9lite.dev").digest()
    return f"applyset-{urlsafe_b64encode(digest).decode().rstrip('=')}-v1"


async def apply(client: Client, manifest: Manifest, part_of: str, *, dry_run: bool = False) -> Step:
    """Server-side apply, where the folder wins over whoever changed its fields; a refusal changes nothing."""
    kind = client.kinds.of(manifest.kind.api_version, manifest.kind.kind)
    if kind is None:
        message = f'no matches for kind "{manifest.kind.kind}" in version "{manifest.kind.api_version}"'
        return _step(manifest, Action.REFUSED, problems=(manifest.document.problem("kind", message),), retry=True)
    said: list[str] = []
    options = WriteOptions(manager=MANAGER, force=True, dry_run=dry_run, warnings=said)
    cause = Cause(ACTOR, f"saved {manifest.place}")
    name, namespace = manifest.ref.name, manifest.ref.namespace
    try:
        live = await find(client, kind, manifest.ref)
        if live is not None and live.deleting:
            raise StatusError(CONFLICT, f"object is being deleted: {manifest.ref}")
        if stale := exported.mistakes(manifest.document, live):
            return _step(manifest, Action.REFUSED, problems=tuple(stale))
        wanted = _labelled(manifest, part_of)
        schema.decode(kind, wanted, partial=True)  # strict errors name places; server-side apply has other words
        after = await client.patch(kind, name, wanted, PatchType.APPLY, namespace, cause=cause, options=options)
        while dry_run and live is not None and after.revision != live.revision:  # somebody wrote in between
            live = await find(client, kind, manifest.ref)
            after = await client.patch(kind, name, wanted, PatchType.APPLY, namespace, cause=cause, options=options)
    except StatusError as error:
        retry = error.reason not in (BAD_REQUEST, INVALID)
        return _step(manifest, Action.REFUSED, problems=tuple(refusals.problems(manifest, error)), retry=retry)
    # An API server warns of what changes; the folder goes on telling what is odd about an object.
    said.extend(filter(None, [api_warnings.deprecation(kind), *api_warnings.of(kind, after.data())]))
    if live is None:
        return _step(manifest, Action.CREATE, said=said)
    difference = () if after.raw == live.raw else tuple(changes(_wanted(live), _wanted(after)))
    return _step(manifest, Action.CHANGE if difference else Action.UNCHANGED, difference, said=said)


def _step(
    manifest: Manifest,
    action: Action,
    changes: tuple[Change, ...] = (),
    problems: tuple[Problem, ...] = (),
    *,
    said: Iterable[str] = (),
    retry: bool = False,
) -> Step:
    warnings = tuple(manifest.document.problem(api_warnings.path(text), text) for text in dict.fromkeys(said))
    return Step(action, manifest.ref, manifest.place, changes, problems, warnings, retry)


def _labelled(manifest: Manifest, part_of: str) -> Data:
    data = exported.without(manifest.kind, manifest.data())
    labels = data["metadata"].get("labels")
    if labels is None or isinstance(labels, dict):  # what is neither, the API server refuses
        data["metadata"]["labels"] = {**(labels or {}), PART_OF: part_of}
    return data


async def find(client: Client, kind: Kind[Any], ref: Ref) -> Object[Any] | None:
    """The object, or None."""
    try:
        return await client.get(kind, ref.name, ref.namespace)
    except StatusError as error:
        if not is_not_found(error):
            raise
        return None


async def prune(client: Client, kind: Kind[Any], ref: Ref, file: str, part_of: str) -> Step | None:
    """Delete what left the folder, if it still carries the folder's label; None when there is nothing to do."""
    try:
        live = await find(client, kind, ref)
        if live is None or live.deleting or not is_part(live, part_of):
            return None
        cause = Cause(ACTOR, f"removed {file}")
        await client.delete(kind, ref.name, ref.namespace, cause=cause, options=DeleteOptions(uid=live.uid))
    except StatusError as error:
        return Step(
            Action.REFUSED, ref, FileLine(file), (), (Problem(file or ".", 1, 1, f"{ref} stays: {error.message}"),)
        )
    return Step(Action.PRUNE, ref, FileLine(file))


def is_part(obj: Object[Any], part_of: str) -> bool:
    """Whether the folder itself wrote `obj`; the label alone says little, since Endpoints inherit their Service's."""
    if obj.labels.get(PART_OF) != part_of:
        return False
    managers = obj.data()["metadata"].get("managedFields") or ()
    return any(entry.get("manager") == MANAGER and entry.get("operation") == "Apply" for entry in managers)


def _wanted(obj: Object[Any]) -> Data:
    """The part of an object that people write."""
    data = obj.data()
    data.pop("status", None)
    return data
