"""JSON patch (RFC 6902): a list of operations, all or nothing."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from k9lite.api import errors
from k9lite.api.errors import INVALID, REQUEST_ENTITY_TOO_LARGE
from k9lite.api.object import Data
from k9lite.api.schema.scalars import json_name

MOST_OPERATIONS = 10_000
REFUSED = "the server rejected our request due to an error in our request"
_INDEX = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)


class _Failed(Exception):
    """An operation that cannot be done."""


def apply(data: Data, operations: Any) -> Data:
    """A changed copy of `data`.

    BadRequest when the patch is no list of objects; Invalid, which is all Kubernetes says, when an operation fails.
    """
    if not isinstance(operations, list):
        go_type = "Go value of type []interface {}"
        raise errors.bad_request(f"error decoding patch: json: cannot unmarshal {json_name(operations)} into {go_type}")
    if len(operations) > MOST_OPERATIONS:
        limit = f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(operations)}"
        raise errors.StatusError(REQUEST_ENTITY_TOO_LARGE, limit)
    document: Any = msgspec.to_builtins(data)
    for operation in operations:
        if not isinstance(operation, dict):
            raise errors.bad_request(
                f"json: cannot unmarshal {json_name(operation)} into Go value of type jsonpatch.Operation"
            )
        try:
            document = _OPERATIONS[operation["op"]](document, operation)
        except (_Failed, LookupError, TypeError, ValueError):
            raise errors.StatusError(INVALID, REFUSED) from None
    if not isinstance(document, dict):
        raise errors.StatusError(INVALID, REFUSED)
    return document


def _path(operation: Data, member: str = "path") -> list[str]:
    pointer = operation[member]
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise _Failed
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def _value(operation: Data) -> Any:
    """The operation's value, to be had once: two places must never share it."""
    return msgspec.to_builtins(operation["value"])


def _index(part: str, length: int) -> int:
    """An index that may also be one past the end; negative ones count from the end."""
    if not _INDEX.fullmatch(part):
        raise _Failed
    index = int(part)
    index = index + length if index < 0 else index
    if not 0 <= index <= length:
        raise _Failed
    return index


def _child(node: Any, part: str) -> Any:
    if isinstance(node, dict):
        return node[part]
    if isinstance(node, list):
        return node[_index(part, len(node))]
    raise _Failed


def _find(document: Any, path: list[str]) -> Any:
    for part in path:
        document = _child(document, part)
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(last, len(parent)), value)
    else:
        raise _Failed
    return document


def _remove(document: Any, path: list[str]) -> Any:
    parent = _find(document, path[:-1])
    if isinstance(parent, list):
        del parent[_index(path[-1], len(parent))]
    else:
        del parent[path[-1]]
    return document


def _replace(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _find(document, path[:-1]), path[-1]
    _child(parent, last)
    parent[_index(last, len(parent)) if isinstance(parent, list) else last] = value
    return document


def _move(document: Any, operation: Data) -> Any:
    source = _path(operation, "from")
    value = _find(document, source)
    return _add(_remove(document, source), _path(operation), value)


def _copy(document: Any, operation: Data) -> Any:
    return _add(document, _path(operation), msgspec.to_builtins(_find(document, _path(operation, "from"))))


def _test(document: Any, operation: Data) -> Any:
    try:
        value = _find(document, _path(operation))
    except LookupError:
        value = None  # what is not there equals null
    if not _same(value, operation.get("value")):
        raise _Failed
    return document


def _same(left: Any, right: Any) -> bool:
    """Equal as JSON: unlike in Python, true is not 1."""
    return msgspec.json.encode(left, order="sorted") == msgspec.json.encode(right, order="sorted")


_OPERATIONS: dict[str, Callable[[Any, Data], Any]] = {
    "add": lambda document, operation: _add(document, _path(operation), _value(operation)),
    "remove": lambda document, operation: _remove(document, _path(operation)),
    "replace": lambda document, operation: _replace(document, _path(operation), _value(operation)),
    "move": _move,
    "copy": _copy,
    "test": _test,
}
