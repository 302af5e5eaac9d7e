"""The editor: from the key on an object to the file, and from there to the cluster."""

import stat
import sys

import pytest
from driving import HOSTILE, MANIFEST, SIZES, deployment, is_aligned, press, screen, settle

from k9lite.api import kinds
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard
from k9lite.tui.handlers.editor import edit_outside
from k9lite.tui.screens.editor import Editor
from k9lite.tui.screens.overview import Overview


@pytest.fixture
async def sync(client, clock, tmp_path):
    (tmp_path / "web.yaml").write_text("# the web\n---\n" + MANIFEST)
    sync = FolderSync(client, clock, tmp_path, lambda state: None)
    await sync.look()
    return sync


@pytest.fixture
async def dashboard(client, clock, sync):
    return Dashboard(client, clock, sync, name="test")


async def replicas(client):
    return (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas


async def checked(pilot):
    """Wait until the text has been checked."""
    await pilot.pause(0.2)
    await pilot.app.workers.wait_for_complete()
    await settle(pilot)


async def test_e_opens_the_manifest_at_the_object_and_a_save_goes_through_the_file(dashboard, client, sync, tmp_path):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        editor = dashboard.screen
        assert isinstance(editor, Editor)
        assert editor.area.cursor_location == (2, 0)
        assert "Edit web.yaml:3  Deployment default/web" in screen(dashboard)
        row = editor.area.lines.index("  replicas: 3")
        editor.area.go_to(row, len("  replicas: 3"))
        await press(pilot, "backspace", "5", "ctrl+s")
        text = screen(dashboard)
        assert "-   replicas: 3" in text
        assert "+   replicas: 5" in text
        await press(pilot, "enter")
        assert isinstance(dashboard.screen, Overview)
        assert "replicas: 5" in (tmp_path / "web.yaml").read_text()
        assert await replicas(client) == 3  # the watcher applies it, nobody else
        await sync.look()
        assert await replicas(client) == 5


async def test_a_field_is_explained_and_completed(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        area = dashboard.screen.area
        area.go_to(area.lines.index("  replicas: 3"), 13)
        await checked(pilot)
        assert "spec.replicas   integer   default 1" in screen(dashboard)
        assert "Number of desired pods" in screen(dashboard)
        await press(pilot, "enter", *"minR")
        assert "minReadySeconds" in screen(dashboard)
        await press(pilot, "enter", "5")
        assert area.lines[area.cursor_location[0]] == "  minReadySeconds: 5"
        await press(pilot, "enter", "ctrl+@")
        assert "revisionHistoryLimit" in screen(dashboard)
        await press(pilot, "escape")
        assert isinstance(dashboard.screen, Editor)


async def test_a_mistake_is_told_underlined_and_repaired(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        area = dashboard.screen.area
        row = area.lines.index("  replicas: 3")
        area.go_to(row, 10)
        await press(pilot, "backspace")
        await checked(pilot)
        assert 'web.yaml:8:3 unknown field "spec.replica"' in screen(dashboard)
        assert any(span.start == 2 and span.end == 9 for span in area.get_line(row).spans)
        await press(pilot, "escape")  # the choices
        area.go_to(0, 0)
        await press(pilot, "ctrl+n")
        assert area.cursor_location == (row, 2)
        await press(pilot, "ctrl+r")
        await checked(pilot)
        assert area.lines[row] == "  replicas: 3"
        assert dashboard.screen.problems == ()


async def test_a_live_object_is_edited_with_a_warning(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "E")
        assert "The folder wins: the next save puts back what web.yaml says." in screen(dashboard)
        area = dashboard.screen.area
        area.go_to(area.lines.index("  replicas: 3"), 13)
        await press(pilot, "backspace", "7", "ctrl+s", "enter")
        assert await replicas(client) == 7
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).cause.action == "edit deployment/web"


async def test_what_nobody_described_is_edited_live(client, clock):
    await deployment(client)
    app = Dashboard(client, clock, name="test")
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert "Edit live deployment/web" in screen(app)
        assert "No manifest describes it" in screen(app)


async def test_leaving_asks_only_where_something_would_be_lost(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e", "escape")
        assert isinstance(dashboard.screen, Overview)
        await press(pilot, "e", "x", "escape")
        assert "What was changed is lost" in screen(dashboard)
        await press(pilot, "enter")  # Cancel has the focus
        assert isinstance(dashboard.screen, Editor)
        await press(pilot, "escape", "right", "enter")
        assert isinstance(dashboard.screen, Overview)


async def test_somebody_elses_save_is_not_taken_back_unseen(dashboard, tmp_path):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e", "x")
        (tmp_path / "web.yaml").write_text("# changed\n" + MANIFEST)
        await press(pilot, "escape", "ctrl+s") if dashboard.screen._choices.display else await press(pilot, "ctrl+s")
        assert "It was changed by somebody else" in screen(dashboard)


async def test_another_editor_gives_its_text_back(dashboard, tmp_path, monkeypatch):
    program = tmp_path / "editor"
    program.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'a').write('more\\n')\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        monkeypatch.setattr(type(dashboard._driver), "can_suspend", property(lambda driver: True))
        assert await edit_outside(dashboard, [str(program)], "text\n", "web.yaml", 1) == "text\nmore\n"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_hostile_text_is_harmless_in_the_editor(client, clock, size):
    web = await deployment(client)
    patch = {"metadata": {"annotations": {"note": HOSTILE}}}
    await client.patch(kinds.DEPLOYMENT, web.name, patch, "application/merge-patch+json", "default")
    app = Dashboard(client, clock, name="test")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(app.screen, Editor)
        assert is_aligned(app, size)
        app.screen.area.replace_all(f"kind: {HOSTILE}\n\x1b[31m")
        await checked(pilot)
        assert is_aligned(app, size)
        await press(pilot, "ctrl+s")
        assert is_aligned(app, size)
