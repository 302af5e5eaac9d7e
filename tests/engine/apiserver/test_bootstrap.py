"""What a cluster holds from the beginning."""

from k9lite.api import kinds
from k9lite.api.object import Data, Key
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
    bootstrap.register(server)
    before = server.revision
    bootstrap.bootstrap(server)
    bootstrap.register(server)
    assert server.revision == before


def named(server: ApiServer, api_version: str, kind: str) -> dict[str, Data]:
    bootstrap.register(server)
    found = server.kinds.of(api_version, kind)
    assert found is not None
    return {obj.name: obj.data() for obj in server.select(found).items}


def test_roles_that_are_made_of_others_have_all_of_their_rules(server: ApiServer) -> None:
    roles = named(server, "rbac.authorization.k8s.io/v1", "ClusterRole")
    admin, edit, view = (roles[name]["rules"] for name in ("admin", "edit", "view"))
    assert all(rule in edit for rule in view)
    assert all(rule in admin for rule in edit)
    assert roles["system:aggregate-to-view"]["rules"] == view
    assert roles["cluster-admin"]["rules"] == [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]
    bindings = named(server, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding")
    assert {binding["roleRef"]["name"] for binding in bindings.values()} <= set(roles)
    assert bindings["cluster-admin"]["subjects"][0]["name"] == "system:masters"


def test_every_flow_leads_to_a_level(server: ApiServer) -> None:
    levels = named(server, "flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration")
    flows = named(server, "flowcontrol.apiserver.k8s.io/v1", "FlowSchema")
    assert {flow["spec"]["priorityLevelConfiguration"]["name"] for flow in flows.values()} <= set(levels)
    assert flows["catch-all"]["spec"]["matchingPrecedence"] == 10000
    assert levels["catch-all"]["spec"]["limited"]["limitResponse"] == {"type": "Reject"}


def test_every_version_that_is_served_has_an_api_service_that_is_available(server: ApiServer) -> None:
    services = named(server, "apiregistration.k8s.io/v1", "APIService")
    assert {"v1.", "v1.apps", "v2.autoscaling", "v1.rbac.authorization.k8s.io"} <= set(services)
    for service in services.values():
        assert service["metadata"]["name"] == f"{service['spec']['version']}.{service['spec'].get('group', '')}"
        assert service["status"]["conditions"][0]["status"] == "True"
