"""The facts about fields, held against the typed models."""

from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.schema import fields

SCALARS = {
    "string",
    "bool",
    "int32",
    "int64",
    "double",
    "bytes",
    "meta.Time",
    "meta.MicroTime",
    "api/resource.Quantity",
    "intstr.IntOrString",
}
BUILT_IN = [kind for kind in kinds.BUILTIN if kind.group != kinds.K9LITE_GROUP]


def _struct(annotation: Any) -> type[msgspec.Struct] | None:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    return next(filter(None, map(_struct, get_args(annotation))), None)


def _differences(name: str, model: type[msgspec.Struct], checked: set[str]) -> list[str]:
    if name in checked:
        return []
    checked.add(name)
    described, hints = fields.json_fields(name), get_type_hints(model)
    names = {info.encode_name: hints[info.name] for info in msgspec.structs.fields(model)}
    differing = [f"{name}.{one}" for one in (names.keys() ^ described.keys()) - {"apiVersion", "kind"}]
    for one, annotation in names.items():
        inner = _struct(annotation)
        if inner is not None and one in described:
            differing += _differences(described[one].type, inner, checked)
    return differing


@pytest.mark.parametrize("kind", BUILT_IN, ids=repr)
def test_every_kind_has_the_fields_of_its_model(kind: Kind[Any]) -> None:
    assert kind.model is not None
    assert _differences(fields.message_name(kind), kind.model, set()) == []


def test_every_type_is_a_scalar_or_a_message() -> None:
    named = {field.type for name in fields._lines() for field in fields.message(name).values()}
    assert {one for one in named if not fields.is_message(one)} <= SCALARS


def test_every_field_is_read_and_has_a_number_of_its_own() -> None:
    for name, text in fields._lines().items():
        numbers = [field.number for field in fields.message(name).values()]
        assert len(set(numbers)) == len(numbers) == (text.count(", ") + 1 if text else 0), name


def test_flags_say_what_is_a_pointer_and_what_is_left_out() -> None:
    spec = fields.json_fields("apps/v1.DeploymentSpec")
    assert (spec["replicas"].number, spec["replicas"].pointer, spec["replicas"].omit_empty) == (1, True, True)
    assert (spec["paused"].pointer, spec["paused"].omit_empty) == (False, True)
    assert (spec["template"].type, spec["template"].omit_empty) == ("core/v1.PodTemplateSpec", False)
    assert fields.json_fields("meta.ObjectMeta")["creationTimestamp"].omit_zero
    assert fields.message("meta.ObjectMeta")["labels"].cardinality == "map"


def test_inline_fields_are_flat_in_json_and_nested_in_protobuf() -> None:
    assert fields.message("core/v1.Volume")["VolumeSource"].inline
    assert fields.json_fields("core/v1.Volume")["configMap"].type == "core/v1.ConfigMapVolumeSource"
    assert "VolumeSource" not in fields.json_fields("core/v1.Volume")


def test_a_message_without_fields() -> None:
    assert fields.message("apiextensions/v1.CustomResourceSubresourceStatus") == {}
