"""Expressions, Kubernetes' functions in them, and the words of what is wrong."""

import pytest

from k9lite.api import cel
from k9lite.api.cel import types

SELF = (("self", "dyn"),)


@pytest.mark.parametrize(
    "expression",
    [
        "quantity('1Gi').isGreaterThan(quantity('1000Mi'))",
        "quantity('1').add(quantity('500m')).compareTo(quantity('1500m')) == 0",
        "isQuantity('1.5Gi') && !isQuantity('1.5 Gi')",
        "ip('10.0.0.1').family() == 4 && !isIP('10.0.0.256')",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').prefixLength() == 8",
        "url('https://a:80/b').getHost() == 'a:80' && !isURL('nothing')",
        "'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'abc'.find('b') == 'b'",
        "[1, 2, 3].sum() == 6 && [1, 2].isSorted() && [3, 1].min() == 1",
        "sets.contains([1, 2], [1]) && sets.intersects([1], [1, 2])",
        "format.dns1123Label().validate('A_').size() == 1",
        "self.?missing.orValue(7) == 7",
        "'a,b'.split(',').size() == 2",
    ],
)
def test_functions(expression: str):
    assert cel.compile(expression, SELF).evaluate({"self": {}}) is True


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("self.a", "no such key: a"),
        ("1 / (self.size() - self.size()) == 1", "division by zero"),
        ("self.b + 1", "no such overload"),
        ("self.list[3]", "index out of bounds: 3"),
    ],
)
def test_failures_are_worded_as_in_go(expression: str, expected: str):
    with pytest.raises(cel.CelError) as error:
        cel.compile(expression, SELF).evaluate({"self": {"b": "x", "list": [1]}})
    assert str(error.value) == expected


def test_a_schema_is_a_type():
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "names": {"type": "array", "items": {"type": "object", "properties": {"a-b": {"type": "string"}}}},
        },
    }
    name, messages = types.described(schema)
    self = (("self", name),)
    assert cel.compile("self.names.all(name, name.a__dash__b == 'x')", self, messages).type == "bool"
    for expression, expected in (
        ("self.n > 'x'", "ERROR: <input>:1:8: found no matching overload for '_>_' applied to '(int, string)'"),
        ("self.m == 1", "ERROR: <input>:1:5: undefined field 'm'"),
        ("self.labels != null", "found no matching overload for '_!=_' applied to '(map(string, string), null)'"),
    ):
        with pytest.raises(cel.CelError) as error:
            cel.compile(expression, self, messages)
        assert expected in str(error.value)
