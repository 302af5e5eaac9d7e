"""How things were last time, in the same folder, they are again."""

import pytest
from driving import press, screen, settle
from scenery import fill

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.session import memory
from k9lite.tui.session.memory import Habits, Layout

SIZE = (120, 36)


@pytest.fixture
async def dashboard(client, clock, tmp_path):
    await fill(client, clock)

    def make():
        return Dashboard(client, clock, state=tmp_path)

    return make


async def test_the_pane_its_filter_and_its_room(dashboard):
    app = dashboard()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "slash", *"back", "enter", "m")
        app.exit()
    again = dashboard()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert again.place.place_name == "pods"
        assert again.screen.maximised == "pods"
        assert [key.name for key in again.place.shown] == ["web-2-x2y"]


async def test_the_view_of_one_kind_and_its_namespace(dashboard):
    app = dashboard()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "colon", *"rs", "space", *"default", "enter")
        app.exit()
    again = dashboard()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert (again.place.place_name, again.place.namespace) == ("replicasets", "default")
        await press(pilot, "escape", "colon", "up", "enter")  # commands are remembered too
        assert again.place.place_name == "replicasets"


async def test_a_forward_to_a_pod_becomes_one_to_its_deployment(dashboard):
    app = dashboard()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "F")
        for field in app.screen.query("Input"):
            field.value = "0"
        await press(pilot, "enter")
        kept = [(forward.port, forward.local_port) for forward in app.session.forwards]
        assert len(kept) == 1
        app.exit()
    again = dashboard()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        targets = [(forward.target.kind, forward.target.name) for forward in again.session.forwards]
        assert targets == [(kinds.DEPLOYMENT, "web")]
        assert [(forward.port, forward.local_port) for forward in again.session.forwards] == kept


async def test_first_hints_go_away(dashboard, tmp_path):
    app = dashboard()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "New here?" in screen(app)
        await press(pilot, *["j"] * memory.HINTS_UNTIL)
        app.exit()
    again = dashboard()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "New here?" not in screen(again)


def test_what_cannot_be_read_is_as_new(tmp_path):
    file = memory.layout_file(tmp_path, tmp_path / "manifests")
    assert file != memory.layout_file(tmp_path, tmp_path / "others")
    assert memory.load(file, Layout) == Layout()
    memory.save(file, Layout(pane=5))
    assert memory.load(file, Layout).pane == 5
    file.write_text("{")
    assert memory.load(file, Layout) == Layout()
    assert memory.load(memory.habits_file(tmp_path), Habits) == Habits()
