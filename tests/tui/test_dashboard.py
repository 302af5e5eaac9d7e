"""Keys pressed on the dashboard over a real API server: what they do to the cluster, and what is on the screen."""

import pytest
from driving import SIZES, press, screen, settle
from textual import events
from textual.widgets import Input

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.overview import Overview
from k9lite.tui.screens.split import SplitScreen

HOSTILE = "[/foo] [red]x[@click=app.quit]\x1b[31m\u202e日本\n"


async def fill(client):
    """Two nodes, a deployment of three, and one pod of its own; and the clock that a cluster has."""
    await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 1}})
    for name in ("worker-1", "worker-2"):
        await client.create(kinds.NODE, {"metadata": {"name": name}})
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "node-app:v1"}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": template}
    await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "web"}, "spec": spec}, "default")
    await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "web"}}, "default")
    pod = {"serviceAccountName": "web", "nodeName": "worker-1", "containers": [{"name": "c", "image": "node-app:v1"}]}
    await client.create(kinds.POD, {"metadata": {"name": "lonely", "labels": labels}, "spec": pod}, "default")


@pytest.fixture
async def dashboard(client, clock):
    await fill(client)
    return Dashboard(client, clock, name="test")


async def type_ahead(pilot, *keys):
    """Type faster than anybody can: no key waits for what the one before it did."""
    for key in keys:
        pilot.app.post_message(events.Key(key, None if len(key) > 1 else key))
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_the_overview_shows_the_cluster(dashboard, size):
    async with dashboard.run_test(size=size) as pilot:
        await settle(pilot)
        text = screen(dashboard)
        assert "3 Deployments" in text
        assert "lonely" in text
        assert "web" in text
        if size != SIZES["small"]:
            for pane in ("1 Manifests", "2 Nodes", "4 Pods", "5 Services", "6 Story"):
                assert pane in text
            assert "worker-2" in text


async def test_a_small_terminal_shows_the_pane_that_is_asked_for(dashboard):
    async with dashboard.run_test(size=SIZES["small"]) as pilot:
        await settle(pilot)
        assert "╭─ 2 Nodes" not in screen(dashboard)
        await press(pilot, "2")
        assert "╭─ 2 Nodes" in screen(dashboard)
        assert "╭─ 3 Deployments" not in screen(dashboard)


