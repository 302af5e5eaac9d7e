"""The subcommand that admits, denies and changes what an API server asks it about: an admission webhook."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.agnhost.servers import serve_https
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response
from k9lite.engine.node.runtimes.simulated.process import Process, forever

Data = Mapping[str, Any]
Decide = Callable[[Data], dict[str, Any]]  # the request of a review -> its response

DELAY_SECONDS = 5.0
DENIED = "this webhook denies all requests"
ALLOWED: dict[str, Any] = {"allowed": True}
LABEL, DISALLOW, WAIT = "webhook-e2e-test", "webhook-disallow", "wait-forever"
PODS = {"group": "", "version": "v1", "resource": "pods"}
DEFINITIONS = "customresourcedefinitions"


async def webhook(process: Process) -> int:
    given, _ = flags.read(process.argv[2:])
    clock, sidecar = process.machine.clock, given.get("sidecar-image", "")

    async def answer(request: Request) -> Response:
        path = urlsplit(request.path).path
        if path == "/readyz":
            return Response(body=b"ok")
        decide = decisions(sidecar).get(path)
        if decide is None:
            return Response(404, b"404 page not found\n")
        if request.headers.get("content-type") != "application/json":
            return Response()
        try:
            review = json.loads(request.body)
            asked = review["request"]
        except (ValueError, KeyError, TypeError) as error:
            return Response(400, f"Request could not be decoded: {error}\n".encode())
        if review.get("kind") != "AdmissionReview" or review.get("apiVersion") not in REVIEWS:
            return Response(400, f"Unsupported group version kind: {review.get('apiVersion')}\n".encode())
        if path == "/always-allow-delay-5s":
            await clock.sleep(DELAY_SECONDS)
        if path == "/pods" and _labels(asked).get(LABEL) == WAIT:
            await forever()
        response = decide(asked) | {"uid": asked.get("uid", "")}
        answered = {"kind": review["kind"], "apiVersion": review["apiVersion"], "response": response}
        return Response(body=json.dumps(answered).encode(), type="application/json")

    return await serve_https(process, flags.number(given, "port", 443), answer)


REVIEWS = ("admission.k8s.io/v1", "admission.k8s.io/v1beta1")


def decisions(sidecar: str = "") -> dict[str, Decide]:
    """What is decided, by path; `sidecar` is the image of the container that is added to pods."""
    return {
        "/always-allow-delay-5s": lambda asked: ALLOWED,
        "/always-deny": lambda asked: _denied(DENIED),
        "/add-label": _add_label,
        "/pods": _pods,
        "/pods/attach": _attaching,
        "/mutating-pods": _mutating_pods,
        "/mutating-pods-sidecar": lambda asked: _sidecar(asked, sidecar),
        "/configmaps": lambda asked: _admitted_data(asked, "configmap", "contains unwanted key and value"),
        "/mutating-configmaps": _mutating_data,
        "/custom-resource": lambda asked: _admitted_data(asked, "custom resource", "contains unwanted data"),
        "/mutating-custom-resource": _mutating_data,
        "/crd": _definition,
    }


def _denied(message: str) -> dict[str, Any]:
    return {"allowed": False, "status": {"metadata": {}, "message": message}}


def _patched(*operations: Data) -> dict[str, Any]:
    """Allowed, with a JSON patch."""
    patch = base64.b64encode(json.dumps(operations).encode()).decode()
    return {"allowed": True, "patch": patch, "patchType": "JSONPatch"}


def _object(asked: Data) -> Data:
    """What is to be stored, or what is to be deleted."""
    return asked.get("oldObject" if asked.get("operation") == "DELETE" else "object") or {}


def _labels(asked: Data) -> Data:
    return (_object(asked).get("metadata") or {}).get("labels") or {}


def _wrong_resource(asked: Data, *expected: Data) -> str:
    resource = asked.get("resource") or {}
    return "" if resource in expected else f"expect resource to be {expected[0]}, got {resource}"


def _add_label(asked: Data) -> dict[str, Any]:
    labels = _labels(asked)
    if not labels:
        return _patched({"op": "add", "path": "/metadata/labels", "value": {"added-label": "yes"}})
    if labels.get("added-label") == "yes":
        return ALLOWED
    verb = "replace" if "added-label" in labels else "add"
    return _patched({"op": verb, "path": "/metadata/labels/added-label", "value": "yes"})


def _pods(asked: Data) -> dict[str, Any]:
    if wrong := _wrong_resource(asked, PODS):
        return _denied(wrong)
    complaints = []
    if _labels(asked).get(LABEL) == DISALLOW:
        complaints.append("the pod contains unwanted label;")
    containers = (_object(asked).get("spec") or {}).get("containers") or ()
    complaints += ["the pod contains unwanted container name;" for one in containers if DISALLOW in one["name"]]
    return _denied(" ".join(complaints)) if complaints else ALLOWED


def _attaching(asked: Data) -> dict[str, Any]:
    name, options = "to-be-attached-pod", _object(asked)
    if asked.get("name") != name or not options.get("stdin") or options.get("container") != "container1":
        return ALLOWED
    return _denied(f"attaching to pod '{name}' is not allowed")


def _mutating_pods(asked: Data) -> dict[str, Any]:
    pod, name = _object(asked), "webhook-added-init-container"
    present = {one["name"] for one in pod.get("spec", {}).get("initContainers") or ()}
    if pod.get("metadata", {}).get("name") != "webhook-to-be-mutated" or name in present:
        return ALLOWED
    added = {"image": "webhook-added-image", "name": name, "resources": {}}
    return _patched({"op": "add", "path": "/spec/initContainers", "value": [added]})


def _sidecar(asked: Data, image: str) -> dict[str, Any]:
    if not image:
        message = "No image specified by the sidecar-image parameter"
        return {"allowed": False, "status": {"metadata": {}, "status": "Failure", "message": message, "code": 500}}
    name = "webhook-added-sidecar"
    if name in {one["name"] for one in _object(asked).get("spec", {}).get("containers") or ()}:
        return ALLOWED
    added = {"image": image, "name": name, "resources": {}}
    return _patched({"op": "add", "path": "/spec/containers/-", "value": added})


def _admitted_data(asked: Data, what: str, unwanted: str) -> dict[str, Any]:
    value = (_object(asked).get("data") or {}).get(LABEL)
    operation = asked.get("operation")
    reason = ""
    if value == DISALLOW and operation in ("CREATE", "UPDATE"):
        reason = f"the {what} {unwanted}"
    elif value == "webhook-nondeletable" and operation == "DELETE":
        reason = f"the {what} cannot be deleted because it contains unwanted key and value"
    return {"allowed": False, "status": {"metadata": {}, "reason": reason}} if reason else ALLOWED


def _mutating_data(asked: Data) -> dict[str, Any]:
    """Two stages, so that the order of two such webhooks can be seen."""
    data = _object(asked).get("data") or {}
    for before, stage in (("mutation-stage-1", "mutation-stage-2"), ("mutation-start", "mutation-stage-1")):
        if data.get(before) == "yes":
            return _patched({"op": "add", "path": f"/data/{stage}", "value": "yes"})
    return ALLOWED


def _definition(asked: Data) -> dict[str, Any]:
    if (asked.get("resource") or {}).get("resource") != DEFINITIONS:
        return _denied(f"expect resource to be {DEFINITIONS} but got {asked.get('resource')}")
    return _denied("the crd contains unwanted label") if _labels(asked).get(LABEL) == DISALLOW else ALLOWED
