"""Reads single values as Go's JSON decoder does: the same values accepted, the same texts when they are not."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from k9lite.api import quantity, times
from k9lite.api.schema.types import Form

_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_ZERO_DAY, _ZERO_TIME = "0001-01-01", datetime(1, 1, 1, tzinfo=UTC)
_RANGES = {"int32": 2**31, "int-or-string": 2**31, "int64": 2**63}


class WrongType(Exception):
    """JSON of another type than the schema's; `value` is what Go calls what it found."""

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


def json_name(value: Any) -> str:
    """What Go calls a JSON value in messages."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongType(json_name(value))
    return value


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongType(json_name(value))
    return value


def _read_float(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(json_name(value))
    return value


def _read_int(value: Any, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongType(json_name(value))
    if isinstance(value, float) or not -limit <= value < limit:
        raise WrongType(f"number {value}")
    return value


def _read_int_or_string(value: Any) -> int | str:
    return value if isinstance(value, str) else _read_int(value, _RANGES["int-or-string"])


def read_quantity(value: Any) -> str:
    """The canonical text; ValueError with the API server's message."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise quantity.QuantityError(quantity.WRONG_FORMAT)
    return quantity.canonical(value)


def read_time(value: Any) -> str | None:
    """A time in UTC, to the second; None for Go's zero time, which stands for none."""
    text = _read_string(value)
    if text.startswith(_ZERO_DAY) and _moment(text) == _ZERO_TIME:
        return None
    return text if _PLAIN_TIME.fullmatch(text) and _moment(text) else times.time(_moment(text).timestamp())


def read_micro_time(value: Any) -> str | None:
    """A time in UTC, to the microsecond; None for Go's zero time."""
    moment = _moment(_read_string(value))
    if moment == _ZERO_TIME:
        return None
    moment = moment.astimezone(UTC)
    return times.micro_time_of(int(moment.replace(microsecond=0).timestamp()), moment.microsecond)


def _moment(text: str) -> datetime:
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    layout = "2006-01-02T15:04:05Z07:00"
    rest = re.match(r"(\d{4}-\d\d-\d\d)?(?=(.*))", text, re.DOTALL)
    assert rest is not None, "every text matches"
    wanted = "T" if rest[1] else "2006"
    found = text[len(rest[1] or "") :]
    raise ValueError(f'parsing time "{text}" as "{layout}": cannot parse "{found}" as "{wanted}"')


def read_bytes(value: Any) -> str:
    """Base64, as it was; ValueError in Go's words."""
    text = _read_string(value)
    try:
        base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        wrong = re.search(r"[^A-Za-z0-9+/\r\n]", text.rstrip("="))
        at = wrong.start() if wrong else len(text) // 4 * 4
        raise ValueError(f"illegal base64 data at input byte {at}") from None
    return text


READERS: dict[Form, Callable[[Any], Any]] = {
    "string": _read_string,
    "bool": _read_bool,
    "int32": lambda value: _read_int(value, _RANGES["int32"]),
    "int64": lambda value: _read_int(value, _RANGES["int64"]),
    "float64": _read_float,
    "quantity": read_quantity,
    "time": read_time,
    "micro-time": read_micro_time,
    "int-or-string": _read_int_or_string,
    "bytes": read_bytes,
}
