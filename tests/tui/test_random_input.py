"""Whatever is pressed, clicked, pasted or resized while the cluster changes: the dashboard stays, without any error.

`K9LITE_FUZZ_SEED=5 K9LITE_FUZZ_EVENTS=5000 pytest tests/tui/test_random_input.py` replays one run, or makes it longer.
"""

import os
import random

import pytest
from fuzzing import Fuzz
from scenery import fill

from k9lite.tui.app import Dashboard

EVENTS = int(os.environ.get("K9LITE_FUZZ_EVENTS", "400"))
SEED = int(os.environ.get("K9LITE_FUZZ_SEED") or random.randrange(1_000_000))


@pytest.mark.timeout(3600)
async def test_random_input_ends_nothing(client, clock, tmp_path):
    print(f"K9LITE_FUZZ_SEED={SEED}")
    await fill(client, clock)
    app = Dashboard(client, clock, name="fuzz", state=tmp_path)
    app.exit = lambda *args, **more: None  # `:q` may be typed
    fuzz = Fuzz(app, client, clock, SEED)
    async with app.run_test(size=(120, 36)) as pilot:
        await fuzz.run(pilot, EVENTS)
        assert app.is_running
    assert app._exception is None, fuzz.report()
