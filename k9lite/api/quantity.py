"""Quantities such as `500m` and `1Gi`: their value, and the one text Kubernetes stores for it (api/resource)."""

import re
from decimal import ROUND_CEILING, ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

FORMAT = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
WRONG_FORMAT = f"quantities must match the regular expression '{FORMAT}'"
WRONG_SUFFIX = "unable to parse quantity's suffix"
WRONG_NUMBER = "unable to parse numeric part of quantity"

_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_SUFFIX = {power: suffix for suffix, power in _BINARY.items()}
_DECIMAL_SUFFIX = {power: suffix for suffix, power in _DECIMAL.items()}
_SHAPE = re.compile(r"([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)", re.ASCII)
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)", re.ASCII)
_NANO = Decimal("1e-9")
_MILLI = Decimal("1e-3")
_ONE = Decimal(1)
_MOST = Decimal(2**63 - 1)
_EXACT = Context(prec=200, Emax=99_999, Emin=-99_999)

Value = str | int | float


class QuantityError(ValueError):
    """A text that is no quantity; the message is the API server's."""


class _Parsed(NamedTuple):
    value: Decimal
    format: str  # BinarySI, DecimalSI or DecimalExponent


def parse(value: Value) -> Decimal:
    """The exact value, of a text or of a JSON number. Finer than a billionth is rounded away from zero."""
    return _parse(str(value)).value


def canonical(value: Value) -> str:
    """The text an API server stores: `1000m` -> `1`, `0.5` -> `500m`, `1024Mi` -> `1Gi`, `1e3` stays."""
    return _canonical(str(value))


def milli(value: Value) -> int:
    """Thousandths, rounded up: how CPU is counted."""
    return _milli(str(value))


def whole(value: Value) -> int:
    """Units, rounded up: how bytes and pods are counted."""
    return _whole(str(value))


@lru_cache(maxsize=4096)
def _milli(text: str) -> int:
    return int((_parse(text).value / _MILLI).to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=4096)
def _whole(text: str) -> int:
    return int(_parse(text).value.to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=4096)
def _parse(text: str) -> _Parsed:
    shape = _SHAPE.fullmatch(text)
    if shape is None or not text:
        raise QuantityError(WRONG_FORMAT)
    sign, units, point, fraction, suffix = shape.groups()
    form, factor = _interpret(suffix)
    if not units and not fraction:
        raise QuantityError(WRONG_NUMBER)
    value = _EXACT.multiply(Decimal(f"{sign}{units}{point or ''}{fraction or ''}"), factor)
    if abs(value) > _MOST:
        value = _MOST.copy_sign(value)
    return _Parsed(value.quantize(_NANO, ROUND_UP, _EXACT), form)


def _interpret(suffix: str) -> tuple[str, Decimal]:
    """What a suffix means: the format it belongs to, and its factor."""
    if suffix in _BINARY:
        return "BinarySI", Decimal(2 ** _BINARY[suffix])
    if suffix in _DECIMAL:
        return "DecimalSI", Decimal(f"1e{_DECIMAL[suffix]}")
    exponent = _EXPONENT.fullmatch(suffix)
    if exponent is None or len(exponent[1]) > 4:
        raise QuantityError(WRONG_SUFFIX)
    return "DecimalExponent", Decimal(f"1e{exponent[1]}")


def plus(first: Value, second: Value) -> str:
    """The sum as canonical text, in the format of the first that is not zero."""
    return _combined(_parse(str(first)), _parse(str(second)), 1)


def minus(first: Value, second: Value) -> str:
    """The difference, as `plus` writes it."""
    return _combined(_parse(str(first)), _parse(str(second)), -1)


def _combined(first: _Parsed, second: _Parsed, sign: int) -> str:
    value = _EXACT.add(first.value, sign * second.value)
    return _text(_Parsed(value, first.format if first.value else second.format))


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    return _text(_parse(text))


def _text(parsed: _Parsed) -> str:
    value, form = parsed
    if not value:
        return "0"
    if form == "BinarySI" and abs(value) >= 1024 and value == value.to_integral_value():
        return _binary(int(value))
    power = _power_of_thousand(value)
    mantissa = int(value.scaleb(-power, _EXACT))
    if form == "DecimalExponent":
        return f"{mantissa}e{power}" if power else str(mantissa)
    return f"{mantissa}{_DECIMAL_SUFFIX[power]}"


def _binary(value: int) -> str:
    power = 0
    while value % 1024 == 0 and power < 60:
        value //= 1024
        power += 10
    return f"{value}{_BINARY_SUFFIX[power]}" if power else str(value)


def _power_of_thousand(value: Decimal) -> int:
    """The greatest power of a thousand that leaves `value` a whole number."""
    exponent = value.normalize(_EXACT).as_tuple().exponent
    assert isinstance(exponent, int), "a parsed quantity is finite"
    return min(exponent // 3 * 3, 18)
