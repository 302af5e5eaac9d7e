"""Clusters as a whole: they come up, go, leave nothing behind, and may be kept."""

import asyncio
import gc
from ipaddress import IPv4Network

import pytest

from k9lite.aio.clock import INSTANT, ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.object import Key
from k9lite.client.protocol import Selector
from k9lite.engine.apiserver import persistence
from k9lite.engine.cluster import Cluster, ClusterOptions, subnets_of
from k9lite.engine.home import CLUSTERS, AlreadyRunning, is_running, kept_clusters
from k9lite.engine.store import encoding
from k9lite.engine.store.store import Store

CAUSE = Cause("test")
LABELS = {"app": "web"}
DEPLOYMENT = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "node-app:v1"}]}},
    },
}


def kept(folder, **more):
    options = ClusterOptions(name="shop", kept=True, state_folder=folder, speed=INSTANT, **more)
    return Cluster(options, clock=ManualClock(), network=MemoryNetwork())


async def test_a_deployment_converges_and_nothing_is_left_behind(tmp_path):
    clock = ManualClock()
    before = asyncio.all_tasks()
    cluster = Cluster(ClusterOptions(state_folder=tmp_path), clock=clock, network=MemoryNetwork())
    await cluster.start()
    await cluster.client.create(kinds.DEPLOYMENT, DEPLOYMENT, "default", cause=CAUSE)
    await clock.advance(10)
    found = await cluster.client.get(kinds.DEPLOYMENT, "web", "default")
    assert found.view.status.readyReplicas == 3
    assert cluster.idle
    await cluster.close()
    assert asyncio.all_tasks() == before


