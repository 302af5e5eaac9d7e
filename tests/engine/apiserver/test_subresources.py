"""What is done to objects beside them: scaling, binding, evicting, tokens, reviews."""

import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data, Key, Object
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

Running = Callable[..., Object[Any]]
TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
DEPLOYMENT = {
    "metadata": {"name": "web"},
    "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": TEMPLATE},
}
SCALE = Request(kinds.DEPLOYMENT, "default", "web", "scale")


def kind(api_version: str, name: str) -> Kind[Any]:
    found = Kinds().of(api_version, name)
    assert found is not None
    return found


def test_scale(server: ApiServer) -> None:
    made = server.create(Request(kinds.DEPLOYMENT, "default"), DEPLOYMENT)
    scale = server.get_subresource(SCALE)
    assert scale == {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": "web",
            "namespace": "default",
            "uid": made.uid,
            "resourceVersion": str(made.revision),
            "creationTimestamp": "2025-06-15T15:06:40Z",
        },
        "spec": {"replicas": 1},
        "status": {"replicas": 0, "selector": "app=a"},
    }
    assert server.patch(SCALE, {"spec": {"replicas": 4}}, PatchType.MERGE).view.spec.replicas == 4
    with pytest.raises(StatusError, match="the object has been modified"):
        server.update(SCALE, scale)
    with pytest.raises(StatusError) as error:
        server.patch(SCALE, {"spec": {"replicas": -1}}, PatchType.MERGE)
    assert error.value.message == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    )


def test_unknown_subresources(server: ApiServer) -> None:
    server.create(Request(kinds.CONFIG_MAP, "default"), {"metadata": {"name": "a"}})
    with pytest.raises(StatusError, match="the server could not find the requested resource"):
        server.get_subresource(Request(kinds.CONFIG_MAP, "default", "a", "scale"))
    with pytest.raises(StatusError, match='get is not supported on resources of kind "pods"'):
        server.get_subresource(Request(kinds.POD, "default", "a", "binding"))


def bind(server: ApiServer, node: str = "node-1") -> Data:
    binding = {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": node}}
    return server.create_subresource(Request(kinds.POD, "default", "web", "binding"), binding)


def test_binding(server: ApiServer) -> None:
    zone = {"topology.kubernetes.io/zone": "a"}
    server.create(Request(kinds.NODE, ""), {"metadata": {"name": "node-1", "labels": zone | {"other": "x"}}})
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    made = server.create(Request(kinds.POD, "default"), body)
    assert bind(server)["status"] == "Success"
    bound = server.get(kinds.POD, made.key).data()
    assert bound["spec"]["nodeName"] == "node-1"
    assert bound["metadata"]["labels"] == zone
    assert bound["metadata"]["generation"] == 1
    [condition] = bound["status"]["conditions"]
    assert (condition["type"], condition["status"]) == ("PodScheduled", "True")
    with pytest.raises(StatusError) as error:
        bind(server, "node-2")
    assert error.value.message == (
        'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"'
    )


def test_an_eviction_without_budget_is_a_delete(server: ApiServer, running: Running) -> None:
    made = running()
    evict(server)
    evicted = server.get(kinds.POD, made.key)
    assert evicted.deleting
    [*_, target] = evicted.data()["status"]["conditions"]
    assert (target["type"], target["reason"], target["message"]) == (
        "DisruptionTarget",
        "EvictionByEvictionAPI",
        "Eviction API: evicting",
    )


def evict(server: ApiServer, name: str = "web", **options: Any) -> Data:
    eviction = {"metadata": {"name": name}, "deleteOptions": options}
    return server.create_subresource(Request(kinds.POD, "default", name, "eviction"), eviction)


def budget(server: ApiServer, name: str = "keep", **status: int) -> Object[Any]:
    body = {"metadata": {"name": name}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}}
    made = server.create(Request(kinds.POD_DISRUPTION_BUDGET, "default"), body)
    request = Request(kinds.POD_DISRUPTION_BUDGET, "default", name, "status")
    return server.update_status(request, made, {"observedGeneration": 1} | status)


def test_a_budget_allows_so_many(server: ApiServer, running: Running) -> None:
    running("one", {"app": "a"})
    running("two", {"app": "a"})
    made = budget(server, disruptionsAllowed=1, currentHealthy=2, desiredHealthy=1, expectedPods=2)
    evict(server, "one")
    status = server.get(made.kind, made.key).view.status
    assert status.disruptionsAllowed == 0
    assert set(status.disruptedPods) == {"one"}
    with pytest.raises(StatusError) as error:
        evict(server, "two")
    assert (error.value.code, error.value.message) == (
        429,
        "Cannot evict pod as it would violate the pod's disruption budget.",
    )
    [cause] = error.value.causes
    assert (cause.reason, cause.message) == (
        "DisruptionBudget",
        "The disruption budget keep needs 1 healthy pods and has 2 currently",
    )


