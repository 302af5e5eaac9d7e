import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from k9lite.tui.display.text import clean, fit, fit_middle, width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web-1", "web-1"),
        ("a\nb\tc", "a b c"),
        ("\x1b[31mred", "·[31mred"),
        ("\x9b31m", "·31m"),
        ("\u202eevil\u202c", "evil"),
        ("z\u200dw\ufe0fj", "zwj"),
        ("日本", "日本"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\ud800", ""),
    ],
)
def test_nothing_that_moves_the_cursor_survives(text, expected):
    assert clean(text) == expected


def test_long_text_is_cut():
    assert clean("x" * 10_000, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("web", 5, "web  "),
        ("web", 3, "web"),
        ("webserver", 4, "web…"),
        ("web", 0, ""),
        ("web", 1, "…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日 …"),
        ("日本", 6, "日本  "),
    ],
)
def test_text_fits_its_cells(text, cells, expected):
    assert fit(text, cells) == expected


def test_numbers_stand_on_the_right():
    assert fit("7", 3, right=True) == "  7"


def test_pod_names_keep_their_end():
    assert fit_middle("node-deployment-7d9f8b5c6d-x2k9z", 20) == "node-depl…5c6d-x2k9z"


@given(st.text(max_size=60), st.integers(0, 40))
def test_any_text_takes_exactly_its_cells(text, cells):
    cleaned = clean(text)
    for fitted in (fit(cleaned, cells), fit_middle(cleaned, cells)):
        assert cell_len(fitted) == cells
        assert width(fitted) == cells
