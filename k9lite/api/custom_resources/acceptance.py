"""The status of a definition: which of its names are free, and in which versions its objects were ever stored.

(apiextensions-apiserver: pkg/controller/status/naming_controller.go, pkg/registry/customresourcedefinition/strategy.go)
"""

from collections.abc import Iterable
from typing import Any

from k9lite.api import conditions
from k9lite.api.object import Data

_CONFLICTS = {
    "plural": "PluralConflict",
    "singular": "SingularConflict",
    "shortNames": "ShortNamesConflict",
    "kind": "KindConflict",
    "listKind": "ListKindConflict",
}
_OF_KINDS = ("kind", "listKind")


def status_of(definition: Data, others: Iterable[Data], now: float) -> Data:
    """The status that follows from the old one; `others`: the further definitions of the same group."""
    spec, old = definition["spec"], definition.get("status") or {}
    held: list[Data] = list(old.get("conditions") or ())
    names, verdict = _names(spec["names"], old.get("acceptedNames") or {}, list(others))
    conditions.put(held, conditions.make("NamesAccepted", verdict[0], now, *verdict[1:]))
    established = conditions.find(held, "Established")
    if established is None or established["status"] != "True":
        conditions.put(held, _established(verdict[0], now))
    stored = list(old.get("storedVersions") or ())
    stored += [one["name"] for one in spec["versions"] if one.get("storage") and one["name"] not in stored]
    return old | {"conditions": held, "acceptedNames": names, "storedVersions": stored}


def is_established(definition: Data) -> bool:
    """Whether what it defines is served."""
    found = conditions.find((definition.get("status") or {}).get("conditions"), "Established")
    return found is not None and found["status"] == "True"


def _established(accepted: str, now: float) -> Data:
    if accepted == "True":
        text = "the initial names have been accepted"
        return conditions.make("Established", "True", now, "InitialNamesAccepted", text)
    return conditions.make("Established", "False", now, "NotAccepted", "not all names are accepted")


def _names(wanted: Data, held: Data, others: list[Data]) -> tuple[Data, tuple[str, str, str]]:
    """The names that it has from now on, and whether these are all that it wants: status, reason and message."""
    wanted = {"singular": wanted["kind"].lower(), "listKind": f"{wanted['kind']}List"} | {
        field: name for field, name in wanted.items() if name
    }
    taken = [(other.get("status") or {}).get("acceptedNames") or {} for other in others]
    accepted: Data = {"plural": "", "kind": ""}
    verdict = ("True", "NoConflicts", "no conflicts found")
    for field in (*_CONFLICTS, "categories"):
        name = wanted.get(field)
        rivals = _OF_KINDS if field in _OF_KINDS else ("plural", "singular", "shortNames")
        used = {one for names in taken for rival in rivals for one in _listed(names.get(rival))}
        clashes = [one for one in _listed(name) if one in used and one not in _listed(held.get(field))]
        if field in _CONFLICTS and clashes:
            told = ", ".join(f'"{one}" is already in use' for one in clashes)
            verdict = ("False", _CONFLICTS[field], f"[{told}]" if len(clashes) > 1 else told)
            name = held.get(field)
        if name:
            accepted[field] = name
    return accepted, verdict


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
