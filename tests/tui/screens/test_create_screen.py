"""New objects from a template or a paste, and files that describe nothing yet."""

import pytest
from driving import MANIFEST, SIZES, press, screen, settle
from textual import events

from k9lite.api import kinds
from k9lite.api.kinds import Kinds
from k9lite.manifests.checking import check_text
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard
from k9lite.tui.editing.sources import file_name
from k9lite.tui.editing.templates import TEMPLATES, skeleton
from k9lite.tui.screens.editor import Editor


async def test_a_template_becomes_a_file_and_the_file_an_object(client, clock, tmp_path):
    sync = FolderSync(client, clock, tmp_path, lambda state: None)
    await sync.look()
    app = Dashboard(client, clock, sync, name="test")
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+n", *"ConfigMap", "down", "enter")
        assert "Edit a new manifest" in screen(app)
        await press(pilot, "ctrl+s")
        assert "changed by somebody else" not in screen(app)
        await press(pilot, "enter")
        assert (tmp_path / "my-config.yaml").read_text() == TEMPLATES["ConfigMap"]
        await sync.look()
        assert (await client.get(kinds.CONFIG_MAP, "my-config", "default")).data()["data"] == {"key": "value"}
        await press(pilot, "U")
        assert not (tmp_path / "my-config.yaml").exists()


async def test_what_is_pasted_is_created_where_no_folder_is_followed(client, clock):
    app = Dashboard(client, clock, name="test")
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+n", "enter")
        assert isinstance(app.screen, Editor)
        app.screen.area.post_message(events.Paste(MANIFEST))
        await settle(pilot)
        await press(pilot, "ctrl+s", "enter")
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).cause.action == "create deployment/web"
        await press(pilot, "U")
        assert (await client.list(kinds.DEPLOYMENT)).items == []


async def test_a_file_that_cannot_be_applied_is_edited_at_its_mistake(client, clock, tmp_path):
    (tmp_path / "bad.yaml").write_text(MANIFEST.replace("replicas", "replcas"))
    sync = FolderSync(client, clock, tmp_path, lambda state: None)
    await sync.look()
    app = Dashboard(client, clock, sync, name="test")
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "1", "e")
        assert isinstance(app.screen, Editor)
        assert app.screen.area.cursor_location == (5, 0)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if TEMPLATES[name]])
def test_templates_are_right(name):
    assert check_text("new.yaml", TEMPLATES[name], Kinds()) == ()


@pytest.mark.parametrize("kind", [kind for kind in Kinds() if kind.stored], ids=lambda kind: kind.kind)
def test_every_kind_has_a_skeleton(kind):
    text = skeleton(kind)
    assert text.startswith(f"apiVersion: {kind.api_version}\nkind: {kind.kind}\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [(MANIFEST, "web.yaml"), ("", "new.yaml"), ("metadata: {name: ../../etc/x}", "etc-x.yaml"), (":", "new.yaml")],
)
def test_file_names(text, name):
    assert file_name(text) == name
