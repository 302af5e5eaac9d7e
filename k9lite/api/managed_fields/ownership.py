"""Who owns a field after a write: updates take what they change, server-side apply takes what it lists."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, reduce
from typing import Any

import msgspec

from k9lite.api import errors, schema, times
from k9lite.api.kinds import Kind
from k9lite.api.managed_fields import conflicts, typed
from k9lite.api.managed_fields.compare import Difference, applied, compare
from k9lite.api.managed_fields.entries import Entry, Identity, Managers, decode, encode
from k9lite.api.managed_fields.merge import merge, remove
from k9lite.api.managed_fields.sets import LEAF, SELF, Set, difference, intersection, union, with_named_fields
from k9lite.api.object import Data

BEFORE_FIRST_APPLY = "before-first-apply"
KUBECTL = "kubectl"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 262144

# What belongs to no manager: the identity of an object, and what the server alone writes.
_UNOWNED = ("f:apiVersion", "f:kind")
_UNOWNED_METADATA = {
    SELF,
    "f:name",
    "f:namespace",
    "f:creationTimestamp",
    "f:selfLink",
    "f:uid",
    "f:generation",
    "f:managedFields",
    "f:resourceVersion",
}


Convert = Callable[[Data, str], tuple[Kind[Any], Data] | None]


def _only_version(data: Data, version: str) -> tuple[Kind[Any], Data] | None:
    """The conversion of a kind with a single version: there is no other."""
    return None


def update(
    kind: Kind[Any],
    old: Data | None,
    new: Data,
    manager: str,
    now: float,
    subresource: str = "",
    convert: Convert = _only_version,
) -> Data:
    """`new` with metadata.managedFields after `manager` made it of `old` by create, update or patch.

    Fields that changed now belong to `manager`, others keep their owners. `now`: seconds since the Unix epoch.
    `convert` makes an object of `kind` one of another API version, in which others own fields.
    """
    managed = _managed(old, new, subresource)
    if old is not None and not managed:
        return _with_managed(new, [])  # nobody tracked it so far: only a first apply begins to
    changed, removed = _changes(kind, old or {}, new, subresource)
    managers = decode(managed)
    if managers and (changed or removed):
        changes = _ChangesByVersion(kind, old or {}, new, subresource, convert)
        managers = _yielded(managers, changes)
    if changed:
        identity = Identity(manager, "Update", kind.api_version, subresource)
        held = managers.get(identity)
        fields = union(held.fields, changed) if held else changed
        managers[identity] = Entry(fields, kind.api_version, times.time(now))
    elif not removed:
        return _with_managed(new, managed)
    return _with_managed(new, encode(managers))


def apply(
    kind: Kind[Any],
    live: Data | None,
    configuration: Data,
    manager: str,
    force: bool,
    now: float,
    subresource: str = "",
    convert: Convert = _only_version,
) -> Data:
    """What server-side apply makes of `live` (None: there is no such object), managedFields included.

    `configuration` is what `manager` wants to own, as it was sent. Fields that it listed before and no longer lists
    are removed unless someone else owns them. Conflict, unless `force`, when a field would change that someone else
    owns; an error without reason where the schema does not declare what is listed.
    """
    if configuration.get("metadata", {}).get("managedFields"):
        raise errors.bad_request("metadata.managedFields must be nil")
    typed.check(kind, configuration)
    decoded, _ = schema.decode(kind, configuration, "Ignore", partial=True)
    struct = schema.of(kind)
    before = live or {}
    managers = _managers_before_apply(kind, live, now)
    identity = Identity(manager, "Apply", "", subresource)
    last = managers.get(identity)
    others = {other: entry for other, entry in managers.items() if other != identity}
    sent = _without_foreign(kind, decoded, subresource)
    listed = applied(struct, sent)
    after: Data = merge(struct, before, sent)
    if last:
        after = _pruned(struct, after, last.fields, [listed, *(entry.fields for entry in others.values())])
    changed, removed = _changes(kind, before, after, subresource)
    changes = _ChangesByVersion(kind, before, after, subresource, convert)
    clashes = _clashes(others, changes)
    if clashes and not force:
        _refuse(kind, clashes, before, manager)
    owners = _yielded(others, changes)
    time = last.time if last and not changed and not removed else times.time(now)
    owners[identity] = Entry(_owned(kind, listed, subresource), kind.api_version, time)
    after = _with_last_applied(after, configuration) if manager == KUBECTL else after
    return _with_managed(after, encode({other: entry for other, entry in owners.items() if entry.fields}))


def _managed(old: Data | None, new: Data, subresource: str) -> list[Data]:
    """The entries to go on from: a client may write them itself, but not through a subresource."""
    live: list[Data] = ((old or {}).get("metadata") or {}).get("managedFields") or []
    sent: list[Data] = (new.get("metadata") or {}).get("managedFields") or []
    if subresource or not sent:
        return live
    if sent == [{}]:
        return []  # the way to ask for a reset
    return sent if decode(sent) else live


def _managers_before_apply(kind: Kind[Any], live: Data | None, now: float) -> Managers:
    managers = decode((live or {}).get("metadata", {}).get("managedFields"))
    if live is None or managers:
        return managers
    fields = _changes(kind, {}, live, "").changed
    identity = Identity(BEFORE_FIRST_APPLY, "Update", kind.api_version, "")
    return {identity: Entry(fields, kind.api_version, times.time(now))}


def _changes(kind: Kind[Any], old: Data, new: Data, subresource: str) -> Difference:
    compared = compare(schema.of(kind), old, new)
    return Difference(_owned(kind, compared.changed, subresource), _owned(kind, compared.removed, subresource))


class _ChangesByVersion:
    """What a write changed, as each API version has it: every owner's fields are those of the version it wrote in."""

    def __init__(self, kind: Kind[Any], old: Data, new: Data, subresource: str, convert: Convert) -> None:
        self._old, self._new, self._subresource, self._convert = old, new, subresource, convert
        self._by_version: dict[str, Difference | None] = {kind.api_version: _changes(kind, old, new, subresource)}

    def of(self, version: str) -> Difference | None:
        """The changes in `version`; None where the kind has no such version (any more)."""
        if version not in self._by_version:
            old, new = self._convert(self._old, version), self._convert(self._new, version)
            self._by_version[version] = (
                None if old is None or new is None else _changes(new[0], old[1], new[1], self._subresource)
            )
        return self._by_version[version]


