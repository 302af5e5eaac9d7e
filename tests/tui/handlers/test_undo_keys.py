"""Undo of what the user did last; labels, deletion with its choices, copies."""

import pytest
from driving import HOSTILE, MANIFEST, SIZES, deployment, is_aligned, press, screen, settle
from textual.widgets import Input, OptionList, Select

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import controller_reference
from k9lite.manifests.sync import FolderSync
from k9lite.tui.app import Dashboard

MERGE = "application/merge-patch+json"


@pytest.fixture
async def dashboard(client, clock):
    await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 1}})
    await client.create(kinds.NODE, {"metadata": {"name": "worker"}})
    await deployment(client)
    return Dashboard(client, clock, name="test")


async def web(client):
    return await client.get(kinds.DEPLOYMENT, "web", "default")


async def test_scaling_is_undone_step_by_step(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "plus", "plus")
        assert (await web(client)).view.spec.replicas == 5
        await press(pilot, "U")
        assert (await web(client)).view.spec.replicas == 4
        assert "Undone: scale deployment/web to 5" in screen(dashboard)
        await press(pilot, "U", "U")
        assert (await web(client)).view.spec.replicas == 3
        assert "There is nothing to undo" in screen(dashboard)


async def test_what_somebody_changed_since_is_left_alone(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "plus")
        await client.patch(kinds.DEPLOYMENT, "web", {"spec": {"replicas": 9}}, MERGE, "default")
        await press(pilot, "U")
        assert (await web(client)).view.spec.replicas == 9
        assert "cannot be undone: scale deployment/web to 4" in " ".join(screen(dashboard).split())


def managers(obj):
    return [entry["manager"] for entry in obj.data()["metadata"]["managedFields"]]


async def test_a_deleted_object_comes_back(dashboard, client):
    before = managers(await web(client))
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+d", "right", "enter")
        with pytest.raises(StatusError):
            await web(client)
        await press(pilot, "U")
        assert (await web(client)).view.spec.replicas == 3
        assert (await web(client)).cause.action == "undo: delete deployment/web"
        assert managers(await web(client)) == before


async def test_a_pod_that_its_owner_replaces_does_not_come_back(dashboard, client):
    owner = await client.create(
        kinds.REPLICA_SET,
        {
            "metadata": {"name": "web-1"},
            "spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
            },
        },
        "default",
    )
    metadata = {"name": "web-1-x", "ownerReferences": [controller_reference(owner)]}
    spec = {"containers": [{"name": "c", "image": "i"}], "serviceAccountName": "default"}
    await client.create(kinds.POD, {"metadata": metadata, "spec": spec}, "default")
    async with dashboard.run_test(size=SIZES["normal"], notifications=True) as pilot:
        await settle(pilot)
        await press(pilot, "4", "ctrl+k", "right", "enter")
        await press(pilot, "U")
        assert "cannot be undone: kill pod/web-1-x" in " ".join(screen(dashboard).split())
        assert (await client.list(kinds.POD)).items == []


async def test_cordon_and_faults_are_undone(dashboard, client):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "2", "c")
        assert (await client.get(kinds.NODE, "worker")).view.spec.unschedulable is True
        await press(pilot, "x", "enter")
        assert len((await client.list(kinds.FAULT)).items) == 1
        await press(pilot, "U")
        assert (await client.list(kinds.FAULT)).items == []
        await press(pilot, "U")
        assert not (await client.get(kinds.NODE, "worker")).view.spec.unschedulable


async def test_a_save_is_undone_in_the_file(client, clock, tmp_path):
    path = tmp_path / "web.yaml"
    path.write_text(MANIFEST)
    sync = FolderSync(client, clock, tmp_path, lambda state: None)
    await sync.look()
    app = Dashboard(client, clock, sync, name="test")
    async with app.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "e", *"# x", "ctrl+s", "enter")
        assert path.read_text() == "# x" + MANIFEST
        await press(pilot, "U")
        assert path.read_text() == MANIFEST


async def test_labels_are_changed_in_place_and_back(dashboard, client):
    await client.patch(kinds.DEPLOYMENT, "web", {"metadata": {"labels": {"tier": "a", "old": "b"}}}, MERGE, "default")
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "t", *"new=yes")
        dashboard.screen.query_one("#value-0", Input).value = "z"
        dashboard.screen.query_one("#value-1", Input).value = ""
        await press(pilot, "enter")
        labels = dict((await web(client)).labels)
        assert sorted(labels.values()) == ["yes", "z"]
        await press(pilot, "U")
        assert dict((await web(client)).labels) == {"tier": "a", "old": "b"}


async def test_annotations_too_long_for_a_line_are_left_to_the_editor(dashboard, client):
    await client.patch(kinds.DEPLOYMENT, "web", {"metadata": {"annotations": {"note": HOSTILE}}}, MERGE, "default")
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "T")
        assert "1 more, too long for a line" in screen(dashboard)
        assert is_aligned(dashboard, SIZES["normal"])
        await press(pilot, *"a=b", "enter")
        assert (await web(client)).annotations == {"note": HOSTILE, "a": "b"}


async def test_deletion_offers_what_becomes_of_the_owned(dashboard, client):
    pods = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": pods}
    owned = {"name": "web-1", "ownerReferences": [controller_reference(await web(client))]}
    await client.create(kinds.REPLICA_SET, {"metadata": owned, "spec": spec}, "default")
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+d")
        dashboard.screen.query_one(Select).value = "Foreground"
        await press(pilot, "right", "enter")
        deleted = await web(client)
        assert deleted.deleting
        assert deleted.meta.finalizers == ["foregroundDeletion"]


@pytest.mark.parametrize(
    ("option", "copied"),
    [
        ("name", "web"),
        ("namespace", "default"),
        ("get", "kubectl get deployment/web -n default -o yaml"),
        ("last", "kubectl scale deployment/web --replicas=4 -n default"),
    ],
)
async def test_copies(dashboard, option, copied):
    async with dashboard.run_test(size=SIZES["normal"]) as pilot:
        await settle(pilot)
        await press(pilot, "plus", "C")
        options = dashboard.screen.query_one(OptionList)
        options.highlighted = options.get_option_index(option)
        await press(pilot, "enter")
        assert dashboard.clipboard == copied
