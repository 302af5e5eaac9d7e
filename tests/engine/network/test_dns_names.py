"""Names as pods ask for them, and all records that there are."""

import pytest

from k9lite.aio.clock import settle
from k9lite.api import dns, kinds
from k9lite.api.dns import Resolver
from k9lite.client.informer import Informers
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.network.names import Names

BELOW = "default.svc.cluster.local"
CASES = [
    ("web", "default", ["IP"]),
    ("WEB.default", "default", ["IP"]),
    ("web", "kube-system", []),
    ("web.default", "kube-system", ["IP"]),
    ("web.default.svc", "kube-system", ["IP"]),
    ("web.default.svc.cluster.local", "kube-system", ["IP"]),
    ("web.default.svc.cluster.local.", "kube-system", ["IP"]),
    ("web.", "default", []),
    ("peers", "default", ["127.244.1.1", "127.244.1.2", "127.244.1.4"]),
    ("db-0.peers", "default", ["127.244.1.1"]),
    ("127-244-1-4.peers", "default", ["127.244.1.4"]),
    ("db-7.peers", "default", []),
    ("alias", "default", ["IP"]),
    ("loop", "default", []),
    ("outside", "default", []),
    ("127-244-1-1.default.pod", "default", ["127.244.1.1"]),
    ("nonsense.default.pod", "default", []),
    ("nobody", "default", []),
]


@pytest.fixture
async def names(client: LocalClient, informers: Informers) -> Names:
    names = Names(informers)
    for name, spec in {
        "web": {"ports": [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}]},
        "peers": {"clusterIP": "None"},
        "alias": {"type": "ExternalName", "externalName": "web.default.svc.cluster.local"},
        "loop": {"type": "ExternalName", "externalName": "loop.default.svc.cluster.local"},
        "outside": {"type": "ExternalName", "externalName": "example.com"},
    }.items():
        data = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": spec}
        await client.create(kinds.SERVICE, data, "default")
    ready, not_ready = {"ready": True}, {"ready": False}
    slice = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": "IPv4",
        "ports": [{"name": "sql", "port": 5432, "protocol": "TCP"}],
        "metadata": {"name": "peers-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "peers"}},
        "endpoints": [
            {"addresses": ["127.244.1.1"], "conditions": ready, "hostname": "db-0"},
            {"addresses": ["127.244.1.2"], "conditions": ready, "hostname": "db-1"},
            {"addresses": ["127.244.1.3"], "conditions": not_ready, "hostname": "db-2"},
            {"addresses": ["127.244.1.4"], "conditions": ready},
        ],
    }
    await client.create(kinds.ENDPOINT_SLICE, slice, "default")
    await settle()
    return names


@pytest.mark.parametrize(("name", "namespace", "addresses"), CASES)
async def test_addresses(client: LocalClient, names: Names, name: str, namespace: str, addresses: list[str]) -> None:
    ip = (await client.get(kinds.SERVICE, "web", "default")).data()["spec"].get("clusterIP")
    search = (f"{namespace}.svc.cluster.local", "svc.cluster.local", "cluster.local")
    reply = dns.lookup(names.ask, name, "A", Resolver(("127.96.0.10",), search, 5))
    assert reply.addresses == [ip if address == "IP" else address for address in addresses]


@pytest.mark.parametrize(
    ("name", "type", "status", "data"),
    [
        (f"web.{BELOW}", "AAAA", "NOERROR", []),
        (f"web.{BELOW}", "SRV", "NOERROR", [f"0 50 80 web.{BELOW}.", f"0 50 53 web.{BELOW}."]),
        (f"_http._tcp.web.{BELOW}", "SRV", "NOERROR", [f"0 100 80 web.{BELOW}."]),
        (f"_dns._udp.web.{BELOW}", "SRV", "NOERROR", [f"0 100 53 web.{BELOW}."]),
        (f"_dns._tcp.web.{BELOW}", "SRV", "NXDOMAIN", []),
        (
            f"_sql._tcp.peers.{BELOW}",
            "SRV",
            "NOERROR",
            [
                f"0 33 5432 db-0.peers.{BELOW}.",
                f"0 33 5432 db-1.peers.{BELOW}.",
                f"0 33 5432 127-244-1-4.peers.{BELOW}.",
            ],
        ),
        (f"outside.{BELOW}", "CNAME", "NOERROR", ["example.com."]),
        (f"outside.{BELOW}", "A", "NOERROR", ["example.com."]),
        (f"alias.{BELOW}", "CNAME", "NOERROR", [f"web.{BELOW}."]),
        ("1.1.244.127.in-addr.arpa", "PTR", "NOERROR", [f"db-0.peers.{BELOW}."]),
        ("4.1.244.127.in-addr.arpa", "PTR", "NOERROR", [f"127-244-1-4.peers.{BELOW}."]),
        ("9.9.9.9.in-addr.arpa", "PTR", "NXDOMAIN", []),
        (BELOW, "A", "NOERROR", []),
        ("nowhere.svc.cluster.local", "A", "NXDOMAIN", []),
        (f"nobody.{BELOW}", "A", "NXDOMAIN", []),
        ("example.com", "A", "NXDOMAIN", []),
    ],
)
async def test_records(names: Names, name: str, type: dns.Type, status: str, data: list[str]) -> None:
    reply = names.ask(name, type)
    assert (reply.status, [one.data for one in reply.records]) == (status, data)


async def test_the_address_of_a_service_leads_back_to_its_name(client: LocalClient, names: Names) -> None:
    ip = (await client.get(kinds.SERVICE, "web", "default")).data()["spec"]["clusterIP"]
    assert [one.data for one in names.ask(dns.pointer(ip), "PTR").records] == [f"web.{BELOW}."]
