"""The map of nodes: what it draws, walking on it, and what keys do to what is under the cursor."""

import pytest
from driving import SIZES, is_aligned, press, screen, settle

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.display.occupancy import Share, bar, letter
from k9lite.tui.display.tones import state
from k9lite.tui.widgets.containers import Containers


async def pod(client, name, node=None, cpu="1"):
    container = {"name": "c", "image": "node-app:v1", "resources": {"requests": {"cpu": cpu}}}
    spec = {"containers": [container], "serviceAccountName": "default"} | ({"nodeName": node} if node else {})
    return await client.create(kinds.POD, {"metadata": {"name": name}, "spec": spec}, "default")


@pytest.fixture
async def dashboard(client, clock):
    for name in ("worker-1", "worker-2"):
        node = await client.create(kinds.NODE, {"metadata": {"name": name}})
        room = {"pods": "4", "cpu": "4", "memory": "1Gi"}
        ready = {"type": "Ready", "status": "True"}
        await client.update_status(node, {"allocatable": room, "conditions": [ready]})
    for name in ("a", "b"):
        await pod(client, name, "worker-1")
    await pod(client, "homeless")
    return Dashboard(client, clock, name="test")


async def test_every_pod_is_a_cell_on_its_node_with_what_is_taken(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "M")
        text = screen(dashboard)
        assert "waiting for a node" in text
        assert "cpu ▰▰▰▰▱▱▱▱ 50%" in text
        assert "pods ▰▰▰▰▱▱▱▱ 50%" in text
        assert " P   P " in text.replace("│", "")
        body = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": "homeless"},
            "target": {"kind": "Node", "name": "worker-2"},
        }
        await client.create_subresource(kinds.POD, "homeless", "binding", body, "default")
        await settle(pilot)
        text = screen(dashboard)
        assert "waiting for a node" not in text
        assert "cpu ▰▰▱▱▱▱▱▱ 25%" in text


async def test_walking_and_acting_on_what_is_under_the_cursor(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "M")
        assert "node/worker-1" in screen(dashboard)
        await press(pilot, "c")
        assert (await client.get(kinds.NODE, "worker-1")).view.spec.unschedulable is True
        await press(pilot, "right")
        assert "pod/default/a" in screen(dashboard)
        assert "[P]  P" in screen(dashboard)
        await press(pilot, "right")
        assert "pod/default/b" in screen(dashboard)
        await press(pilot, "enter")
        assert isinstance(dashboard.place, Containers)
        await press(pilot, "escape", "down", "x", "enter")
        fault = (await client.list(kinds.FAULT)).items[0].view.spec
        assert (fault.type, fault.target.name) == ("NodeDown", "worker-2")


async def test_the_cursor_follows_its_pod(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "M", "right", "right")
        await pod(client, "aa", "worker-1")
        await settle(pilot)
        assert "pod/default/b" in screen(dashboard)
        gone = await client.get(kinds.POD, "b", "default")
        await client.delete(kinds.POD, gone.name, "default")
        await settle(pilot)
        assert "pod/default/b" in screen(dashboard)  # it terminates on its node


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_it_fits(dashboard, client, size):
    for number in range(60):
        await pod(client, f"many-{number}", "worker-2")
    async with dashboard.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "M", "G", "up", "up")
        assert is_aligned(dashboard, size)
        assert "pod/default/many-" in screen(dashboard)


@pytest.mark.parametrize(
    ("word", "tone", "drawn"),
    [
        ("Running", "good", "R"),
        ("Running", "busy", "r"),
        ("ImagePullBackOff", "bad", "I"),
        ("Pending", "warn", "P"),
        ("CrashLoopBackOff", "bad", "X"),
        ("Init:0/1", "busy", "N"),
        ("Init:CrashLoopBackOff", "bad", "X"),
    ],
)
def test_letters(word, tone, drawn):
    assert letter(state(word, tone)) == drawn


@pytest.mark.parametrize(("taken", "tone"), [(1, "good"), (8, "warn"), (10, "bad"), (15, "bad")])
def test_bars(taken, tone):
    drawn, colour = bar(Share("cpu", taken, 10))
    assert (len(drawn), colour) == (8, tone)
