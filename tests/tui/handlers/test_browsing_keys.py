"""The keys that lead from view to view, and those for tables, on a dashboard over a real API server."""

import pytest
from driving import screen, settle
from textual import events

from k9lite.api import kinds
from k9lite.api.object import controller_reference
from k9lite.tui.app import Dashboard
from k9lite.tui.screens.overview import Overview
from k9lite.tui.widgets.command_bar import CommandBar
from k9lite.tui.widgets.containers import Containers
from k9lite.tui.widgets.log import Log

SIZE = (140, 40)
LABELS = {"app": "web"}
TEMPLATE = {
    "metadata": {"labels": LABELS},
    "spec": {"containers": [{"name": "web", "image": "a:1"}, {"name": "side", "image": "b:1"}]},
}
SPEC = {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}


async def fill(client):
    for name in ("worker-1", "worker-2"):
        await client.create(kinds.NODE, {"metadata": {"name": name}})
    for namespace in ("default", "kube-system"):
        await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "web"}}, namespace)
    web = await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "web"}, "spec": SPEC}, "default")
    metadata = {"name": "web-1", "labels": LABELS, "ownerReferences": [controller_reference(web)]}
    owner = await client.create(kinds.REPLICA_SET, {"metadata": metadata, "spec": SPEC}, "default")
    for number, namespace in enumerate(("default", "default", "kube-system")):
        owners = [controller_reference(owner)] if namespace == "default" else []
        metadata = {"name": f"pod-{number}", "labels": LABELS, "ownerReferences": owners}
        spec = TEMPLATE["spec"] | {"serviceAccountName": "web", "nodeName": f"worker-{1 + number % 2}"}
        pod = await client.create(kinds.POD, {"metadata": metadata, "spec": spec}, namespace)
        await client.update_status(pod, status(failed=number == 1))
    body = {"metadata": {"name": "front"}, "spec": {"selector": LABELS, "ports": [{"port": 80}]}}
    await client.create(kinds.SERVICE, body, "default")


def status(failed):
    state = {"waiting": {"reason": "CrashLoopBackOff"}} if failed else {"running": {}}
    containers = [
        {"name": name, "image": "a:1", "imageID": "", "ready": not failed, "restartCount": 0, "state": state}
        for name in ("web", "side")
    ]
    return {"phase": "Running", "containerStatuses": containers, "conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture
async def dashboard(client, clock, tmp_path):
    await fill(client)
    return Dashboard(client, clock, name="test", state=tmp_path)


async def press(pilot, *keys):
    """Type faster than anybody can."""
    for key in keys:
        pilot.app.post_message(events.Key(key, " " if key == "space" else key if len(key) == 1 else None))
    await settle(pilot)


async def command(pilot, text):
    await press(pilot, "colon", *("space" if letter == " " else letter for letter in text), "enter")


def names(app):
    return [key.name for key in app.place.shown]


async def test_enter_leads_from_deployment_to_logs_and_escape_back(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "enter")
        assert names(dashboard) == ["pod-0", "pod-1"]
        await press(pilot, "enter")
        assert isinstance(dashboard.place, Containers)
        assert "side" in screen(dashboard)
        await press(pilot, "j", "enter")
        assert isinstance(dashboard.place, Log)
        assert "side" in screen(dashboard)
        await press(pilot, "escape", "escape", "escape")
        assert isinstance(dashboard.screen, Overview)


@pytest.mark.parametrize(("keys", "shown"), [("5", ["pod-0", "pod-1"]), ("2", ["pod-0", "pod-2"])])
async def test_enter_on_services_and_nodes_shows_their_pods(dashboard, keys, shown):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, *keys, "enter")
        assert names(dashboard) == shown


async def test_owner_and_node_of_a_pod(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "J")
        assert (dashboard.place.place_name, dashboard.place.selected.name) == ("replicasets", "web-1")
        await press(pilot, "J")
        assert (dashboard.place.place_name, dashboard.place.selected.name) == ("deployments", "web")
        await press(pilot, "escape", "escape", "j", "o")
        assert (dashboard.place.place_name, dashboard.place.selected.name) == ("nodes", "worker-2")


async def test_commands_and_history(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "pod kube-system")
        assert names(dashboard) == ["pod-2"]
        await command(pilot, "deploy all")
        assert dashboard.place.place_name == "deployments"
        await press(pilot, "left_square_bracket")
        assert names(dashboard) == ["pod-2"]
        await press(pilot, "right_square_bracket")
        assert dashboard.place.place_name == "deployments"
        await command(pilot, "svc")
        await press(pilot, "minus")
        assert dashboard.place.place_name == "deployments"
        await press(pilot, "colon", "up", "up", "enter")
        assert dashboard.place.place_name == "deployments"


