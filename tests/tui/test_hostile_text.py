"""Hostile text in every field of every kind, on every screen: nothing breaks, nothing is executed, columns stay."""

import unicodedata

import pytest
from driving import SIZES, press, screen, settle
from hostile import STRINGS, store_hostile

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.handlers import navigation
from k9lite.tui.keys.context import ActionContext
from k9lite.tui.screens.overview import Overview
from k9lite.tui.session.commands import ShowKind

SHOWN = (
    kinds.NODE,
    kinds.DEPLOYMENT,
    kinds.REPLICA_SET,
    kinds.POD,
    kinds.SERVICE,
    kinds.ENDPOINT_SLICE,
    kinds.EVENT,
    kinds.IMAGE,
    kinds.FAULT,
)
# Keys that lead from the overview to each screen and dialog.
SCREENS = """
    1, 2, 3, 4, 5, 6, 3 m, M, M down, Z, question_mark, f, colon, ctrl+n, ctrl+p,
    3 d, 3 y, 3 slash y, 3 V, 3 X, 3 H, 3 H ctrl+l, 3 l, 3 l w, 3 l t, 3 C, 3 t, 3 T, 3 s, 3 i, 3 F, 3 ctrl+d,
    3 E, 3 E ctrl+@, 3 enter, 3 ctrl+w, 4 d, 4 X, 4 enter, 4 ctrl+k, 4 x, 4 l, 4 C down down enter,
    2 d, 2 x, 2 r, 2 enter, 5 X, 5 F, 5 enter
"""
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def check(app, size):
    """Every line has its width, and nothing in it is more than it shows."""
    text = screen(app)
    assert all(strip.cell_length == size[0] for strip in app.screen._compositor.render_strips())
    hidden = {character for character in text if unicodedata.category(character) in HIDDEN}
    assert not hidden - {"\n"}


@pytest.mark.parametrize("which", range(len(SIZES)), ids=SIZES)
async def test_on_every_screen(client, clock, server, streams, which):
    """Each screen at one of the sizes, with another object under the cursor every time."""
    size = list(SIZES.values())[which]
    strings = list(STRINGS.values())
    for kind in SHOWN:
        for number in range(len(strings)):
            store_hostile(server, kind, strings[number:] + strings[:number], number)
    app = Dashboard(client, clock, name="".join(strings[:4]))
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        for number, keys in list(enumerate(map(str.split, SCREENS.split(","))))[which :: len(SIZES)]:
            await pilot.press(*keys[:1], *["j"] * (number % len(strings)), *keys[1:])
            await pilot.pause(0.06)
            check(app, size)
            while not isinstance(app.screen, Overview):
                app.pop_screen()
            if keys[-1] == "m":
                await pilot.press("m")
        await press(pilot, "escape", "escape")
        assert app.is_running


async def test_of_every_kind(client, clock, server):
    size = SIZES["normal"]
    every = [kind for kind in client.kinds if kind.stored]
    for kind in every:
        store_hostile(server, kind, list(STRINGS.values()))
    seen = set()
    app = Dashboard(client, clock, name="test")
    async with app.run_test(size=size, notifications=True) as pilot:
        for kind in every:
            navigation.go(ActionContext.at(app, app.session, app.place), ShowKind(kind))
            await pilot.pause(0.06)
            if app.place.shown:
                seen.add(kind.kind)
            for keys in (("ctrl+w",), ("d",)):
                await pilot.press(*keys)
                await pilot.pause(0.06)
                check(app, size)
            while not isinstance(app.screen, Overview):
                app.pop_screen()
    assert seen == {kind.kind for kind in every}  # in one version or another
