"""Every screen in three sizes, compared with files; every screen in every theme, held to WCAG's contrast.

`K9LITE_GOLDEN=write pytest tests/tui/screens/test_golden_screens.py` renews the files.
"""

import os
from pathlib import Path

import pytest
from driving import SIZES, screen
from scenery import SCREENS, fill, show

from k9lite.tui.app import Dashboard
from k9lite.tui.display.themes import THEMES

GOLDEN = Path(__file__).parent / "golden"
READABLE = 4.5  # WCAG 2, AA


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_every_screen_is_as_it_was(client, clock, size):
    await fill(client, clock)
    app = Dashboard(client, clock, name="golden")
    differing = []
    async with app.run_test(size=size) as pilot:
        for name, shot in SCREENS.items():
            await show(app, pilot, shot)
            shown, file = screen(app) + "\n", GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
            if os.environ.get("K9LITE_GOLDEN") == "write":
                file.parent.mkdir(exist_ok=True)
                file.write_text(shown)
            if not file.exists() or shown != file.read_text():
                differing.append(f"{file.name}:\n{shown}")
    assert not differing, "\n".join(differing)


def unreadable(app):
    """The pieces of text on the screen that can hardly be told from their ground."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is None or style.color is None or style.bgcolor is None or not any(map(str.isalnum, text)):
                continue
            colors = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
            ratio = contrast(*(color.get_truecolor() for color in colors))
            if ratio < READABLE:
                yield text.strip(), f"{ratio:.1f}"


def luminance(color):
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


async def test_every_screen_can_be_read_in_every_theme(client, clock):
    await fill(client, clock)
    app = Dashboard(client, clock, name="golden")
    found = []
    async with app.run_test(size=SIZES["normal"]) as pilot:
        for name, shot in SCREENS.items():
            if shot.modal:
                continue  # what lies behind a dialog is dimmed on purpose
            await show(app, pilot, shot)
            for theme in THEMES:
                app.theme = theme.name
                await pilot.pause(0.05)
                found += [(theme.name, name, *piece) for piece in unreadable(app)]
    assert found == []
