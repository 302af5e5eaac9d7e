"""The list metadata.managedFields: who owns which fields (apimachinery: util/managedfields)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import msgspec

from k9lite.api.managed_fields.sets import Set, union
from k9lite.api.object import Data

MOST_UPDATERS = 10
ANCIENT = "ancient-changes"


class Identity(NamedTuple):
    """What makes two writes one entry. Those who apply have the same entry in all versions: theirs is empty."""

    manager: str
    operation: Literal["Apply", "Update"]
    api_version: str
    subresource: str

    def __str__(self) -> str:
        """As conflicts name it: `"kubectl" with subresource "scale" using apps/v1`."""
        text = msgspec.json.encode(self.manager).decode()
        text += f' with subresource "{self.subresource}"' if self.subresource else ""
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields that one manager owns; `time` is when it last took one, `version` the one it last wrote in."""

    fields: Set
    version: str
    time: str = ""


Managers = dict[Identity, Entry]


def decode(managed: Iterable[Mapping[str, Any]] | None) -> Managers:
    """Entries that cannot be read count as none."""
    managers: Managers = {}
    for entry in managed or ():
        operation, version = entry.get("operation"), entry.get("apiVersion", "")
        if operation not in ("Apply", "Update") or not isinstance(entry.get("fieldsV1", {}), dict):
            return {}
        own_version = version if operation == "Update" else ""
        identity = Identity(entry.get("manager", ""), operation, own_version, entry.get("subresource", ""))
        managers[identity] = Entry(entry.get("fieldsV1", {}), version, entry.get("time", ""))
    return managers


def encode(managers: Managers) -> list[Data]:
    """The list as it is stored: those who apply first, then by time."""

    def order(item: tuple[Identity, Entry]) -> tuple[str, str, str, str, str]:
        identity, entry = item
        return identity.operation, entry.time, identity.manager, entry.version, identity.subresource

    encoded: list[Data] = []
    for identity, entry in sorted(_capped(managers).items(), key=order):
        data: Data = {"manager": identity.manager, "operation": identity.operation, "apiVersion": entry.version}
        data |= {"time": entry.time} if entry.time else {}
        data |= {"fieldsType": "FieldsV1", "fieldsV1": entry.fields}
        encoded.append(data | ({"subresource": identity.subresource} if identity.subresource else {}))
    return encoded


def _capped(managers: Managers) -> Managers:
    """With at most ten entries of updates: the oldest are merged into one per version."""
    updaters = [identity for identity in managers if identity.operation == "Update"]
    if len(updaters) <= MOST_UPDATERS:
        return managers
    updaters.sort(key=lambda identity: (managers[identity].time, identity))
    capped = dict(managers)
    count = len(updaters)
    first: dict[str, Identity] = {}
    for identity in updaters:
        version = identity.api_version
        if count <= MOST_UPDATERS:
            break
        if version not in first:
            first[version] = identity
            continue
        bucket = Identity(ANCIENT, "Update", version, "")
        if bucket not in capped:
            capped[bucket] = capped.pop(first[version])
        if identity != bucket:
            merged = capped.pop(identity)
            capped[bucket] = replace(merged, fields=union(merged.fields, capped[bucket].fields))
            count -= 1
    return capped
