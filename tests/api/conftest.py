"""Fixtures for the rules of the API: what is wrong with an object, in words."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from k9lite.api import defaults, validation
from k9lite.api.kinds import Kinds
from k9lite.api.object import Data

KINDS = Kinds()


def kind_of(data: Data) -> Any:
    kind = KINDS.of(data["apiVersion"], data["kind"])
    assert kind is not None, data
    return kind


def completed(data: Data, **metadata: Any) -> Data:
    """The object as the API server has it when it is checked: named, placed and defaulted."""
    data = deepcopy(data)
    data["metadata"] = {"name": "x", **metadata, **data.get("metadata", {})}
    if kind_of(data).namespaced:
        data["metadata"].setdefault("namespace", "default")
    defaults.apply(kind_of(data), data)
    return data


@pytest.fixture
def complaints() -> Callable[..., list[str]]:
    """complaints(data) about a new object; complaints(new, old) about a change; status=True about its status."""

    def complain(new: Data, old: Data | None = None, *, status: bool = False) -> list[str]:
        new = completed(new)
        if old is None:
            return [str(error) for error in validation.create(kind_of(new), new)]
        check = validation.status if status else validation.update
        return [str(error) for error in check(kind_of(new), new, completed(old))]

    return complain
