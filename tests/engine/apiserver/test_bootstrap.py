"""What a cluster holds from the beginning."""

from k9lite.api import kinds
from k9lite.api.object import Key
from k9lite.engine.apiserver import bootstrap
from k9lite.engine.apiserver.server import ApiServer

KUBERNETES = Key("default", "kubernetes")


def test_the_servers_own_service_says_where_it_answers(server: ApiServer) -> None:
    for port in (6443, 6443, 6444):  # a cluster that is started again may get another port
        bootstrap.publish(server, "127.244.0.1", port)
        endpoints = server.get(kinds.ENDPOINTS, KUBERNETES).data()["subsets"]
        ports = [{"name": "https", "port": port, "protocol": "TCP"}]
        assert endpoints == [{"addresses": [{"ip": "127.244.0.1"}], "ports": ports}]
        shown = server.get(kinds.ENDPOINT_SLICE, KUBERNETES).data()
        assert (shown["endpoints"][0]["addresses"], shown["ports"]) == (["127.244.0.1"], ports)
        assert shown["metadata"]["labels"] == {"kubernetes.io/service-name": "kubernetes"}


def test_bootstrapping_again_changes_nothing(server: ApiServer) -> None:
    before = server.revision
    bootstrap.bootstrap(server)
    assert server.revision == before
