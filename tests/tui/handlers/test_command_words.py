"""Commands that are more than a kind: trees, folders, the pulse, other clusters."""

import pytest
from driving import MANIFEST, deployment, press, screen, settle

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.editor import Editor
from k9lite.tui.screens.overview import Overview

SIZE = (120, 36)


@pytest.fixture
async def dashboard(client, clock):
    await deployment(client)
    await deployment(client, "db")
    return Dashboard(client, clock, name="here", clusters=lambda: ["other"], farewell="It goes on without you.")


async def command(pilot, text):
    keys = {" ": "space", "/": "slash", "-": "minus", ".": "full_stop"}
    await press(pilot, "colon", *(keys.get(letter, letter) for letter in text), "enter")


async def test_xray_shows_the_trees_of_a_kind(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "xray deploy default")
        text = screen(dashboard)
        assert "Trees of deployments  in default" in text
        assert "deployment/db" in text
        assert "deployment/web" in text
        assert dashboard.place.selected.name == "db"


async def test_pulses_and_help(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "pulses")
        assert "Pulse of the cluster" in screen(dashboard)
        await command(pilot, "help")
        assert "Help" in screen(dashboard)


async def test_the_manifests_of_any_folder_are_looked_at_applied_and_edited(dashboard, client, tmp_path):
    (tmp_path / "good.yaml").write_text(MANIFEST.replace("name: web", "name: fresh", 1))
    (tmp_path / "worse.yaml").write_text("kind: Deployment\nmetadata: {name: x}\n")
    async with dashboard.run_test(size=SIZE, notifications=True) as pilot:
        await settle(pilot)
        await command(pilot, f"dir {tmp_path}")
        text = screen(dashboard)
        assert "Deployment fresh" in text
        assert "not applied" in text
        await press(pilot, "down", "a")
        assert (await client.get(kinds.DEPLOYMENT, "fresh", "default")).view.spec.replicas == 3
        await press(pilot, "G", "a")
        assert "worse.yaml:1" in screen(dashboard)
        await press(pilot, "g", "down", "e")
        assert isinstance(dashboard.screen, Editor)


async def test_dir_alone_is_the_folder_that_is_followed(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "pods")
        await command(pilot, "dir")
        assert isinstance(dashboard.screen, Overview)
        assert dashboard.place.place_name == "manifests"


async def test_another_cluster_is_gone_to_after_a_question(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "ctx")
        assert "other  running" in screen(dashboard)
        await press(pilot, "down", "enter")
        assert "It goes on without you." in screen(dashboard)
        await press(pilot, "right", "enter")
    assert dashboard.next_cluster == "other"


async def test_a_cluster_that_does_not_run_is_not_gone_to(dashboard):
    async with dashboard.run_test(size=SIZE, notifications=True) as pilot:
        await settle(pilot)
        await command(pilot, "ctx nowhere")
        assert "No cluster nowhere runs here" in screen(dashboard)
    assert dashboard.next_cluster == ""
