import msgspec
import pytest
from lightkube.models.core_v1 import PodSpec, Service, ServicePort

from k9lite.api import services

POD_SPEC = msgspec.convert(
    {
        "containers": [
            {"name": "a", "ports": [{"name": "http", "containerPort": 8080}]},
            {"name": "b", "ports": [{"name": "http", "containerPort": 9090, "protocol": "UDP"}]},
        ]
    },
    PodSpec,
)


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ({"port": 80}, 80),
        ({"port": 80, "targetPort": 0}, 80),
        ({"port": 80, "targetPort": 81}, 81),
        ({"port": 80, "targetPort": "http"}, 8080),
        ({"port": 80, "targetPort": "http", "protocol": "UDP"}, 9090),
        ({"port": 80, "targetPort": "nope"}, None),
    ],
)
def test_target_port(port, expected):
    assert services.target_port(msgspec.convert(port, ServicePort), POD_SPEC) == expected


def test_kinds_of_service():
    def service(**spec) -> Service:
        return msgspec.convert({"spec": spec}, Service)

    assert services.cluster_ip(service(clusterIP="None")) is None
    assert services.cluster_ip(service(clusterIP="127.96.0.1")) == "127.96.0.1"
    assert services.is_external_name(service(type="ExternalName"))
    assert services.has_node_ports(service(type="LoadBalancer"))
    assert not services.has_node_ports(service(type="ClusterIP"))
