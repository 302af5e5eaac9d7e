import pytest

from k9lite import tables
from k9lite.api import kinds
from k9lite.tui.display import states
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.live.details import rollout
from k9lite.tui.live.views import VIEWS, view_of


def fail(name, error):
    raise error


@pytest.fixture
async def cluster(client, clock):
    cluster = LiveCluster(client, clock, fail)
    yield cluster
    await cluster.close()


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ((3, 3, 3, 0), "●●●"),
        ((3, 2, 1, 2), "●◐◌◌"),
        ((4, 1, 0, 0), "◐···"),
        ((0, 0, 0, 0), ""),
        ((1000, 500, 400, 600), "●●●●◐◌◌◌◌◌"),
        ((1000, 1, 1, 999), "●◌◌◌◌◌◌◌◌◌◌"),  # never so small that it is not seen
    ],
)
def test_a_rollout_is_drawn_pod_by_pod(counts, drawn):
    assert "".join(text for text, _ in rollout(*counts)) == drawn


POD = {
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"containers": [{"name": "web", "image": "node-app:v1"}]},
}


def status(ready=False, waiting=None, phase="Running", **more):
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    container = {
        "name": "web",
        "image": "node-app:v1",
        "imageID": "",
        "ready": ready,
        "restartCount": 0,
        "state": state,
    }
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"phase": phase, "containerStatuses": [container], "conditions": conditions} | more


UNSCHEDULABLE = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]


@pytest.mark.parametrize(
    ("status", "word", "tone"),
    [
        (status(ready=True), "Running", "good"),
        (status(), "Running", "busy"),
        (status(waiting="ContainerCreating", phase="Pending"), "ContainerCreating", "busy"),
        (status(waiting="ImagePullBackOff", phase="Pending"), "ImagePullBackOff", "bad"),
        (status(waiting="CrashLoopBackOff"), "CrashLoopBackOff", "bad"),
        ({"phase": "Pending"}, "Pending", "busy"),
        ({"phase": "Pending", "conditions": UNSCHEDULABLE}, "Pending", "warn"),
        ({"phase": "Succeeded"}, "Succeeded", "gone"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted", "bad"),
    ],
)
def test_the_state_of_a_pod(make, status, word, tone):
    found = states.pod_state(make(kinds.POD, POD | {"status": status}))
    assert (found.word, found.tone) == (word, tone)


def test_an_image_that_is_waited_for_is_named(make):
    assert states.lacks_image(make(kinds.POD, POD | {"status": status(waiting="ErrImagePull")})) == ["node-app:v1"]
    assert states.lacks_image(make(kinds.POD, POD | {"status": status(ready=True)})) == []


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_a_view_shows_columns_that_exist(view):
    known = (
        {column.name.upper() for column in tables.columns(view.kind)} | set(view.fills) | {"", "NAMESPACE", "STATUS"}
    )
    assert {column.label for column in view.columns} <= known


def test_every_kind_has_a_view(make):
    for kind in kinds.Kinds():
        view = view_of(kind)
        assert view.name == kind.plural
        assert "NAME" in [column.label for column in view.columns] or kind.kind == "Event"


async def test_a_kind_that_is_only_stored_says_so(cluster, make):
    kind = cluster.client.kinds.named("networkpolicies")
    row = view_of(kind).row(make(kind, {"metadata": {"name": "x", "namespace": "default"}, "spec": {}}), cluster)
    assert [cell.text for cell in row] == ["○", "x", "<none>", "<unknown>", "default"]
