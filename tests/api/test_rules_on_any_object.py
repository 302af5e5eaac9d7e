"""Whatever a client sends, as long as its types are right: rules say what is wrong, they never stumble themselves."""

import random
import types
import typing
from typing import Any

import pytest

from k9lite.api import defaults, schema, validation, warnings
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds

TEXTS = [
    "",
    "a",
    "A b",
    "x/y",
    "1%",
    "10",
    "1Gi",
    "None",
    "ClusterIP",
    "Always",
    "Never",
    "RollingUpdate",
    "In",
    "Exists",
    "TCP",
    "127.0.0.1",
    "::1",
    "10.0.0.0/8",
    "metadata.name",
    "a.b/c",
    "Localhost",
    "Indexed",
    "*.a",
    "$(A)",
]
NUMBERS = [0, 1, -1, 80, 70000, 2**31]
DEEPEST = 9


class AnyObject:
    """Makes objects of a model at random: absent, empty, strange and sensible values in all places."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def of(self, kind: Kind[Any]) -> dict[str, Any] | None:
        """An object as the API server has decoded it; None if it could not be."""
        metadata = {"name": "x"} | ({"namespace": "default"} if kind.namespaced else {})
        identity = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
        try:
            data, _ = schema.decode(kind, self._struct(kind.model, 0) | identity, "Ignore")
        except StatusError:
            return None
        defaults.apply(kind, data)
        return data

    def _value(self, hint: Any, depth: int) -> Any:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            wanted = [argument for argument in arguments if argument is not type(None)]
            return self._value(self._random.choice(wanted), depth)
        if origin is list:
            return [self._value(arguments[0], depth + 1) for _ in range(self._random.choice([0, 1, 1, 2]))]
        if hint is dict or origin is dict:
            return {self._random.choice(["cpu", "memory", "a b"]): self._random.choice(["1", "500m", "-1"])}
        if hint is bool:
            return self._random.random() < 0.5
        if hint in (int, float):
            return self._random.choice(NUMBERS)
        if isinstance(hint, type) and hint is not str and typing.get_type_hints(hint):
            return self._struct(hint, depth)
        return self._random.choice(TEXTS)

    def _struct(self, model: Any, depth: int) -> dict[str, Any]:
        made = {}
        for name, hint in typing.get_type_hints(model).items():
            optional = type(None) in typing.get_args(hint)
            chance = (0.45 if depth < 4 else 0.15) if optional else 0.85
            if depth < DEEPEST and self._random.random() < chance:
                made[name] = self._value(hint, depth + 1)
        return made


KINDS = [kind for kind in Kinds() if kind.stored and kind.model]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.resource}.{kind.version}")
def test_rules_never_stumble(kind):
    source = AnyObject(f"{kind.resource} {kind.version}")
    pairs = [(source.of(kind), source.of(kind)) for _ in range(12)]
    for new, old in pairs:
        if new is None or old is None:
            continue
        errors = validation.create(kind, new) + validation.update(kind, new, old) + validation.status(kind, new, old)
        assert all(str(error) for error in errors)
        warnings.of(kind, new)
        warnings.of(kind, new, old)
