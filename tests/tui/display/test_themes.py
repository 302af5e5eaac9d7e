"""Colours that can be told from what they are drawn on, by WCAG's measure."""

import pytest
from textual.color import Color

from k9lite.tui.display.themes import CONTRAST, THEMES
from k9lite.tui.display.tones import TONES

READABLE, HIGH = 4.5, 7.0  # WCAG 2 AA and AAA


def luminance(color):
    def linear(part):
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part / 255) for part in color.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("tone", [tone for tone in TONES if tone])
def test_every_tone_can_be_read(theme, tone):
    color, least = theme.variables[f"tone-{tone}"], HIGH if theme is CONTRAST else READABLE
    for ground in (theme.background, theme.surface, theme.panel):
        assert contrast(color, ground) >= least, ground
    assert contrast(color, theme.variables["cursor"]) >= READABLE


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_under_the_cursor_and_in_matches_can_be_read(theme):
    least = HIGH if theme is CONTRAST else READABLE
    assert contrast(theme.foreground, theme.background) >= HIGH
    assert contrast(theme.variables["tone-strong"], theme.variables["cursor"]) >= least
    assert contrast(theme.background, theme.variables["tone-warn"]) >= least
    assert contrast(theme.background, theme.variables["tone-accent"]) >= least


def test_good_and_bad_differ_for_those_who_do_not_tell_red_from_green():
    """In blueness or brightness, which all kinds of colour vision see."""
    theme = next(theme for theme in THEMES if theme.name == "k9lite-colour-blind")
    good, bad = (Color.parse(theme.variables[f"tone-{tone}"]) for tone in ("good", "bad"))
    assert abs(good.rgb[2] - bad.rgb[2]) > 100
