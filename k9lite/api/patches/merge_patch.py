"""JSON merge patch (RFC 7386): maps merge, null deletes, everything else replaces."""

from typing import Any

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.schema.scalars import json_name


def apply(data: Data, patch: Any) -> Data:
    """`data` with the patch; shares unchanged parts with both. BadRequest when the patch is no object."""
    if not isinstance(patch, dict):
        go_type = "Go value of type map[string]interface {}"
        raise errors.bad_request(f"error decoding patch: json: cannot unmarshal {json_name(patch)} into {go_type}")
    return _merge(data, patch)


def _merge(target: Any, patch: Data) -> Data:
    merged: Data = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = _merge(merged.get(key), value)
        else:
            merged[key] = value
    return merged


def between(old: Data, new: Data) -> Data:
    """The patch that makes `new` of `old`; values of `new` that are null count as missing."""
    patch: Data = {name: None for name in old if new.get(name) is None}
    for name, value in new.items():
        before = old.get(name)
        if value is None or value == before:
            continue
        patch[name] = between(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return patch
