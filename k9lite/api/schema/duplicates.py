"""Fields that a JSON text has twice: decoded data cannot show them any more."""

import json
from collections.abc import Iterator
from typing import Any


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys came more than once."""

    repeated: frozenset[str] = frozenset()


def duplicate_fields(text: bytes | str) -> tuple[str, ...]:
    """Their paths, as strict decoding names them: `spec.containers[0].image`; `text` must be JSON."""
    found = False

    def build(pairs: list[tuple[str, Any]]) -> _Object:
        nonlocal found
        built = _Object(pairs)
        if len(built) != len(pairs):
            found = True
            keys = [key for key, _ in pairs]
            built.repeated = frozenset(key for key in built if keys.count(key) > 1)
        return built

    data = json.loads(text, object_pairs_hook=build)
    return tuple(_paths(data, "")) if found else ()


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Object):
        for key, item in value.items():
            inner = f"{path}.{key}" if path else key
            if key in value.repeated:
                yield inner
            yield from _paths(item, inner)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, f"{path}[{index}]")
