"""Names as a pod in the namespace `default` asks for them."""

import pytest

from k9lite.aio.clock import settle
from k9lite.api import kinds
from k9lite.client.informer import Informers
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.network.names import Names

CASES = [
    ("web", "default", ["IP"]),
    ("WEB.default", "default", ["IP"]),
    ("web", "kube-system", []),
    ("web.default", "kube-system", ["IP"]),
    ("web.default.svc", "kube-system", ["IP"]),
    ("web.default.svc.cluster.local", "kube-system", ["IP"]),
    ("web.default.svc.cluster.local.", "kube-system", ["IP"]),
    ("web.", "default", []),
    ("peers", "default", ["127.244.1.1", "127.244.1.2"]),
    ("db-0.peers", "default", ["127.244.1.1"]),
    ("db-7.peers", "default", []),
    ("alias", "default", ["IP"]),
    ("loop", "default", []),
    ("outside", "default", []),
    ("127-244-1-1.default.pod", "default", ["127.244.1.1"]),
    ("nonsense.default.pod", "default", []),
    ("10.1.2.3", "default", ["10.1.2.3"]),
    ("localhost", "default", ["127.0.0.1"]),
    ("nobody", "default", []),
]


@pytest.fixture
async def names(client: LocalClient, informers: Informers) -> Names:
    names = Names(informers)
    for name, spec in {
        "web": {"ports": [{"port": 80}]},
        "peers": {"clusterIP": "None"},
        "alias": {"type": "ExternalName", "externalName": "web.default.svc.cluster.local"},
        "loop": {"type": "ExternalName", "externalName": "loop.default.svc.cluster.local"},
        "outside": {"type": "ExternalName", "externalName": "example.com"},
    }.items():
        data = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": spec}
        await client.create(kinds.SERVICE, data, "default")
    ready, not_ready = {"ready": True}, {"ready": False}
    slice = {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "ports": [],
        "metadata": {"name": "peers-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "peers"}},
        "endpoints": [
            {"addresses": ["127.244.1.1"], "conditions": ready, "hostname": "db-0"},
            {"addresses": ["127.244.1.2"], "conditions": ready, "hostname": "db-1"},
            {"addresses": ["127.244.1.3"], "conditions": not_ready, "hostname": "db-2"},
        ],
    }  # fmt: skip
    await client.create(kinds.ENDPOINT_SLICE, slice, "default")
    await settle()
    return names


@pytest.mark.parametrize(("name", "namespace", "addresses"), CASES)
async def test_resolve(client: LocalClient, names: Names, name: str, namespace: str, addresses: list[str]):
    ip = (await client.get(kinds.SERVICE, "web", "default")).data()["spec"].get("clusterIP")
    assert names.resolve(name, namespace) == [ip if address == "IP" else address for address in addresses]
