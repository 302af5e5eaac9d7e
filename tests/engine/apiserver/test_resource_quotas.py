"""What a namespace's quotas let in, and that it is charged at once."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer


def quota(server: ApiServer, hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> None:
    """A quota that its controller has looked at."""
    made = server.create(
        Request(kinds.RESOURCE_QUOTA, "default"), {"metadata": {"name": "q"}, "spec": {"hard": hard} | spec}
    )
    status = {"hard": hard, "used": dict.fromkeys(hard, "0") | (used or {})}
    server.update_status(Request(kinds.RESOURCE_QUOTA, "default", "q", "status"), made, status)


def used(server: ApiServer) -> Data:
    counted: Data = server.get(kinds.RESOURCE_QUOTA, Request(kinds.RESOURCE_QUOTA, "default", "q").key).data()
    return counted["status"]["used"]


def create(server: ApiServer, name: str = "web", options: WriteOptions | None = None, **resources: Any) -> Object[Any]:
    body = {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "x", "resources": resources}]}}
    return server.create(Request(kinds.POD, "default", options=options or WriteOptions()), body)


def test_pods_are_charged(server: ApiServer) -> None:
    quota(server, {"pods": "5", "cpu": "1", "requests.memory": "1Gi", "count/pods": "2", "configmaps": "1"})
    create(server, requests={"cpu": "250m", "memory": "256Mi"})
    create(server, "other", WriteOptions(dry_run=True), requests={"cpu": "250m", "memory": "256Mi"})
    assert used(server) == {
        "pods": "1",
        "cpu": "250m",
        "requests.memory": "256Mi",
        "count/pods": "1",
        "configmaps": "0",
    }


@pytest.mark.parametrize(
    ("hard", "resources", "why"),
    [
        ({"pods": "1"}, {}, "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"),
        (
            {"cpu": "1", "pods": "5"},
            {"requests": {"cpu": "300m"}},
            "exceeded quota: q, requested: cpu=300m, used: cpu=1, limited: cpu=1",
        ),
        (
            {"requests.cpu": "1", "limits.memory": "1Gi"},
            {"requests": {"memory": "1Gi"}},
            "failed quota: q: must specify limits.memory for: c; requests.cpu for: c",
        ),
        (
            {"requests.example.com/gpu": "1"},
            {"limits": {"example.com/gpu": "2"}},
            "exceeded quota: q, requested: requests.example.com/gpu=2, used: requests.example.com/gpu=1, "
            "limited: requests.example.com/gpu=1",
        ),
    ],
)
def test_refusals(server: ApiServer, hard: dict[str, str], resources: Data, why: str) -> None:
    quota(server, hard, {name: "1" for name in hard if name != "limits.memory"})
    with pytest.raises(StatusError) as error:
        create(server, **resources)
    assert error.value.message == f'pods "web" is forbidden: {why}'
    assert error.value.code == 403


@pytest.mark.parametrize(
    ("scopes", "counted"),
    [
        ({"scopes": ["BestEffort"]}, True),
        ({"scopes": ["NotBestEffort"]}, False),
        ({"scopes": ["NotTerminating"]}, True),
        ({"scopes": ["Terminating"]}, False),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}}, False),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [
                        {"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]},
                    ]
                }
            },
            True,
        ),
    ],
)
def test_scopes(server: ApiServer, scopes: Data, counted: bool) -> None:
    quota(server, {"pods": "5"}, **scopes)
    create(server)
    assert used(server) == {"pods": str(int(counted))}


def test_services_are_charged_when_they_change(server: ApiServer) -> None:
    quota(server, {"services": "5", "services.nodeports": "1"})
    for name in ("a", "b"):
        server.create(
            Request(kinds.SERVICE, "default"), {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}]}}
        )
    server.patch(Request(kinds.SERVICE, "default", "a"), {"spec": {"type": "NodePort"}}, PatchType.MERGE)
    assert used(server) == {"services": "2", "services.nodeports": "1"}
    with pytest.raises(StatusError, match=r"exceeded quota: q, requested: services.nodeports=1, used: "):
        server.patch(Request(kinds.SERVICE, "default", "b"), {"spec": {"type": "NodePort"}}, PatchType.MERGE)
    server.patch(Request(kinds.SERVICE, "default", "a"), {"spec": {"type": "ClusterIP"}}, PatchType.MERGE)
    assert used(server) == {"services": "2", "services.nodeports": "0"}


def test_no_limit_holds_before_the_controller_has_counted(server: ApiServer) -> None:
    server.create(
        Request(kinds.RESOURCE_QUOTA, "default"), {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}}
    )
    assert create(server).name == "web"
