"""Custom resources against their structural schemas, with the words of the API server."""

import pytest

from k9lite.api.custom_resources import fill_defaults, kinds_of, status_of, validate
from k9lite.api.kinds import Kind
from k9lite.api.validation import custom_resource

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 5},
                "color": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 4},
                "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set", "maxItems": 2},
                "any": {"x-kubernetes-int-or-string": True},
                "when": {"type": "string", "format": "date-time", "nullable": True},
                "nested": {"type": "object", "properties": {"on": {"type": "boolean", "default": True}}},
                "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        }
    },
}


@pytest.mark.parametrize(
    ("spec", "errors"),
    [
        ({"size": 1}, []),
        ({}, ["spec.size: Required value"]),
        ({"size": 0}, ["spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"]),
        ({"size": 6}, ["spec.size: Invalid value: 6: spec.size in body should be less than or equal to 5"]),
        ({"size": 2.0}, []),
        ({"size": "1"}, ['spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"']),
        ({"size": 1, "color": "green"}, ['spec.color: Unsupported value: "green": supported values: "red", "blue"']),
        ({"size": 1, "name": "A"}, ["spec.name: Invalid value: \"A\": spec.name in body should match '^[a-z]+$'"]),
        ({"size": 1, "name": "abcde"}, ["spec.name: Too long: may not be more than 4 bytes"]),
        ({"size": 1, "tags": ["a", "a"]}, ['spec.tags[1]: Duplicate value: "a"']),
        ({"size": 1, "tags": ["a", "b", "c"]}, ["spec.tags: Too many: 3: must have at most 2 items"]),
        ({"size": 1, "any": "5%"}, []),
        ({"size": 1, "any": 5}, []),
        ({"size": 1, "when": None}, []),
        ({"size": 1, "when": "2026-01-01T00:00:00Z"}, []),
        ({"size": 1, "map": {"a": 1}}, []),
        (
            {"size": 1, "map": {"a": True}},
            ['spec.map.a: Invalid value: "boolean": spec.map.a in body must be of type integer: "boolean"'],
        ),
    ],
)
def test_every_rule_has_its_words(spec, errors):
    assert [str(error) for error in validate(SCHEMA, {"spec": spec})] == errors


ROOT = {
    "type": "object",
    "required": ["metadata", "apiVersion", "kind", "spec"],
    "properties": {
        "apiVersion": {"type": "string", "enum": ["example.com/v1"]},
        "kind": {"type": "string"},
        "metadata": {"type": "object", "properties": {"name": {"type": "string", "pattern": "^a", "maxLength": 3}}},
        "spec": {"type": "object"},
    },
}
OBJECT = {"apiVersion": "example.com/v1", "kind": "A", "metadata": {"name": "abc", "uid": "1"}, "spec": {}}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"spec": None}, ['spec: Invalid value: "null": spec in body must be of type object: "null"']),
        ({"metadata": {"name": "b"}}, ["metadata.name: Invalid value: \"b\": metadata.name in body should match '^a'"]),
        ({"metadata": {"name": "abcd"}}, ["metadata.name: Too long: may not be more than 3 bytes"]),
        ({"apiVersion": "b/v1"}, ['apiVersion: Unsupported value: "b/v1": supported values: "example.com/v1"']),
    ],
)
def test_a_schema_may_require_what_every_object_has_and_judge_its_name(changes, errors):
    assert [str(error) for error in validate(ROOT, OBJECT | changes)] == errors
    assert [str(error) for error in validate(ROOT, {})] == [
        f"{field}: Required value" for field in ("metadata", "apiVersion", "kind", "spec")
    ]


EMBEDDING = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "list": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "x-kubernetes-embedded-resource": True,
                        "x-kubernetes-preserve-unknown-fields": True,
                    },
                },
            },
        },
    },
}
GADGETS = Kind("example.com", "v1", "Gadget", "gadgets", True, schema=EMBEDDING)


@pytest.mark.parametrize(
    ("embedded", "errors"),
    [
        ({"apiVersion": "v1", "kind": "Pod"}, []),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": "b"}}, "spec": {"x": 1}}, []),
        ({}, ["apiVersion: Required value", "kind: Required value"]),
        (
            {"apiVersion": "", "kind": 5},
            ['apiVersion: Invalid value: "": must not be empty', "kind: Invalid value: 5: must be a string"],
        ),
        (
            {"apiVersion": "a/b/c", "kind": "Pod"},
            ['apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
        ),
        (
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"finalizers": ["x/y/z"]}},
            ["metadata.finalizers: Invalid value"],
        ),
    ],
)
def test_whole_objects_within_an_object_are_objects(embedded, errors):
    found = [str(error) for error in custom_resource.problems(GADGETS, {"spec": {"list": [embedded]}})]
    assert [error[: len(f"spec.list[0].{start}")] for error, start in zip(found, errors, strict=True)] == [
        f"spec.list[0].{start}" for start in errors
    ]


def test_defaults_fill_what_is_missing_and_are_not_shared():
    first, second = {"spec": {"size": 1, "nested": {}}}, {"spec": {"size": 1, "color": "blue"}}
    fill_defaults(SCHEMA, first)
    fill_defaults(SCHEMA, second)
    assert first == {"spec": {"size": 1, "nested": {"on": True}, "color": "red"}}
    assert second == {"spec": {"size": 1, "color": "blue"}}


DEFINITION = {
    "spec": {
        "group": "shop.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "shortNames": ["wd"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": SCHEMA},
                "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
            },
            {"name": "v1alpha1", "served": False, "storage": False},
        ],
    }
}


def test_a_definition_makes_one_kind_per_served_version():
    (kind,) = kinds_of(DEFINITION)
    assert (kind.api_version, kind.kind, kind.resource) == ("shop.example.com/v1", "Widget", "widgets.shop.example.com")
    assert kind.has_subresource("status")
    assert not kind.has_subresource("scale")
    assert kind.printer_columns[0].path == ".spec.size"


@pytest.mark.parametrize("broken", [{}, {"spec": None}, {"spec": {"versions": [{"name": "v1"}, 3]}}])
def test_a_malformed_definition_makes_none(broken):
    assert kinds_of(broken) == []


def test_accepted_names_are_completed():
    status = status_of(DEFINITION, [], 0.0)
    assert status["acceptedNames"]["listKind"] == "WidgetList"
    assert status["storedVersions"] == ["v1"]
    assert {c["type"] for c in status["conditions"]} == {"NamesAccepted", "Established"}


def test_nulls_count_as_missing_where_they_are_not_allowed():
    fields = {
        "a": {"type": "string"},
        "b": {"type": "string", "nullable": True},
        "c": {"type": "string", "default": "x"},
    }
    value = {"a": None, "b": None, "c": None, "d": {"e": None}}
    extra = {"type": "object", "additionalProperties": {"type": "string"}}
    fill_defaults({"type": "object", "properties": fields | {"d": extra}}, value)
    assert value == {"b": None, "c": "x", "d": {}}


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("^(a+)+$", "a" * 40 + "!", False),  # a backtracking engine looks for it until the end of time
        ("^[a-z]+$", "ab\n", False),  # the end is the end, not the newline before it
        (r"^\d$", "٣", False),  # digits are those of ASCII
        ("^(?i)ab$", "AB", True),
        (r"^\p{Greek}+$", "αβγ", True),
    ],
)
def test_patterns_are_those_of_go(pattern, value, fits):
    schema = {"properties": {"spec": {"type": "string", "pattern": pattern}}}
    assert (not validate(schema, {"spec": value})) == fits
