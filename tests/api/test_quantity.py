import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import quantity


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("100m", "100m"),
        ("1", "1"),
        ("1000", "1k"),
        ("1500", "1500"),
        ("2000000", "2M"),
        ("1e3", "1e3"),
        ("12e4", "120e3"),
        ("1E3", "1e3"),
        ("0", "0"),
        ("0Gi", "0"),
        ("-0", "0"),
        ("1Ki", "1Ki"),
        ("512Ki", "512Ki"),
        ("0.5Ki", "512"),
        ("1025Ki", "1025Ki"),
        ("0.1Gi", "107374182400m"),
        ("100n", "100n"),
        ("0.1n", "1n"),
        ("1.0001m", "1000100n"),
        ("-1500m", "-1500m"),
        ("+1", "1"),
        (".5", "500m"),
        ("5.", "5"),
        ("1E", "1E"),
        ("1Ei", "1Ei"),
        ("1000000000000000000000", "9223372036854775807"),
        (1, "1"),
        (0.5, "500m"),
        (1000, "1k"),
        ("1e-3", "1e-3"),
        ("1e0", "1"),
    ],
)
def test_canonical(text: quantity.Value, stored: str) -> None:
    assert quantity.canonical(text) == stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", quantity.WRONG_FORMAT),
        ("1GB", quantity.WRONG_FORMAT),
        ("lots", quantity.WRONG_FORMAT),
        ("1 Gi", quantity.WRONG_FORMAT),
        ("1.2.3", quantity.WRONG_FORMAT),
        ("True", quantity.WRONG_FORMAT),
        ("1K", quantity.WRONG_SUFFIX),
        ("1mi", quantity.WRONG_SUFFIX),
        ("1Em", quantity.WRONG_SUFFIX),
        ("m", quantity.WRONG_NUMBER),
        ("-", quantity.WRONG_NUMBER),
        ("\u0661", quantity.WRONG_FORMAT),
    ],
)
def test_what_is_no_quantity(text: str, message: str) -> None:
    with pytest.raises(quantity.QuantityError, match=f"^{re.escape(message)}$"):
        quantity.canonical(text)


def test_counting_rounds_up() -> None:
    assert quantity.milli("100m") == 100
    assert quantity.milli("1.5") == 1500
    assert quantity.milli("1u") == 1
    assert quantity.whole("1Gi") == 2**30
    assert quantity.whole("1m") == 1
    assert quantity.parse("1.5Gi") == Decimal(3 * 2**29)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi", "e3", "u", "n"]))
def test_the_stored_text_has_the_same_value_and_is_stable(number: int, suffix: str) -> None:
    text = f"{number}{suffix}"
    stored = quantity.canonical(text)
    assert quantity.parse(stored) == quantity.parse(text)
    assert quantity.canonical(stored) == stored
