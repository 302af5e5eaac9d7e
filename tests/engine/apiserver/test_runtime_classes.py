"""What a RuntimeClass adds to the pods that name it."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

TOLERATION = {"key": "sandbox", "operator": "Exists"}


@pytest.fixture(autouse=True)
def sandbox(server: ApiServer) -> None:
    kind = server.kinds.of("node.k8s.io/v1", "RuntimeClass")
    assert kind is not None
    scheduling = {"nodeSelector": {"sandbox": "yes"}, "tolerations": [TOLERATION]}
    body = {"metadata": {"name": "sandbox"}, "handler": "runsc", "scheduling": scheduling}
    server.create(Request(kind, ""), body | {"overhead": {"podFixed": {"cpu": "250m"}}})
    server.create(Request(kind, ""), {"metadata": {"name": "plain"}, "handler": "runc"})


def create(server: ApiServer, **spec: Any) -> Data:
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "x"}]} | spec}
    made: Data = server.create(Request(kinds.POD, "default"), body).data()["spec"]
    return made


def test_overhead_and_scheduling(server: ApiServer) -> None:
    spec = create(server, runtimeClassName="sandbox", nodeSelector={"disk": "ssd"})
    assert spec["overhead"] == {"cpu": "250m"}
    assert spec["nodeSelector"] == {"disk": "ssd", "sandbox": "yes"}
    assert TOLERATION in spec["tolerations"]


def test_a_class_may_add_nothing(server: ApiServer) -> None:
    assert "overhead" not in create(server, runtimeClassName="plain")


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"runtimeClassName": "gone"}, 'pod rejected: RuntimeClass "gone" not found'),
        (
            {"overhead": {"cpu": "1"}},
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
        ),
        (
            {"runtimeClassName": "sandbox", "overhead": {"cpu": "1"}},
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
        ),
        (
            {"runtimeClassName": "sandbox", "nodeSelector": {"sandbox": "no"}},
            "conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no",
        ),
    ],
)
def test_refusals_of_classes(server: ApiServer, spec: Data, why: str) -> None:
    with pytest.raises(StatusError) as error:
        create(server, **spec)
    assert error.value.message == f'pods "web" is forbidden: {why}'
