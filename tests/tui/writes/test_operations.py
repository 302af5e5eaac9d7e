import asyncio

import pytest

from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import controller_reference
from k9lite.client.informer import Informer, Informers
from k9lite.tui.writes import operations
from k9lite.tui.writes.drain import DrainOptions, drain, plan


def template(image="node-app:v1", **labels):
    return {"metadata": {"labels": {"app": "web"} | labels}, "spec": {"containers": [{"name": "web", "image": image}]}}


async def deployment(client, **spec):
    body = {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template()} | spec,
    }
    return await client.create(kinds.DEPLOYMENT, body, "default")


async def replica_set(client, owner, revision, image):
    hash = f"hash{revision}"
    body = {
        "metadata": {
            "name": f"web-{hash}",
            "namespace": "default",
            "ownerReferences": [controller_reference(owner)],
            "annotations": {"deployment.kubernetes.io/revision": str(revision), "note": f"r{revision}"},
        },
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"app": "web", "pod-template-hash": hash}},
            "template": template(image, **{"pod-template-hash": hash}),
        },
    }
    return await client.create(kinds.REPLICA_SET, body, "default")


async def again(client, obj):
    return await client.get(obj.kind, obj.name, obj.namespace)


async def test_scale_goes_through_the_subresource_and_says_who(client):
    web = await deployment(client)
    await operations.scale(client, web, 5)
    scaled = await again(client, web)
    assert scaled.view.spec.replicas == 5
    assert (scaled.cause.actor, scaled.cause.action) == ("user", "scale deployment/web to 5")


async def test_steps_at_the_same_time_all_count(client):
    web = await deployment(client)
    await asyncio.gather(*(operations.scale_by(client, web, 1) for _ in range(5)), operations.scale_by(client, web, -1))
    assert (await again(client, web)).view.spec.replicas == 7
    await operations.scale_by(client, web, -100)
    assert (await again(client, web)).view.spec.replicas == 0


async def test_restart_marks_the_template(client, clock):
    web = await deployment(client)
    await operations.restart(client, web, clock.now())
    restarted = await again(client, web)
    assert operations.RESTARTED_AT in restarted.view.spec.template.metadata.annotations


async def test_a_paused_deployment_is_not_restarted(client, clock):
    web = await deployment(client, paused=True)
    with pytest.raises(StatusError, match="can't restart paused deployment"):
        await operations.restart(client, web, clock.now())


async def test_roll_back_takes_the_template_of_the_revision_before(client):
    web = await deployment(client, template=template("node-app:v2"))
    owned = [await replica_set(client, web, 1, "node-app:v1"), await replica_set(client, web, 2, "node-app:v2")]
    assert await operations.roll_back(client, web, owned) == 1
    back = await again(client, web)
    assert back.view.spec.template.spec.containers[0].image == "node-app:v1"
    assert "pod-template-hash" not in back.view.spec.template.metadata.labels
    assert back.annotations["note"] == "r1"


async def test_roll_back_refuses_as_kubectl_does(client):
    web = await deployment(client)
    only = await replica_set(client, web, 1, "node-app:v1")
    with pytest.raises(StatusError, match='no rollout history found for deployment "web"'):
        await operations.roll_back(client, web, [only])
    with pytest.raises(StatusError, match="unable to find specified revision 7 in history"):
        await operations.roll_back(client, web, [only], 7)


async def node(client, name="worker"):
    return await client.create(kinds.NODE, {"metadata": {"name": name}})


async def test_cordon_and_uncordon(client):
    worker = await node(client)
    await operations.cordon(client, worker, True)
    assert (await again(client, worker)).view.spec.unschedulable is True
    await operations.cordon(client, worker, False)
    assert not (await again(client, worker)).view.spec.unschedulable


async def test_faults_come_and_go(client):
    worker = await node(client)
    await operations.inject(client, worker, "NodeDown")
    fault = (await client.list(kinds.FAULT)).items[0]
    assert (fault.view.spec.type, fault.view.spec.target.name) == ("NodeDown", "worker")
    await operations.lift(client, fault)
    assert (await client.list(kinds.FAULT)).items == []


