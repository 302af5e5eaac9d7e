"""The command palette: every action by its name, with its key."""

import pytest
from driving import deployment, press, screen, settle

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.display.themes import THEMES
from k9lite.tui.keys.actions import ACTIONS

SIZE = (120, 36)


@pytest.fixture
async def dashboard(client, clock):
    await deployment(client)
    return Dashboard(client, clock)


async def test_every_action_and_theme_is_in_it(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        titles = [command.title for command in dashboard.get_system_commands(dashboard.screen)]
        for action in ACTIONS:
            if action.views or not action.scopes:
                assert any(title.startswith(f"{action.label}  ") for title in titles), action.id
        for theme in THEMES:
            assert f"Theme {theme.name}" in titles


async def test_what_can_be_done_to_the_object_under_the_cursor_is_done(dashboard, client):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "ctrl+p", *("space" if c == " " else c for c in "scale up"))
        assert "One replica more" in screen(dashboard)
        await press(pilot, "enter")
        await settle(pilot)
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas == 4


async def test_what_is_done_elsewhere_leads_there(dashboard):
    async with dashboard.run_test(size=SIZE, notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "3", "ctrl+p", *"cordon")
        await press(pilot, "enter")
        await settle(pilot)
        assert dashboard.place.place_name == "nodes"
        assert "Cordon is c on nodes" in screen(dashboard)


async def test_a_theme_is_put_on_and_remembered(dashboard, client, clock, tmp_path):
    app = Dashboard(client, clock, state=tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p", *("space" if c == " " else c for c in "theme light"), "enter")
        await settle(pilot)
        assert app.theme == "k9lite-light"
        app.exit()
    again = Dashboard(client, clock, state=tmp_path)
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert again.theme == "k9lite-light"
