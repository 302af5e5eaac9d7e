"""Rules in CEL: what breaks them, what a change is held to, and which rules are refused."""

from k9lite.api.custom_resources import rules
from k9lite.api.errors import required
from k9lite.api.object import Data
from k9lite.api.validation.definitions.rules import rules_of


def schema(*held: Data, **properties: Data) -> Data:
    spec = {"type": "object", "properties": properties, rules.RULES: list(held)}
    return {"type": "object", "properties": {"spec": spec}}


def broken(judged: Data, new: Data, old: Data | None = None) -> list[str]:
    before = None if old is None else {"spec": old}
    return [str(error) for error in rules.broken(judged, {"spec": new}, before)]


LEAST = {"rule": "self.least <= self.n", "message": "below least"}
NUMBERS: dict[str, Data] = {"n": {"type": "integer"}, "least": {"type": "integer"}}


def test_messages_reasons_and_paths():
    assert broken(schema(LEAST, **NUMBERS), {"n": 1, "least": 2}) == ["spec: Invalid value: below least"]
    rule = {"rule": "self.n < 5", "messageExpression": "'n is ' + string(self.n)", "fieldPath": ".n"}
    assert broken(schema(rule, **NUMBERS), {"n": 7}) == ["spec.n: Invalid value: n is 7"]
    forbidden = {"rule": "self.n < 5", "reason": "FieldValueForbidden"}
    assert broken(schema(forbidden, **NUMBERS), {"n": 7}) == ["spec: Forbidden: failed rule: self.n < 5"]
    assert broken(schema(LEAST, **NUMBERS), {"n": 1}) == [
        "spec: Invalid value: no such key: least evaluating rule: below least"
    ]


def test_a_scalar_is_shown_and_held_to_its_old_value():
    image = {"type": "string", rules.RULES: [{"rule": "self == oldSelf", "message": "image is immutable"}]}
    judged = schema(image=image)
    assert broken(judged, {"image": "b"}) == []
    assert broken(judged, {"image": "b"}, {"image": "a"}) == ['spec.image: Invalid value: "b": image is immutable']


def test_an_optional_old_value():
    once = {"rule": "!oldSelf.hasValue() || self.n == oldSelf.value().n", "optionalOldSelf": True, "message": "fixed"}
    judged = schema(once, **NUMBERS)
    assert broken(judged, {"n": 1}) == []
    assert broken(judged, {"n": 2}, {"n": 1}) == ["spec: Invalid value: fixed"]


def test_items_of_a_keyed_list_are_followed():
    item = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "n": {"type": "integer"}},
        rules.RULES: [{"rule": "self.n >= oldSelf.n", "message": "shrinks"}],
    }
    ports = {"type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    new, old = {"ports": [{"name": "b", "n": 0}, {"name": "a", "n": 1}]}, {"ports": [{"name": "a", "n": 2}]}
    assert broken(schema(ports=ports), new, old) == ["spec.ports[1]: Invalid value: shrinks"]
    assert broken(schema(ports=ports | {"x-kubernetes-list-type": "atomic"}), new, old) == []


def test_what_a_change_leaves_alone_is_not_judged():
    assert broken(schema(LEAST, **NUMBERS), {"n": 1, "least": 2}, {"n": 1, "least": 2}) == []


def test_rules_wait_for_an_object_of_the_right_shape():
    (error,) = rules.unchecked([required("spec.n")])
    assert str(error).startswith("<nil>: Invalid value: null: some validation rules were not checked")
    assert rules.unchecked([]) == []


def test_rules_are_refused_that_cannot_be_evaluated():
    held = (
        {"rule": "self.nosuch == 1"},
        {"rule": "self.n"},
        {"rule": "self.n > 1", "messageExpression": "self.n"},
        {"rule": " "},
        {"rule": "self.n > 1", "fieldPath": ".m", "reason": "Whim"},
    )
    found = {
        error.path.removeprefix("P.properties[spec].x-kubernetes-validations"): error.detail
        for error in rules_of("P", schema(*held, **NUMBERS))
    }
    assert found["[0].rule"].startswith("compilation failed: ERROR: <input>:1:5: undefined field 'nosuch'")
    assert found["[1].rule"] == "cel expression must evaluate to a bool"
    assert found["[2].messageExpression"] == "messageExpression expression must evaluate to a string"
    assert found["[3].rule"] == "rule is not specified"
    assert found["[4].fieldPath"] == "fieldPath must be a valid path"
    assert found["[4].reason"].startswith("supported values:")


def test_objects_in_messages_are_encoded_as_go_does():
    (error,) = rules_of("P", schema({"rule": "self.n > 'x'"}, **NUMBERS))
    assert r'Invalid value: {"Rule":"self.n \u003e ' in str(error)
