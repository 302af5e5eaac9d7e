"""The quick decoder of a schema, whichever thread compiles it first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from k9lite.api import schema
from k9lite.api.kinds import Kinds
from k9lite.api.schema import strict
from k9lite.api.schema.types import Field, Scalar, Struct


def holder(name: str, inner: Struct) -> Struct:
    return Struct(f"test.{name}", lambda: {"inner": Field("inner", inner)})


class SlowFields(dict[str, Field]):
    """Fields whose first reader waits, in the middle of its work, until `resumed` is set."""

    def __init__(self, fields: dict[str, Field]) -> None:
        super().__init__(fields)
        self.read, self.resumed = threading.Event(), threading.Event()

    def values(self) -> Any:
        if not self.read.is_set():
            self.read.set()
            assert self.resumed.wait(20)
        return super().values()


def test_a_type_that_another_thread_compiles_is_not_taken_for_recursive() -> None:
    fields = SlowFields({"name": Field("name", Scalar("string", "string"))})
    inner = Struct("test.Inner", lambda: fields)
    data = {"inner": {"name": "x"}}
    with ThreadPoolExecutor() as executor:
        first = executor.submit(strict.decode, holder("First", inner), data)
        assert fields.read.wait(20)
        try:
            second = holder("Second", inner)
            assert strict.decode(second, data) == data
        finally:
            fields.resumed.set()
        assert first.result() == data
    assert strict.decode(second, data) == data


def test_a_type_within_itself_is_left_to_the_walker() -> None:
    kind = Kinds().of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert kind is not None
    props = schema.type_at(kind, "spec.versions[0].schema.openAPIV3Schema")
    assert isinstance(props, Struct)
    assert strict.decode(props, {"type": "object"}) == {"type": "object"}
    with pytest.raises(msgspec.ValidationError):
        strict.decode(props, {"properties": {"a": {"type": "object"}}})