async def test_tab_completes_a_command_and_escape_leaves_it(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "colon", "p", "o")
        assert "pods  podd" in screen(dashboard)
        await press(pilot, "tab", "enter")
        assert dashboard.place.place_name == "pods"
        await press(pilot, "colon", "x", "escape", "escape")
        assert isinstance(dashboard.screen, Overview)


async def test_colon_q_quits(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "q")
    assert dashboard.return_code == 0


async def test_digits_are_namespaces_in_a_view_of_one_kind(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "pod kube-system")
        await press(pilot, "0")
        assert len(names(dashboard)) == 3
        await press(pilot, "1")  # the one that was asked for most
        assert names(dashboard) == ["pod-2"]
        await press(pilot, "2")
        assert names(dashboard) == ["pod-0", "pod-1"]


async def test_every_kind_has_a_view(dashboard, client):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for kind in [kind for kind in client.kinds if kind.stored]:
            dashboard.post_message(CommandBar.Entered(f"{kind.plural}.{kind.version}.{kind.group}"))
            await pilot.pause()
            await pilot.pause()
            assert dashboard.place.place_name == kind.plural


async def test_marks_and_what_is_done_to_several(dashboard, client):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "space", "j", "space")
        assert [obj.name for obj in dashboard.place.marked] == ["pod-0", "pod-2"]
        await press(pilot, "ctrl+d")
        text = screen(dashboard)
        assert "Delete 2 pods?" in text
        assert "pod-0" in text
        assert "pod-2" in text
        await press(pilot, "escape")
        for key in ("ctrl+k", "right", "enter"):
            await press(pilot, key)
        assert [pod.name for pod in (await client.list(kinds.POD)).items] == ["pod-1"]


async def test_a_range_of_marks(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "space", "G", "ctrl+@")
        assert len(dashboard.place.marked) == 3
        await press(pilot, "ctrl+backslash")
        assert dashboard.place.marked == []


async def test_nodes_are_cordoned_together(dashboard, client):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await command(pilot, "nodes")
        await press(pilot, "space", "space", "c")
        assert all(node.view.spec.unschedulable for node in (await client.list(kinds.NODE)).items)
        await press(pilot, "u")
        assert not any(node.view.spec.unschedulable for node in (await client.list(kinds.NODE)).items)


async def test_scaling_and_restarting_the_marked(dashboard, client):
    await client.create(kinds.DEPLOYMENT, {"metadata": {"name": "db"}, "spec": SPEC}, "default")
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "3", "space", "space", "plus")
        assert [item.view.spec.replicas for item in (await client.list(kinds.DEPLOYMENT)).items] == [3, 3]
        for key in ("r", "right", "enter"):
            await press(pilot, key)
        items = (await client.list(kinds.DEPLOYMENT)).items
        assert all(item.view.spec.template.metadata.annotations for item in items)


async def test_faults_only_and_columns(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "ctrl+z")
        assert names(dashboard) == ["pod-1"]
        await press(pilot, "ctrl+z", "shift+right", "shift+right", "O")
        assert dashboard.place.sorted_by[0] == "STATUS"
        await press(pilot, "N", "N")
        assert names(dashboard) == ["pod-2", "pod-1", "pod-0"]
        await press(pilot, "ctrl+w")
        assert "READINESS GATES" in [column.label for column in dashboard.place.columns]
        await press(pilot, "ctrl+w", "ctrl+r")
        assert len(names(dashboard)) == 3


async def test_a_table_is_saved(dashboard, tmp_path):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "ctrl+s")
        text = next((tmp_path / "tables").glob("pods-*.txt")).read_text()
        assert text.splitlines()[0].split()[:3] == ["NAME", "READY", "STATUS"]
        assert "CrashLoopBackOff" in text


async def test_names_are_copied(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "c")
        assert dashboard.clipboard == "pod-0"
        await press(pilot, "n")
        assert dashboard.clipboard == "default"


async def test_one_pane_takes_all_the_room_and_gives_it_back(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4", "m")
        text = screen(dashboard)
        assert "4 Pods" in text
        assert "3 Deployments" not in text
        await press(pilot, "m")
        assert "3 Deployments" in screen(dashboard)


async def test_text_is_selected_with_the_mouse(dashboard):
    async with dashboard.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "4")
        table = dashboard.screen.panes["pods"].content
        await pilot.mouse_down(table, offset=(4, 1))
        await pilot.hover(table, offset=(9, 1))
        await pilot.mouse_up(table, offset=(9, 1))
        assert dashboard.screen.get_selected_text() == "pod-0"
        await press(pilot, "ctrl+c")
        assert dashboard.clipboard == "pod-0"