async def test_memory_of_pods_that_are_gone_is_free_without_the_garbage_collector(tmp_path):
    clock = ManualClock()
    cluster = Cluster(ClusterOptions(state_folder=tmp_path), clock=clock, network=MemoryNetwork())
    await cluster.start()
    await cluster.client.create(kinds.DEPLOYMENT, DEPLOYMENT, "default", cause=CAUSE)
    await clock.advance(10)
    gc.collect()
    gc.disable()
    try:
        await cluster.client.delete(kinds.DEPLOYMENT, "web", "default", cause=CAUSE)
        await clock.advance(60)
        assert not (await cluster.client.list(kinds.POD, Selector("default"))).items
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = {type(one).__name__ for one in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not left & {"PodWorker", "PodState", "SimulatedContainer", "Machine", "Process", "LogBuffer"}
    await cluster.close()


async def test_a_kept_cluster_goes_on_where_it_was(tmp_path):
    first = kept(tmp_path, workers=1)
    await first.start()
    await first.client.create(kinds.DEPLOYMENT, DEPLOYMENT, "default", cause=CAUSE)
    await first.clock.advance(30)
    pods = {pod.name for pod in (await first.client.list(kinds.POD, Selector("default"))).items}
    service = await first.client.get(kinds.SERVICE, "kubernetes", "default")
    await first.close()

    second = kept(tmp_path)
    await second.start()
    assert len((await second.client.list(kinds.NODE)).items) == 2
    assert {pod.name for pod in (await second.client.list(kinds.POD, Selector("default"))).items} == pods
    assert (await second.client.get(kinds.SERVICE, "kubernetes", "default")).raw == service.raw
    await second.clock.advance(120)
    found = await second.client.get(kinds.DEPLOYMENT, "web", "default")
    assert found.view.status.readyReplicas == 3
    assert {pod.name for pod in (await second.client.list(kinds.POD, Selector("default"))).items} == pods
    await second.close()


UNREADABLE = [
    (kinds.SERVICE, {"spec": {"ports": 5, "selector": "none"}, "status": {"conditions": [{"type": 5}]}}),
    (kinds.POD, {"spec": {"containers": 5, "nodeName": []}, "status": 5}),
    (kinds.EVENT, {"involvedObject": 5}),
    (kinds.NODE, {"status": {"conditions": 5, "addresses": 5}}),
    (kinds.DEPLOYMENT, {"spec": 5}),
    (kinds.POD_DISRUPTION_BUDGET, {"spec": {"selector": 5}, "status": {"conditions": [5]}}),
]


@pytest.mark.parametrize(("kind", "content"), UNREADABLE, ids=lambda value: getattr(value, "kind", ""))
async def test_a_kept_cluster_starts_with_an_object_that_cannot_be_read_whole(tmp_path, kind, content):
    first = kept(tmp_path, workers=1)
    await first.start()
    await first.close()
    journal = persistence.open_journal(tmp_path / CLUSTERS / "shop")
    store = Store(ManualClock(), journal=journal)
    store.load(journal.load()[0], [])
    namespace = "default" if kind.namespaced else ""
    metadata = {"name": "broken", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"}
    metadata |= {"namespace": namespace} if namespace else {}
    tail = encoding.tail({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **content})
    store.put(kind, Key(namespace, "broken"), tail, CAUSE)
    await store.settled()
    journal.close()

    second = kept(tmp_path)
    await second.start()
    await second.client.create(kinds.DEPLOYMENT, DEPLOYMENT, "default", cause=CAUSE)
    await second.clock.advance(60)
    found = await second.client.get(kinds.DEPLOYMENT, "web", "default")
    assert found.view.status.readyReplicas == 3
    assert "broken" in {obj.name for obj in (await second.client.list(kind)).items}
    await second.close()


async def test_a_kept_cluster_grows_and_shrinks_when_it_is_told_to(tmp_path):
    for workers in (2, 4, 1):
        cluster = kept(tmp_path, workers=workers)
        await cluster.start()
        nodes = {node.name for node in (await cluster.client.list(kinds.NODE)).items}
        assert nodes == {
            "shop-control-plane",
            *["shop-worker", "shop-worker2", "shop-worker3", "shop-worker4"][:workers],
        }
        await cluster.close()


async def test_new_clusters_leave_kept_ones_the_addresses_they_come_back_to(tmp_path):
    first = kept(tmp_path)
    await first.start()
    address = (await first.client.get(kinds.SERVICE, "kubernetes", "default")).view.spec.clusterIP
    await first.close()
    other = Cluster(ClusterOptions(state_folder=tmp_path), clock=ManualClock(), network=MemoryNetwork())
    again = kept(tmp_path)
    await other.start()
    await again.start()
    assert (await again.client.get(kinds.SERVICE, "kubernetes", "default")).view.spec.clusterIP == address
    assert (await other.client.get(kinds.SERVICE, "kubernetes", "default")).view.spec.clusterIP != address
    await again.close()
    await other.close()


async def test_a_kept_cluster_runs_once_at_a_time(tmp_path):
    first = kept(tmp_path)
    await first.start()
    (folder,) = kept_clusters(tmp_path / CLUSTERS)
    assert is_running(folder)
    with pytest.raises(AlreadyRunning, match="the cluster shop is running already"):
        await kept(tmp_path).start()
    await first.close()
    assert not is_running(folder)


async def test_clusters_that_are_not_kept_run_side_by_side_with_addresses_of_their_own(tmp_path):
    clusters = [Cluster(ClusterOptions(state_folder=tmp_path / user)) for user in "ab"]
    addresses = []
    for cluster in clusters:
        await cluster.start()
        addresses.append((await cluster.client.get(kinds.SERVICE, "kubernetes", "default")).view.spec.clusterIP)
    assert len(set(addresses)) == 2
    for cluster in clusters:
        await cluster.close()


@pytest.mark.parametrize(
    ("pods", "nodes", "prefix"),
    [(110, 3, 24), (127, 256, 24), (128, 3, 23), (250, 128, 23), (4096, 4, 18), (8191, 4, 18)],
)
def test_each_node_has_addresses_for_twice_its_pods(pods, nodes, prefix):
    subnets = subnets_of(IPv4Network("127.244.0.0/16"), pods, nodes)
    assert {subnet.prefixlen for subnet in subnets} == {prefix}
    assert len(set(subnets)) == nodes
    assert subnets[0].num_addresses >= 2 * pods


def test_nodes_that_do_not_fit_are_refused():
    with pytest.raises(OSError, match=r"5 nodes of 8191 pods each are too many for .* room for 4 of them"):
        subnets_of(IPv4Network("127.244.0.0/16"), 8191, 5)


async def test_a_kept_cluster_stays_with_the_size_of_its_nodes(tmp_path):
    for pods in (300, 110):
        cluster = kept(tmp_path, pods_per_node=pods)
        await cluster.start()
        node = await cluster.client.get(kinds.NODE, "shop-worker")
        assert node.view.status.capacity["pods"] == "300"
        await cluster.close()
