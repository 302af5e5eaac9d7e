"""The answers of kubectl 1.32 (`kubectl label --local -f FILE -o json`)."""

import pytest

from k9lite.yaml_reader import scalars
from k9lite.yaml_reader.scalars import TAG, ScalarError

PLAIN = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("y", True),
    ("N", False),
    ("yes", True),
    ("NO", False),
    ("on", True),
    ("off", False),
    ("True", True),
    ("tRUE", "tRUE"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("0644", 420),
    ("0o644", 420),
    ("08", 8),
    ("0x_1F", 31),
    ("0b11", 3),
    ("-0b11", -3),
    ("0xFFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFFF"),
    ("0b" + "1" * 70, "0b" + "1" * 70),
    ("0" + "7" * 28, 7.777777777777778e27),
    ("9" * 300, 1e300),
    ("9" * 5000, "9" * 5000),
    ("0b" + "1" * 5000, "0b" + "1" * 5000),
    ("0b12", "0b12"),
    ("0b", "0b"),
    ("1_000", 1000),
    ("-", "-"),
    (".", "."),
    ("--1", "--1"),
    ("1-2", "1-2"),
    ("1e3", 1000),
    ("1.5e3", 1500),
    ("1e-7", 1e-7),
    (".5", 0.5),
    ("+.5", 0.5),
    ("1.", 1),
    ("1e400", "1e400"),
    ("0x1p3", "0x1p3"),
    ("12345678901234567890123", 1.2345678901234568e22),
    ("1e20", 10**20),
    ("1e21", 1e21),
    ("18446744073709551615", 2**64 - 1),
    ("0.1", 0.1),
    ("123456789.123456789", 123456789.12345679),
    ("22:22", "22:22"),
    ("2026-11-20", "2026-11-20"),
    ("1.2.3", "1.2.3"),
    ("100m", "100m"),
    ("25%", "25%"),
    ("nginx:1.25", "nginx:1.25"),
    ("=", "="),
    ("<<", "<<"),
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_plain_scalars_mean_what_they_mean_to_kubectl(text, value):
    found = scalars.resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".nan", ".inf", "-.Inf", "+.INF"])
def test_what_json_cannot_hold_is_refused(text):
    with pytest.raises(ScalarError):
        scalars.resolve(text)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("!", "12", "12"),
        (TAG + "str", "12", "12"),
        (TAG + "int", "12", 12),
        (TAG + "float", "3", 3),
        (TAG + "bool", "y", True),
        (TAG + "null", "~", None),
        (TAG + "binary", "aGk=", "hi"),
        (TAG + "timestamp", "2026-01-01", "2026-01-01"),
    ],
)
def test_tags(tag, text, value):
    assert scalars.tagged(tag, text) == value


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (TAG + "int", "x"),
        (TAG + "bool", "3"),
        (TAG + "null", "x"),
        (TAG + "binary", "?"),
    ],
)
def test_tags_that_do_not_fit_are_refused(tag, text):
    with pytest.raises(ScalarError):
        scalars.tagged(tag, text)


@pytest.mark.parametrize(("value", "key"), [("a", "a"), (True, "true"), (False, "false"), (16, "16"), (1.5, "1.5")])
def test_keys_become_text(value, key):
    assert scalars.key(value) == key


def test_null_is_no_key():
    with pytest.raises(ScalarError):
        scalars.key(None)
