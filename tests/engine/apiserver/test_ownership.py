"""Server-side apply, and who owns what after every kind of write."""

from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
SPEC: Data = {"selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE}


def apply(server: ApiServer, manager: str = "kubectl", force: bool = False, **spec: Any) -> Object[Any]:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": SPEC | spec}
    options = WriteOptions(manager=manager, force=force)
    return server.patch(Request(kinds.DEPLOYMENT, "default", "web", options=options), body, PatchType.APPLY)


def owners(obj: Object[Any]) -> list[tuple[str, str, str]]:
    entries = obj.data()["metadata"]["managedFields"]
    return [(entry["manager"], entry["operation"], entry.get("subresource", "")) for entry in entries]


def test_what_is_missing_is_created(server: ApiServer) -> None:
    made = apply(server, replicas=2)
    data = made.data()
    assert data["spec"]["revisionHistoryLimit"] == 10
    assert data["metadata"]["generation"] == 1
    [entry] = data["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("kubectl", "Apply")
    assert entry["fieldsV1"]["f:spec"]["f:replicas"] == {}
    assert "f:revisionHistoryLimit" not in entry["fieldsV1"]["f:spec"]


async def test_applying_the_same_again_writes_nothing(server: ApiServer, clock: ManualClock) -> None:
    made = apply(server)
    await clock.advance(10)
    assert apply(server) is made


async def test_a_default_within_what_is_replaced_as_a_whole_is_no_change(server: ApiServer, clock: ManualClock) -> None:
    field = {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}  # apiVersion: v1 is added
    template = TEMPLATE | {"spec": {"containers": [{"name": "c", "image": "x", "env": [field]}]}}
    made = apply(server, template=template)
    await clock.advance(10)
    assert apply(server, template=template) is made


def test_conflicts(server: ApiServer) -> None:
    apply(server, replicas=2)
    with pytest.raises(StatusError) as error:
        apply(server, "other", replicas=3)
    assert error.value.message == 'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas'
    taken = apply(server, "other", force=True, replicas=3)
    assert taken.view.spec.replicas == 3
    assert owners(taken) == [("kubectl", "Apply", ""), ("other", "Apply", "")]


def test_who_writes_owns(server: ApiServer) -> None:
    apply(server)
    user, controller = Cause("user"), Cause("deployment-controller")
    scale = Request(kinds.DEPLOYMENT, "default", "web", "scale", user, WriteOptions(manager="kubectl"))
    scaled = server.patch(scale, {"spec": {"replicas": 3}}, PatchType.MERGE)
    status = Request(kinds.DEPLOYMENT, "default", "web", "status", controller)
    written = server.update_status(status, scaled, {"replicas": 1, "observedGeneration": 1})
    written = server.update_status(status, written, {"replicas": 3})
    assert owners(written) == [
        ("kubectl", "Apply", ""),
        ("kubectl", "Update", "scale"),
        ("kube-controller-manager", "Update", "status"),
    ]
    *_, entry = written.data()["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:status": {"f:replicas": {}}}


def test_admission_owns_nothing(server: ApiServer) -> None:
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    made = server.create(Request(kinds.POD, "default", cause=Cause("user")), body)
    [entry] = made.data()["metadata"]["managedFields"]
    assert not {"f:tolerations", "f:volumes", "f:serviceAccountName"} & set(entry["fieldsV1"]["f:spec"])
    assert "f:dnsPolicy" in entry["fieldsV1"]["f:spec"]


def test_ownership_is_no_part_of_what_the_cluster_reads(server: ApiServer) -> None:
    made = apply(server)
    assert b"managedFields" not in made.raw
    assert made.view.metadata.managedFields is None
    assert b"managedFields" in made.full


def test_undeclared_fields_cannot_be_applied_however_loosely(server: ApiServer) -> None:
    body = {"metadata": {"name": "c", "namespace": "default"}, "dat": {}}
    request = Request(kinds.CONFIG_MAP, "default", "c", options=WriteOptions(manager="m", validation="Ignore"))
    with pytest.raises(StatusError) as raised:
        server.patch(request, body, PatchType.APPLY)
    told = "failed to create typed patch object (default/c; /v1, Kind=ConfigMap): .dat: field not declared in schema"
    assert (raised.value.message, raised.value.code) == (told, 500)


def test_keys_that_are_there_twice_are_told_after_the_merge(server: ApiServer) -> None:
    problems = ('yaml: unmarshal errors:\n  line 2: key "a" already set in map\n  line 4: key "b" already set in map',)
    warnings: list[str] = []
    options = WriteOptions(manager="m", validation="Warn", problems=problems, warnings=warnings)
    body = {"metadata": {"name": "c"}, "data": {"a": "1"}}
    server.patch(Request(kinds.CONFIG_MAP, "default", "c", options=options), body, PatchType.APPLY)
    assert warnings == ['line 2: key "a" already set in map', 'line 4: key "b" already set in map']
    strict = Request(kinds.CONFIG_MAP, "default", "c", options=WriteOptions(manager="m", problems=problems))
    with pytest.raises(StatusError, match=r"^error strict decoding YAML: error converting YAML to JSON: yaml: unmarsh"):
        server.patch(strict, body, PatchType.APPLY)


@pytest.mark.parametrize(
    ("actor", "manager"),
    [
        ("replicaset-controller", "kube-controller-manager"),
        ("garbage-collector", "kube-controller-manager"),
        ("default-scheduler", "kube-scheduler"),
        ("kubelet, node-1", "kubelet"),
        ("someone", "someone"),
    ],
)
def test_parts_of_the_cluster_write_under_the_names_of_their_binaries(actor: str, manager: str) -> None:
    assert Request(kinds.POD, "default", cause=Cause(actor)).manager == manager


def test_a_status_cannot_be_applied_to_what_is_not_there(server: ApiServer) -> None:
    request = Request(kinds.DEPLOYMENT, "default", "none", "status", options=WriteOptions(manager="m"))
    with pytest.raises(StatusError, match='"none" not found'):
        server.patch(request, {"metadata": {"name": "none"}, "status": {}}, PatchType.APPLY)