async def test_plus_and_minus_scale_at_once(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await type_ahead(pilot, "plus", "plus")
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas == 5
        await press(pilot, "minus")
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas == 4


async def test_s_asks_for_the_number_of_replicas(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "s")
        assert "Scale deployment/web" in screen(dashboard)
        dashboard.screen.query_one(Input).value = "7"
        await press(pilot, "enter")
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas == 7


async def test_delete_asks_with_cancel_first(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "4", "ctrl+d")
        assert isinstance(dashboard.screen, Form)
        assert "Delete pod/lonely?" in screen(dashboard)
        await press(pilot, "enter")  # Cancel has the focus
        assert not (await client.get(kinds.POD, "lonely", "default")).deleting
        await press(pilot, "ctrl+d", "right", "enter")
        assert (await client.get(kinds.POD, "lonely", "default")).deleting


async def test_kill_takes_no_grace(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "4", "ctrl+k", "right", "enter")
        pods = (await client.list(kinds.POD)).items
        assert pods == []
        text = screen(dashboard)
        assert "no pod yet" in text
        assert "kill pod/lonely" in text  # the story tells who did it


async def test_nodes_are_cordoned_and_broken(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await type_ahead(pilot, "2", "j", "c")
        assert (await client.get(kinds.NODE, "worker-2")).view.spec.unschedulable is True
        await press(pilot, "u")
        assert not (await client.get(kinds.NODE, "worker-2")).view.spec.unschedulable
        await press(pilot, "x", "enter")
        fault = (await client.list(kinds.FAULT)).items[0].view.spec
        assert (fault.type, fault.target.name) == ("NodeDown", "worker-2")
        await press(pilot, "x", "enter")
        assert (await client.list(kinds.FAULT)).items == []


async def test_the_clock_is_turned_from_the_keyboard(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await type_ahead(pilot, "greater_than_sign", "greater_than_sign", "less_than_sign")
        assert (await client.get(kinds.CLOCK, "cluster")).view.spec.speed == 2
        assert "▸ 2x" in screen(dashboard)
        await press(pilot, "comma")
        assert "‖ paused (2x)" in screen(dashboard)
        await press(pilot, "full_stop")
        assert (await client.get(kinds.CLOCK, "cluster")).view.spec.steps == 1
        await press(pilot, "comma", "less_than_sign")
        assert "▸ 1x" in screen(dashboard)


async def test_restart_and_image(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "r")
        restarted = await client.get(kinds.DEPLOYMENT, "web", "default")
        assert restarted.view.spec.template.metadata.annotations
        assert "Load image" not in screen(dashboard)
        waiting = {"name": "c", "image": "node-app:v1", "imageID": "", "ready": False, "restartCount": 0}
        status = {"containerStatuses": [waiting | {"state": {"waiting": {"reason": "ErrImagePull"}}}]}
        await client.update_status(await client.get(kinds.POD, "lonely", "default"), status)
        await press(pilot, "4")
        assert "shift-i Load image" in screen(dashboard)  # offered where it helps
        await press(pilot, "I")
        dashboard.screen.query_one(Input).value = "node-app:v9"
        await press(pilot, "enter")
        assert [image.view.spec.name for image in (await client.list(kinds.IMAGE)).items] == ["node-app:v9"]


@pytest.mark.parametrize(
    ("keys", "title", "text"),
    [
        ("y", "YAML  deployment/web", "kind: Deployment"),
        ("d", "Describe  deployment/web", "Selector:"),
        ("question_mark", "Help", "Set the number of replicas"),
        ("f", "Port forwards", "no port is forwarded"),
        ("enter", "Pods  of deployment/web", "lonely"),
    ],
)
async def test_pages_open_and_escape_closes_them(dashboard, keys, title, text):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, keys)
        assert isinstance(dashboard.screen, FullScreen | SplitScreen)
        assert title in screen(dashboard)
        assert text in screen(dashboard)
        await press(pilot, "escape")
        assert isinstance(dashboard.screen, Overview)


async def test_logs_follow_and_previous_ones_are_refused_in_kubernetes_words(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "4", "l")
        text = screen(dashboard)
        assert "Logs  lonely  c" in text
        assert "listening on port 8080" in text
        assert "·[31mGET / [/foo]" in text
        await press(pilot, "escape", "p")
        assert 'previous terminated container "c" in pod "lonely" not found' in screen(dashboard)


async def test_a_description_follows_its_object(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        assert "replicas: 3" in screen(dashboard)
        patch = {"spec": {"replicas": 9}}
        await client.patch(kinds.DEPLOYMENT, "web", patch, "application/merge-patch+json", "default")
        await settle(pilot)
        assert "replicas: 9" in screen(dashboard)
        await client.delete(kinds.DEPLOYMENT, "web", "default")
        await settle(pilot)
        assert "deleted; this was its last state" in screen(dashboard)


async def test_filter_narrows_and_escape_clears(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await type_ahead(pilot, "4", "slash", *"nothing")
        assert "nothing matches nothing" in screen(dashboard)
        await press(pilot, "escape")
        assert "lonely" in screen(dashboard)


async def test_tab_goes_round(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        seen = []
        for _ in range(6):
            seen.append(dashboard.place.place_name)
            await pilot.press("tab")
        assert seen == ["deployments", "pods", "services", "story", "manifests", "nodes"]
        await pilot.press("shift+tab")
        assert dashboard.place.place_name == "nodes"


async def test_a_refusal_is_told_and_nothing_breaks(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+l", "right", "enter")
        assert "no rollout history found" in screen(dashboard)


async def test_quitting_leaves_no_task_behind(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+c")
        assert "Leave k9lite?" in screen(dashboard)
        await pilot.press("right", "enter")
    assert len(dashboard.cluster.tasks) == 0


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_hostile_text_breaks_nothing(client, clock, size):
    await fill(client)
    event = {
        "metadata": {"name": "evil"},
        "involvedObject": {"kind": "Pod", "name": HOSTILE, "namespace": "default"},
        "reason": HOSTILE,
        "message": HOSTILE * 500,
        "type": "Warning",
    }
    await client.create(kinds.EVENT, event, "default")
    patch = {"metadata": {"annotations": {"note": HOSTILE * 1000}}}
    await client.patch(kinds.DEPLOYMENT, "web", patch, "application/merge-patch+json", "default")
    app = Dashboard(client, clock, name=HOSTILE)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        for page in ("d", "y"):
            await press(pilot, page)
            await press(pilot, "escape")
        text = screen(app)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert all(strip.cell_length == size[0] for strip in app.screen._compositor.render_strips())
