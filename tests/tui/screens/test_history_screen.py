"""The rollout history of a deployment: differences, back to any revision; images, and a rollout that pauses."""

import pytest
from driving import HOSTILE, SIZES, deployment, is_aligned, press, screen, settle

from k9lite.api import kinds
from k9lite.api.object import controller_reference
from k9lite.tui.app import Dashboard


async def revision(client, owner, number, image, cause=None):
    """The ReplicaSet of one revision."""
    labels = {"app": "web", "pod-template-hash": f"h{number}"}
    annotations = {"deployment.kubernetes.io/revision": str(number)}
    if cause:
        annotations["kubernetes.io/change-cause"] = cause
    metadata = {
        "name": f"web-h{number}",
        "ownerReferences": [controller_reference(owner)],
        "annotations": annotations,
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    return await client.create(kinds.REPLICA_SET, {"metadata": metadata, "spec": spec}, "default")


@pytest.fixture
async def dashboard(client, clock):
    web = await deployment(client)
    await revision(client, web, 1, "node-app:v3", "the first")
    await revision(client, web, 2, "node-app:v2", HOSTILE)
    await revision(client, web, 3, "node-app:v1")
    return Dashboard(client, clock, name="test")


async def image(client):
    return (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.template.spec.containers[0].image


async def test_history_shows_each_revision_and_its_differences(dashboard):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "H")
        text = screen(dashboard)
        assert "Rollout history  deployment/web" in text
        assert "the first" in text
        assert "From what is now to revision 3" in text
        assert "the same template" in text
        await press(pilot, "j")
        text = screen(dashboard)
        assert "-   - image: node-app:v1" in text
        assert "+   - image: node-app:v2" in text
        await press(pilot, "v")
        text = screen(dashboard)
        assert "From revision 1 to revision 2" in text
        assert "-   - image: node-app:v3" in text


async def test_back_to_any_revision_after_a_look(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "H", "j", "j", "ctrl+l")
        assert "Roll deployment/web back to revision 1?" in screen(dashboard)
        await press(pilot, "enter")
        assert await image(client) == "node-app:v3"


async def test_a_rollout_is_paused_and_resumed(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.paused is True
        await press(pilot, "R")
        assert not (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.paused


async def test_an_image_is_chosen_from_those_known_or_typed(dashboard, client):
    await client.create(kinds.IMAGE, {"metadata": {"name": "a"}, "spec": {"name": "node-app:loaded"}})
    held = ["docker.io/library/nginx:1.27", "docker.io/library/nginx@sha256:" + "0" * 64]
    for name in ("worker-1", "worker-2"):
        node = await client.create(kinds.NODE, {"metadata": {"name": name}})
        await client.update_status(node, {"images": [{"names": held, "sizeBytes": 1}]})
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "i")
        text = screen(dashboard)
        assert "node-app:loaded  loaded" in text
        assert "node-app:v3  in replicaset/web-h1" in text
        assert "node-app:v1  now" in text
        assert "│  nginx:1.27  on worker-1 and 1 more" in text  # as people write it, and no digest
        assert "@sha256" not in text
        await press(pilot, "down", "enter")
        assert await image(client) == "node-app:loaded"
        await press(pilot, "i", *"nginx", "enter")
        assert await image(client) == "nginx"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_hostile_text_is_harmless_in_the_history(dashboard, size):
    async with dashboard.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "H", "j")
        assert is_aligned(dashboard, size)
        await press(pilot, "tab", "j", "escape", "i")
        assert is_aligned(dashboard, size)
