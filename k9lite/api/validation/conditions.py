"""Rules for the conditions that all kinds share (meta/v1 Condition)."""

from collections.abc import Sequence

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_STATUSES = ("False", "True", "Unknown")


def conditions(path: str, given: Sequence[Data] | None) -> Errors:
    """Each type stands once; type, status, reason and the time of the last transition are set."""
    types: set[str] = set()
    for index, condition in enumerate(given or ()):
        item_path = f"{path}[{index}]"
        if condition["type"] in types:
            yield errors.duplicate(f"{item_path}.type", condition["type"])
        types.add(condition["type"])
        yield from _condition(item_path, condition)


def _condition(path: str, condition: Data) -> Errors:
    yield from values.text(f"{path}.type", condition["type"], names.qualified_name)
    if condition["status"] not in _STATUSES:
        yield errors.not_supported(f"{path}.status", condition["status"], _STATUSES)
    if condition.get("observedGeneration", 0) < 0:
        generation = condition["observedGeneration"]
        yield errors.invalid(f"{path}.observedGeneration", generation, "must be greater than or equal to zero")
    for field in ("lastTransitionTime", "reason"):
        if not condition.get(field):
            yield errors.required(f"{path}.{field}", "must be set")