async def test_an_image_is_loaded(client):
    await operations.load_image(client, "shop/cart:v2")
    assert [image.view.spec.name for image in (await client.list(kinds.IMAGE)).items] == ["shop/cart:v2"]


async def test_the_clock_is_turned(client):
    await client.create(kinds.CLOCK, {"metadata": {"name": "cluster"}, "spec": {"speed": 1}})
    await operations.turn_clock(client, lambda spec: {"speed": spec.speed + 1})
    await operations.turn_clock(client, lambda spec: {"paused": not spec.paused})
    spec = (await client.get(kinds.CLOCK, "cluster")).view.spec
    assert (spec.speed, spec.paused) == (2.0, True)


@pytest.mark.parametrize(
    ("speed", "step", "expected"),
    [(1, 1, 2), (1, -1, 0.5), (0.1, -1, 0.1), (100, 1, 100), (3, 1, 5), (3, -1, 2), (0, -1, 100), (0, 1, 0)],
)
def test_speeds_go_in_steps(speed, step, expected):
    assert operations.next_speed(speed, step) == expected


def pod(make, name="web", owner=None, **spec):
    metadata = {"name": name, "namespace": "default", "uid": name}
    if owner:
        metadata["ownerReferences"] = [
            {"uid": "o", "kind": owner, "name": "o", "apiVersion": "apps/v1", "controller": True}
        ]
    return make(kinds.POD, {"metadata": metadata, "spec": {"containers": [{"name": "c"}]} | spec})


EMPTY_DIR = [{"name": "cache", "emptyDir": {}}]


@pytest.mark.parametrize(
    ("owner", "spec", "options", "evicted", "refused"),
    [
        ("ReplicaSet", {}, DrainOptions(), True, ""),
        (None, {}, DrainOptions(), False, "cannot delete Pods that declare no controller (use --force to override)"),
        (None, {}, DrainOptions(force=True), True, ""),
        ("DaemonSet", {}, DrainOptions(), False, ""),
        ("DaemonSet", {}, DrainOptions(ignore_daemon_sets=False), False, "cannot delete DaemonSet-managed Pods"),
        ("ReplicaSet", {"volumes": EMPTY_DIR}, DrainOptions(), False, "cannot delete Pods with local storage"),
        ("ReplicaSet", {"volumes": EMPTY_DIR}, DrainOptions(delete_empty_dir=True), True, ""),
    ],
)
def test_what_a_drain_evicts_and_what_forbids_it(make, owner, spec, options, evicted, refused):
    planned = plan([pod(make, owner=owner, **spec)], options)
    assert bool(planned.evict) is evicted
    assert [refusal.startswith(refused) for refusal in planned.refusals] == ([True] if refused else [])


POD_SPEC = {"nodeName": "worker", "serviceAccountName": "web", "containers": [{"name": "c", "image": "i"}]}


async def test_drain_cordons_evicts_and_waits(client, clock):
    worker = await node(client)
    await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "web"}}, "default")
    body = {"metadata": {"name": "web"}, "spec": POD_SPEC}
    web = await client.create(kinds.POD, body, "default")
    told, crashes = [], []
    tasks = TaskSet(lambda name, error: crashes.append(error))
    pods = Informers(client, clock, tasks).of(kinds.POD)
    planned = plan([web], DrainOptions(force=True))
    draining = tasks.start(drain(client, pods, clock, worker, planned, told.append), "drain")
    await clock.advance(0)
    assert (await again(client, web)).deleting
    assert (await again(client, worker)).view.spec.unschedulable is True
    assert not draining.done()  # it leaves within its grace period
    await operations.delete(client, web, grace=0)
    await draining
    assert told[0] == "Draining 0/1"
    await tasks.close()
    assert not crashes


async def test_a_drain_that_is_refused_changes_nothing(client, clock, make):
    worker = await node(client)
    with pytest.raises(StatusError, match="declare no controller"):
        await drain(client, Informer(client, kinds.POD, clock), clock, worker, plan([pod(make)], DrainOptions()), print)
    assert not (await again(client, worker)).view.spec.unschedulable


async def test_delete_names_the_very_object(client):
    web = await deployment(client)
    await operations.delete(client, web)
    await deployment(client)
    with pytest.raises(StatusError):  # another object of the same name is not what was meant
        await operations.delete(client, web)
