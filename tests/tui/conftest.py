from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from k9lite.api.object import Object


@pytest.fixture
def make() -> Callable[..., Object[Any]]:
    """An object of a kind, from JSON data, without any cluster."""

    def make(kind: Any, data: dict[str, Any], revision: int = 1) -> Object[Any]:
        data = {"apiVersion": kind.api_version, "kind": kind.kind} | data
        return Object(kind, msgspec.json.encode(data), revision)

    return make