def _clashes(managers: Managers, changes: _ChangesByVersion) -> dict[Identity, Set]:
    """The changed fields that `managers` own."""
    clashes = {}
    for identity, entry in managers.items():
        in_version = changes.of(entry.version)
        if in_version is not None and (fields := intersection(entry.fields, in_version.changed)):
            clashes[identity] = fields
    return clashes


def _owned(kind: Kind[Any], fields: Set, subresource: str) -> Set:
    """Without what cannot be owned, or not through this endpoint."""
    foreign = _foreign(kind, subresource)
    fields = {key: node for key, node in fields.items() if key not in _UNOWNED and key != foreign}
    metadata = fields.pop("f:metadata", LEAF)
    owned = {key: node for key, node in metadata.items() if key not in _UNOWNED_METADATA}
    return {"f:metadata": owned, **fields} if owned else fields


@cache
def _foreign(kind: Kind[Any], subresource: str) -> str:
    """The field that an endpoint does not write: the spec through status, the status through all others."""
    if subresource == "status":
        return "f:spec"
    return "f:status" if kind.has_subresource("status") else ""


def _without_foreign(kind: Kind[Any], configuration: Data, subresource: str) -> Data:
    foreign = _foreign(kind, subresource).removeprefix("f:")
    return {name: value for name, value in configuration.items() if name != foreign}


def _yielded(managers: Managers, changes: _ChangesByVersion) -> Managers:
    """The managers without the fields that changed. A manager without fields or of an unknown version is dropped."""
    rest: Managers = {}
    for identity, entry in managers.items():
        in_version = changes.of(entry.version)
        if in_version is None:
            continue
        fields = difference(entry.fields, union(in_version.changed, in_version.removed))
        if fields:
            rest[identity] = replace(entry, fields=fields)
    return rest


def _pruned(struct: schema.Struct, data: Data, last: Set, owned_sets: list[Set]) -> Data:
    """`data` without the fields that were applied last time and that nobody owns any more."""
    owned = reduce(union, owned_sets)
    dropped = difference(with_named_fields(struct, last), with_named_fields(struct, owned))
    pruned: Data = remove(struct, data, dropped)
    return pruned


def _refuse(kind: Kind[Any], clashes: dict[Identity, Set], live: Data, manager: str) -> None:
    """Raise the conflicts; kubectl may take over silently what was as it had applied it client-side."""
    if manager == KUBECTL and (text := _annotations(live).get(LAST_APPLIED)):
        try:
            earlier = schema.decode(kind, msgspec.json.decode(text), "Ignore", partial=True)[0]
        except (msgspec.DecodeError, errors.StatusError, AttributeError):
            earlier = {}
        struct = schema.of(kind)
        since = compare(struct, earlier, live)
        allowed = difference(applied(struct, earlier), union(since.changed, since.removed))
        allowed = union(allowed, {"f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": LEAF}}})
        clashes = {other: rest for other, fields in clashes.items() if (rest := difference(fields, allowed))}
    if clashes:
        raise conflicts.error(clashes)


def _annotations(data: Data) -> dict[str, str]:
    return (data.get("metadata") or {}).get("annotations") or {}


def _with_last_applied(data: Data, configuration: Data) -> Data:
    """Keep the note of client-side apply up to date, where an object has one."""
    if not _annotations(data).get(LAST_APPLIED):
        return data
    noted = msgspec.to_builtins(configuration)
    _annotations(noted).pop(LAST_APPLIED, None)
    text = msgspec.json.encode(noted, order="sorted").decode() + "\n"
    if len(text) > _LONGEST_ANNOTATION:
        return data
    metadata = data["metadata"]
    return {**data, "metadata": {**metadata, "annotations": {**metadata["annotations"], LAST_APPLIED: text}}}


def _with_managed(data: Data, managed: list[Data]) -> Data:
    metadata = {name: value for name, value in (data.get("metadata") or {}).items() if name != "managedFields"}
    if managed:
        metadata["managedFields"] = managed
    return {**data, "metadata": metadata}
