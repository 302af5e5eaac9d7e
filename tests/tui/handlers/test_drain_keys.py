"""A drain as it goes on: its row says how far it is, and the same key stops it."""

import pytest
from driving import SIZES, deployment, press, screen, settle

from k9lite.api import kinds
from k9lite.api.object import controller_reference
from k9lite.client.protocol import DeleteOptions
from k9lite.tui.app import Dashboard


@pytest.fixture
async def dashboard(client, clock):
    """Two pods on a node; nothing runs them, so that they leave only when they are killed."""
    await client.create(kinds.NODE, {"metadata": {"name": "worker"}})
    owner = controller_reference(await deployment(client))
    for name in ("one", "two"):
        spec = {"nodeName": "worker", "containers": [{"name": "c", "image": "i"}]}
        metadata = {"name": name, "ownerReferences": [owner]}
        await client.create(kinds.POD, {"metadata": metadata, "spec": spec}, "default")
    return Dashboard(client, clock, name="test")


async def kill(client, name):
    await client.delete(kinds.POD, name, "default", options=DeleteOptions(grace=0))


async def test_its_row_says_how_far_it_is(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "2", "r", "right", "enter")
        assert (await client.get(kinds.NODE, "worker")).view.spec.unschedulable
        assert "Draining 0/2" in screen(dashboard)
        await kill(client, "one")
        await settle(pilot)
        assert "Draining 1/2" in screen(dashboard)
        await kill(client, "two")
        await settle(pilot)
        assert "Draining" not in screen(dashboard)
        assert "node/worker drained" in screen(dashboard)


async def test_the_same_key_stops_it(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "2", "r", "right", "enter", "r")
        assert "Stop draining node/worker?" in screen(dashboard)
        await press(pilot, "right", "enter")
        assert dashboard.cluster.drains == {}
        assert (await client.get(kinds.NODE, "worker")).view.spec.unschedulable
