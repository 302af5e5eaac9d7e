"""Events beside an object, what just changed in it, the stack of its versions, the tree of what it owns."""

from collections import deque

import pytest
from driving import HOSTILE, SIZES, deployment, is_aligned, press, screen, settle

from k9lite.api import kinds
from k9lite.api.object import controller_reference
from k9lite.tui.app import Dashboard
from k9lite.tui.editing.yaml_text import paint
from k9lite.tui.live.versions import PER_OBJECT, Versions
from k9lite.tui.widgets.page import MARKED, ShownText, marked

MERGE = "application/merge-patch+json"


@pytest.fixture
async def web(client):
    return await deployment(client)


@pytest.fixture
async def dashboard(client, clock, web):
    return Dashboard(client, clock, name="test")


async def event(client, about, message):
    involved = {"kind": "Deployment", "name": "web", "namespace": "default", "uid": about}
    body = {"metadata": {"generateName": "e-"}, "involvedObject": involved, "reason": "Told", "message": message}
    await client.create(kinds.EVENT, body, "default")


async def scale(client, replicas):
    await client.patch(kinds.DEPLOYMENT, "web", {"spec": {"replicas": replicas}}, MERGE, "default")


async def test_events_of_the_object_come_live_beside_it(dashboard, client, web):
    async with dashboard.run_test(size=SIZES["wide"]) as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert "no event yet" in screen(dashboard)
        await event(client, web.uid, "for this one")
        await event(client, "another", "for another one")
        await settle(pilot)
        events = dashboard.screen.panes[1].content.text
        assert "for this one" in events
        assert "for another one" not in events


async def test_what_just_changed_is_marked(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        await scale(client, 9)
        await settle(pilot)
        assert "  replicas: 9  ◂ was replicas: 3" in screen(dashboard)
        patch = {"spec": {"revisionHistoryLimit": 7}}
        await client.patch(kinds.DEPLOYMENT, "web", patch, "application/merge-patch+json", "default")
        await settle(pilot)
        assert "  replicas: 9  ◂ was replicas: 3" in screen(dashboard)  # still: nobody reads that fast
        assert "  revisionHistoryLimit: 7  ◂ was revisionHistoryLimit: 10" in screen(dashboard)
        page = dashboard.place
        page._shown_texts = deque(ShownText(shot.taken - MARKED, shot.texts) for shot in page._shown_texts)
        page._let_marks_go()
        await settle(pilot)
        assert "◂" not in screen(dashboard)


def test_marks_of_lines():
    said = [line.text for line in marked(["a: 1", "b: 2"], ["a: 1", "b: 3", "c: 4"], paint)]
    assert said == ["a: 1", "b: 3  ◂ new", "c: 4  ◂ new"]
    assert [line.text for line in marked([], ["a: 1"], paint)] == ["a: 1"]


async def test_versions_and_what_each_changed(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "plus", "V")
        text = screen(dashboard)
        assert "scale deployment/web to 4" in text
        assert "spec.replicas" in text
        assert "  - 3" in text
        assert "  + 4" in text
        await press(pilot, "j")
        assert "first seen" in screen(dashboard)
        await client.delete(kinds.DEPLOYMENT, "web", "default")
        await settle(pilot)
        assert "deleted" in screen(dashboard)


def test_versions_are_bounded(make):
    versions = Versions()
    for revision in range(100):
        metadata = {"name": "a", "uid": "u", "resourceVersion": str(revision)}
        versions.note(None, make(kinds.POD, {"metadata": metadata}, revision), 0.0)
    kept = versions.of("u")
    assert len(kept) == PER_OBJECT
    assert kept[0].obj.revision == 99


async def test_the_tree_goes_down_to_containers(dashboard, client, web):
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "i"}]}}
    annotations = {"deployment.kubernetes.io/revision": "4"}
    metadata = {"name": "web-1", "ownerReferences": [controller_reference(web)], "annotations": annotations}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    owner = await client.create(kinds.REPLICA_SET, {"metadata": metadata, "spec": spec}, "default")
    pod = {"containers": [{"name": "web", "image": "i"}], "serviceAccountName": "default"}
    metadata = {"name": "web-1-x", "labels": labels, "ownerReferences": [controller_reference(owner)]}
    await client.create(kinds.POD, {"metadata": metadata, "spec": pod}, "default")
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "X")
        text = screen(dashboard)
        assert "└─ replicaset/web-1" in text
        assert "revision 4  0/1 ready" in text
        assert "   └─ pod/web-1-x" in text
        assert "      └─ container web" in text
        await press(pilot, "j", "j", "d")
        assert "Describe  pod/web-1-x" in screen(dashboard)


async def test_the_tree_of_a_service_shows_its_endpoints(dashboard, client):
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
    await client.create(kinds.SERVICE, service, "default")
    endpoints = {
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.7"], "conditions": {"ready": True}}],
        "ports": [{"port": 80}],
    }
    await client.create(kinds.ENDPOINT_SLICE, endpoints, "default")
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "5", "j", "X")
        assert "└─ endpoint 10.0.0.7" in screen(dashboard)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_hostile_text_is_harmless(dashboard, client, web, size):
    async with dashboard.run_test(size=size) as pilot:
        await settle(pilot)
        await event(client, web.uid, HOSTILE[:1000])
        patch = {"metadata": {"annotations": {"note": HOSTILE}}}
        await client.patch(kinds.DEPLOYMENT, "web", patch, MERGE, "default")
        for key in ("d", "V", "X", "y"):
            await press(pilot, key)
            assert is_aligned(dashboard, size), key
            await press(pilot, "escape")
