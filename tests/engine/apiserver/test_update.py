"""PUT: locking, what stays, generations, finalizers."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.client.protocol import DeleteOptions, PatchType, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
DEPLOYMENT = {
    "metadata": {"name": "web"},
    "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE},
}
SERVICE_ACCOUNT = {"metadata": {"name": "robot"}}


def create(server: ApiServer, kind: Kind[Any] = kinds.DEPLOYMENT, body: Data = DEPLOYMENT) -> Data:
    return server.create(Request(kind, "default" if kind.namespaced else ""), body).data()


def update(server: ApiServer, kind: Kind[Any], data: Data, subresource: str = "") -> Object[Any]:
    return server.update(
        Request(kind, "default" if kind.namespaced else "", data["metadata"]["name"], subresource), data
    )


def refusal(server: ApiServer, kind: Kind[Any], data: Data) -> str:
    with pytest.raises(StatusError) as error:
        update(server, kind, data)
    return error.value.message


def test_an_update_that_says_the_same_is_no_write(server: ApiServer) -> None:
    data = create(server)
    before = server.revision
    assert update(server, kinds.DEPLOYMENT, data).revision == before
    assert server.revision == before


def test_locking(server: ApiServer) -> None:
    data = create(server)
    path = "/registry/deployments/default/web"
    old = dict(data["metadata"])
    data["spec"]["replicas"] = 2
    update(server, kinds.DEPLOYMENT, data)
    assert refusal(server, kinds.DEPLOYMENT, data) == (
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    data["metadata"] = old | {"uid": "other"}
    assert refusal(server, kinds.DEPLOYMENT, data) == (
        f'Operation cannot be fulfilled on deployments.apps "web": StorageError: invalid object, Code: 4, Key: {path}, '
        f"ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, "
        f"UID in object meta: {old['uid']}"
    )
    data["metadata"] = {"name": "web"}
    assert update(server, kinds.DEPLOYMENT, data).uid == old["uid"]


def test_some_kinds_insist_on_a_revision(server: ApiServer) -> None:
    create(server, kinds.SERVICE_ACCOUNT, SERVICE_ACCOUNT)
    assert refusal(server, kinds.SERVICE_ACCOUNT, SERVICE_ACCOUNT) == (
        'ServiceAccount "robot" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update'
    )


def test_put_creates_where_kubernetes_lets_it(server: ApiServer) -> None:
    assert update(server, kinds.ENDPOINTS, {"metadata": {"name": "new"}}).name == "new"
    assert refusal(server, kinds.DEPLOYMENT, DEPLOYMENT) == 'deployments.apps "web" not found'


@pytest.mark.parametrize(
    ("change", "generation"),
    [
        ({"spec": {"replicas": 3}}, 2),
        ({"metadata": {"annotations": {"a": "b"}}}, 2),
        ({"metadata": {"labels": {"a": "b"}}}, 1),
        ({"metadata": {"generation": 9}}, 1),
        ({"status": {"replicas": 3}}, 1),
    ],
)
def test_generation_of_a_deployment(server: ApiServer, change: Data, generation: int) -> None:
    data = create(server)
    for part, values in change.items():
        data[part] = data.get(part, {}) | values
    changed = update(server, kinds.DEPLOYMENT, data)
    assert changed.meta.generation == generation
    assert changed.data()["status"] == {}


def test_the_status_endpoint_changes_only_the_status(server: ApiServer) -> None:
    data = create(server)
    data["spec"]["replicas"] = 5
    data["metadata"]["labels"] = {"a": "b"}
    data["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "1"}
    data["status"] = {"replicas": 2}
    changed = update(server, kinds.DEPLOYMENT, data, "status").data()
    assert changed["spec"]["replicas"] == 1
    assert changed["status"] == {"replicas": 2}
    assert changed["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    assert "labels" not in changed["metadata"]
    assert changed["metadata"]["generation"] == 1


def test_engine_status_writes(server: ApiServer) -> None:
    made = server.get(kinds.DEPLOYMENT, server.create(Request(kinds.DEPLOYMENT, "default"), DEPLOYMENT).key)
    request = Request(kinds.DEPLOYMENT, "default", "web", "status")
    written = server.update_status(request, made, {"replicas": 1})
    before, after = made.data(), written.data()
    owners = after["metadata"].pop("managedFields")
    before["metadata"] |= {"resourceVersion": str(made.revision + 1)}
    assert owners[:-1] == before["metadata"].pop("managedFields")
    assert after == before | {"status": {"replicas": 1}}
    assert server.update_status(request, written, {"replicas": 1}) is written
    with pytest.raises(StatusError, match="the object has been modified"):
        server.update_status(request, made, {"replicas": 2})


def test_the_last_finalizer_takes_the_object_along(server: ApiServer) -> None:
    body = {"metadata": {"name": "kept", "finalizers": ["example.com/a", "example.com/b"]}}
    create(server, kinds.CONFIG_MAP, body)
    deleted = server.delete(Request(kinds.CONFIG_MAP, "default", "kept"), DeleteOptions())
    assert deleted.deleting
    assert deleted.meta.deletionGracePeriodSeconds == 0
    data = deleted.data()
    data["metadata"]["finalizers"] = ["example.com/b"]
    del data["metadata"]["deletionTimestamp"]
    assert update(server, kinds.CONFIG_MAP, data).deleting
    data["metadata"]["finalizers"] = []
    data["metadata"].pop("resourceVersion")
    update(server, kinds.CONFIG_MAP, data)
    with pytest.raises(StatusError, match="not found"):
        server.get(kinds.CONFIG_MAP, deleted.key)


def test_a_namespace_goes_when_it_is_finalized(server: ApiServer) -> None:
    data = create(server, kinds.NAMESPACE, {"metadata": {"name": "gone"}})
    data["spec"] = {}
    assert update(server, kinds.NAMESPACE, data).data()["spec"] == {"finalizers": ["kubernetes"]}
    server.delete(Request(kinds.NAMESPACE, "", "gone"), DeleteOptions())
    data["metadata"].pop("resourceVersion")
    update(server, kinds.NAMESPACE, data, "finalize")
    with pytest.raises(StatusError, match="not found"):
        update(server, kinds.NAMESPACE, data, "finalize")


@pytest.mark.parametrize(
    ("type", "change", "value", "why"),
    [
        (PatchType.STRATEGIC, {"data": {"a": 1}}, '"map[data:map[a:1]]"', "cannot convert int64 to string"),
        (PatchType.STRATEGIC, {"dat": 1}, '"map[dat:1]"', 'strict decoding error: unknown field "dat"'),
        (PatchType.MERGE, {"x": 1}, "", 'duplicate field "y", unknown field "x"'),
    ],
)
def test_a_patch_that_makes_no_object_is_itself_the_invalid_value(
    server: ApiServer, type: PatchType, change: Data, value: str, why: str
) -> None:
    server.create(Request(kinds.CONFIG_MAP, "default"), {"metadata": {"name": "c"}})
    options = WriteOptions(problems=('duplicate field "y"',) if type is PatchType.MERGE else ())
    with pytest.raises(StatusError) as raised:
        server.patch(Request(kinds.CONFIG_MAP, "default", "c", options=options), change, type)
    assert raised.value.message.startswith(f' "" is invalid: patch: Invalid value: {value}')
    assert raised.value.message.endswith(why)
