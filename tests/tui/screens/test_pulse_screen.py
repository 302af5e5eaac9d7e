import pytest
from driving import SIZES, deployment, is_aligned, press, screen, settle

from k9lite.tui.app import Dashboard
from k9lite.tui.widgets.pulse import Pulse, sparkline


@pytest.mark.parametrize(
    ("values", "cells", "drawn"),
    [([], 5, ""), ([0, 0], 5, "  "), ([1, 8], 5, "▁█"), ([1, 2, 3, 4], 2, "▆█"), ([0.001, 100], 5, "▁█")],
)
def test_sparklines(values, cells, drawn):
    assert sparkline(values, cells) == drawn


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_the_pulse_counts_what_is_and_what_happens(client, clock, size):
    await deployment(client)
    app = Dashboard(client, clock, name="test")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "Z")
        pulse = app.screen.query_one(Pulse)
        await deployment(client, "second")
        await settle(pilot)
        pulse._sample()
        text = screen(app)
        assert "changes a second" in text
        assert pulse._series["changes"][-1] == 1
        assert pulse._series["deployments busy"][-1] == 2
        assert is_aligned(app, size)
        await press(pilot, "escape")
        assert not app.screen.query(Pulse)
