"""What the webhooks of the test image decide, and that they answer over TLS."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio import tls
from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.tasks import TaskSet
from k9lite.engine.node.runtimes.simulated.agnhost.conversion import NotConverted, convert
from k9lite.engine.node.runtimes.simulated.agnhost.webhook import PODS, decisions

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53"
V1, V2 = "stable.example.com/v1", "stable.example.com/v2"
DEFINITIONS = {"resource": {"resource": "customresourcedefinitions"}}
UNWANTED = {"webhook-e2e-test": "webhook-disallow"}


def stored(operation: str = "CREATE", **fields: Any) -> dict[str, Any]:
    return {"operation": operation, "oldObject" if operation == "DELETE" else "object": fields}


def pod(**fields: Any) -> dict[str, Any]:
    return {"resource": PODS, **stored(**{"spec": {"containers": [{"name": "a"}]}, **fields})}


@pytest.mark.parametrize(
    ("path", "asked", "problem"),
    [
        ("/always-deny", {}, "this webhook denies all requests"),
        ("/always-allow-delay-5s", {}, ""),
        ("/pods", pod(), ""),
        ("/pods", pod(metadata={"labels": UNWANTED}), "the pod contains unwanted label;"),
        (
            "/pods",
            pod(spec={"containers": [{"name": "webhook-disallow"}]}),
            "the pod contains unwanted container name;",
        ),
        ("/configmaps", stored(data=UNWANTED), "the configmap contains unwanted key and value"),
        ("/configmaps", stored("DELETE", data=UNWANTED), ""),
        (
            "/configmaps",
            stored("DELETE", data={"webhook-e2e-test": "webhook-nondeletable"}),
            "the configmap cannot be deleted because it contains unwanted key and value",
        ),
        ("/custom-resource", stored("UPDATE", data=UNWANTED), "the custom resource contains unwanted data"),
        ("/crd", DEFINITIONS | stored(metadata={"labels": UNWANTED}), "the crd contains unwanted label"),
        ("/crd", DEFINITIONS | stored(metadata={}), ""),
        (
            "/pods/attach",
            {"name": "to-be-attached-pod", **stored(stdin=True, container="container1")},
            "attaching to pod 'to-be-attached-pod' is not allowed",
        ),
        ("/pods/attach", {"name": "other", **stored(stdin=True, container="container1")}, ""),
        ("/mutating-pods-sidecar", pod(), "No image specified by the sidecar-image parameter"),
    ],
)
def test_what_is_denied(path: str, asked: dict[str, Any], problem: str) -> None:
    response = decisions()[path](asked)
    status = response.get("status", {})
    assert (response["allowed"], status.get("message") or status.get("reason", "")) == (not problem, problem)


@pytest.mark.parametrize(
    ("path", "asked", "patch"),
    [
        (
            "/mutating-configmaps",
            stored(data={"mutation-start": "yes"}),
            {"op": "add", "path": "/data/mutation-stage-1", "value": "yes"},
        ),
        (
            "/mutating-custom-resource",
            stored(data={"mutation-start": "yes", "mutation-stage-1": "yes"}),
            {"op": "add", "path": "/data/mutation-stage-2", "value": "yes"},
        ),
        ("/mutating-configmaps", stored(data={"a": "b"}), None),
        ("/add-label", stored(metadata={}), {"op": "add", "path": "/metadata/labels", "value": {"added-label": "yes"}}),
        (
            "/add-label",
            stored(metadata={"labels": {"a": "b"}}),
            {"op": "add", "path": "/metadata/labels/added-label", "value": "yes"},
        ),
        (
            "/add-label",
            stored(metadata={"labels": {"added-label": "no"}}),
            {"op": "replace", "path": "/metadata/labels/added-label", "value": "yes"},
        ),
        ("/add-label", stored(metadata={"labels": {"added-label": "yes"}}), None),
        (
            "/mutating-pods-sidecar",
            pod(),
            {
                "op": "add",
                "path": "/spec/containers/-",
                "value": {"image": "side:1", "name": "webhook-added-sidecar", "resources": {}},
            },
        ),
        (
            "/mutating-pods",
            pod(metadata={"name": "webhook-to-be-mutated"}),
            {
                "op": "add",
                "path": "/spec/initContainers",
                "value": [{"image": "webhook-added-image", "name": "webhook-added-init-container", "resources": {}}],
            },
        ),
    ],
)
def test_what_is_changed(path: str, asked: dict[str, Any], patch: dict[str, Any] | None) -> None:
    response = decisions("side:1")[path](asked)
    assert response["allowed"]
    assert json.loads(base64.b64decode(response.get("patch", "W10="))) == ([patch] if patch else [])


def test_conversion() -> None:
    first, second = {"apiVersion": V1, "hostPort": "a:1"}, {"apiVersion": V2, "host": "a", "port": "1"}
    assert (convert(first, V2), convert(second, V1)) == (second, first)
    with pytest.raises(NotConverted, match=r"invalid hostPort value `a`"):
        convert({"apiVersion": V1, "hostPort": "a"}, V2)
    with pytest.raises(NotConverted, match="unexpected conversion version"):
        convert(first, "stable.example.com/v3")


@pytest.mark.parametrize(
    ("arguments", "port", "path", "review", "answer"),
    [
        (
            ["webhook", "--port=8444"],
            8444,
            "/always-deny",
            {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {"uid": "u"}},
            {"uid": "u", "allowed": False, "status": {"metadata": {}, "message": "this webhook denies all requests"}},
        ),
        (
            ["crd-conversion-webhook"],
            443,
            "/crdconvert",
            {
                "kind": "ConversionReview",
                "apiVersion": "apiextensions.k8s.io/v1",
                "request": {"uid": "u", "desiredAPIVersion": V2, "objects": []},
            },
            {"uid": "u", "convertedObjects": [], "result": {"metadata": {}, "status": "Success"}},
        ),
    ],
)
async def test_reviews_are_answered_over_tls(
    run: Callable[..., Any],
    network: MemoryNetwork,
    tasks: TaskSet,
    arguments: list[str],
    port: int,
    path: str,
    review: dict[str, Any],
    answer: dict[str, Any],
) -> None:
    status = await run({"containers": [{"name": "c", "image": IMAGE, "args": arguments}]}, 5)
    answers: list[dict[str, Any]] = []

    async def ask() -> None:
        stream = await tls.connect(await network.connect(status["podIP"], port))
        body = json.dumps(review).encode()
        head = f"POST {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        await stream.write(head.encode() + body)
        data = b""
        while chunk := await stream.read():
            data += chunk
        answers.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    tasks.start(ask(), "ask")
    await settle()
    assert answers == [{"kind": review["kind"], "apiVersion": review["apiVersion"], "response": answer}]


async def test_grpc_health_turns_bad(run: Callable[..., Any], clock: ManualClock) -> None:
    probe = {"grpc": {"port": 5000}, "periodSeconds": 1}
    one = {"name": "c", "image": IMAGE, "args": ["grpc-health-checking", "--delay-unhealthy-sec=20"]}
    status = await run({"containers": [one | {"readinessProbe": probe}]}, 8)
    assert status["containerStatuses"][0]["ready"]
    status = await run({"containers": [one | {"readinessProbe": probe}]}, 30, "q")
    assert not status["containerStatuses"][0]["ready"]