def test_a_budget_that_is_not_processed_yet_blocks(server: ApiServer, running: Running) -> None:
    running("one", {"app": "a"})
    budget(server, observedGeneration=0, disruptionsAllowed=1)
    with pytest.raises(StatusError) as error:
        evict(server, "one")
    assert error.value.retry_after == 10


def test_only_one_budget_per_pod(server: ApiServer, running: Running) -> None:
    running("one", {"app": "a"})
    budget(server, "a")
    budget(server, "b")
    with pytest.raises(StatusError, match="more than one PodDisruptionBudget"):
        evict(server, "one")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def signed_by(key: Data, token: str) -> bool:
    """Whether `token` was signed by a key of a JSON Web Key Set, as anybody outside would check it."""
    text, _, signature = token.rpartition(".")
    header = msgspec.json.decode(decoded(text.split(".")[0]))
    x, y = (int.from_bytes(decoded(key[name]), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    numbers = [int.from_bytes(half, "big") for half in (decoded(signature)[:32], decoded(signature)[32:])]
    public.verify(encode_dss_signature(*numbers), text.encode(), ec.ECDSA(hashes.SHA256()))
    return header == {"alg": key["alg"], "kid": key["kid"]}


async def test_tokens(server: ApiServer, clock: ManualClock) -> None:
    request = Request(kinds.SERVICE_ACCOUNT, "default", "default", "token")
    answer = server.create_subresource(request, {"spec": {"expirationSeconds": 600}})
    assert answer["status"]["expirationTimestamp"] == "2025-06-15T15:16:40Z"
    review = kind("authentication.k8s.io/v1", "TokenReview")

    def ask(token: str) -> Data:
        status: Data = server.create(Request(review, ""), {"spec": {"token": token}}).data()["status"]
        return status

    token = answer["status"]["token"]
    user = ask(token)["user"]
    assert user["username"] == "system:serviceaccount:default:default"
    claims = msgspec.json.decode(decoded(token.split(".")[1]))
    assert user["extra"]["authentication.kubernetes.io/credential-id"] == [f"JTI={claims['jti']}"]
    assert signed_by(server.key_set()["keys"][0], token)
    assert not ask(token + "x")["authenticated"]
    await clock.advance(601)
    assert not ask(token)["authenticated"]


def test_everybody_may_do_everything(server: ApiServer) -> None:
    access = kind("authorization.k8s.io/v1", "SelfSubjectAccessReview")
    body = {"spec": {"resourceAttributes": {"verb": "delete", "resource": "pods"}}}
    assert server.create(Request(access, ""), body).data()["status"] == {"allowed": True}


def test_a_binding_may_be_posted_by_itself(server: ApiServer) -> None:
    server.create(Request(kinds.POD, "default"), {"metadata": {"name": "web"}, "spec": TEMPLATE["spec"]})
    posted = {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": "node-1"}}
    bindings = server.kinds.resource("", "v1", "bindings")
    assert bindings is not None
    server.create(Request(bindings, "default"), posted)
    assert server.get(kinds.POD, Key("default", "web")).view.spec.nodeName == "node-1"
    with pytest.raises(StatusError, match='pods "none" not found'):
        server.create(Request(bindings, "default"), posted | {"metadata": {"name": "none"}})


def test_a_scale_of_another_shape(server: ApiServer) -> None:
    server.create(Request(kinds.DEPLOYMENT, "default"), DEPLOYMENT)
    with pytest.raises(StatusError, match="unrecognized type: int32") as raised:
        server.patch(SCALE, {"spec": {"replicas": "x"}}, PatchType.STRATEGIC)
    assert raised.value.code == 422
    with pytest.raises(StatusError, match='Scale in version "v1" cannot be handled as a Scale: json: cannot unmarsh'):
        server.update(SCALE, {"metadata": {"name": "web"}, "spec": {"replicas": "x"}})


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        (
            {"requests": {"cpu": "3"}},
            'spec.containers[0].resources.requests: Invalid value: "3": must be less than or equal to cpu limit of 2',
        ),
        (
            {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            'spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
        ),
        (
            {"requests": {"a.com/gpu": "1"}, "limits": {"a.com/gpu": "1"}},
            "spec: Forbidden: only cpu and memory resources",
        ),
    ],
)
def test_what_no_resize_does(server: ApiServer, resources: Data, problem: str) -> None:
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}
    server.create(Request(kinds.POD, "default"), {"metadata": {"name": "web"}, "spec": {"containers": [container]}})
    change = {"spec": {"containers": [{"name": "c", "resources": resources}]}}
    with pytest.raises(StatusError) as raised:
        server.patch(Request(kinds.POD, "default", "web", "resize"), change, PatchType.STRATEGIC)
    assert problem in raised.value.message
