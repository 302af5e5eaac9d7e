"""What a scalar of YAML means to Kubernetes: YAML 1.1 as kubectl's parser reads it, then JSON.

`y` is true, `0644` is 420, `1e3` is 1000; `22:22` and dates are text. Oracle: `kubectl label --local -f FILE -o json`.
"""

import base64
import binascii
import math
import re
from typing import Any

TAG = "tag:yaml.org,2002:"
MERGE_TAG = TAG + "merge"
_READ_TAGS = {TAG + name: name for name in ("binary", "int", "float", "bool", "null")}

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_EXACT = 1e21  # below it Go writes a whole float without an exponent, and the API reads it as an integer
_SMALLEST, _LARGEST = -(1 << 63), (1 << 64) - 1  # beyond, decimal digits are a float and all others are text
_LONGEST_INTEGER = 1000  # characters; Python refuses to read more than 4300


class ScalarError(ValueError):
    """A scalar that does not fit its tag, or that JSON cannot hold."""


def resolve(text: str) -> Any:
    """The JSON value of a plain (unquoted) scalar. ScalarError for NaN and the infinities."""
    if text[:1] not in _NUMBER_STARTS:
        return _WORDS.get(text, text)
    if text in _WORDS:
        raise ScalarError(f"{text} is not a number that JSON can hold")
    value = _number(text.replace("_", ""))
    return text if value is None else value


def _number(text: str) -> int | float | None:
    if len(text) <= _LONGEST_INTEGER and (match := _INTEGER.match(text)):
        sign, digits = match.groups()
        octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
        number = int(digits, 8) if octal else int(digits, 0)
        number = -number if sign == "-" else number
        if _SMALLEST <= number <= _LARGEST:
            return number
    if _FLOAT.match(text):
        value = float(text)
        return _shortest(value) if math.isfinite(value) else None
    return None


def _shortest(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def tagged(tag: str, text: str) -> Any:
    """The JSON value of a scalar with an explicit tag; text for one that says nothing of its type. ScalarError when it
    does not fit.
    """
    name = _READ_TAGS.get(tag)
    if name is None:
        return text
    if name == "binary":
        return _binary(text)
    value = resolve(text)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "int": is_number and isinstance(value, int),
        "float": is_number,
        "bool": isinstance(value, bool),
        "null": value is None,
    }
    if not fits[name]:
        raise ScalarError(f"cannot decode `{text}` as a !!{name}")
    return value


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ScalarError("!!binary value contains invalid base64 data, or data that is not text") from None


def key(value: Any) -> str:
    """A mapping's key as JSON has it: `on:` is "true", `1:` is "1". ScalarError where there is none."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return format(value, ".8g") if isinstance(value, float) else str(value)
        case _:
            raise ScalarError("a key must be a word, not null, a list or a mapping")
