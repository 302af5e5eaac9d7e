"""The binding subresource of pods: how a scheduler says where a pod is to run."""

from k9lite.api import conditions, errors, kinds
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request

CREATED: Data = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

TOPOLOGY = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")


def bind(context: Context, request: Request, binding: Data) -> Data:
    """Assign the pod to the node that `binding` targets."""
    node = binding.get("target", {}).get("name", "")
    if not node:
        raise errors.invalid_object("", "Binding", request.name, [errors.required("target.name")])
    live = writing.live(context, request)
    pod = writing.bare(live)
    metadata, spec = pod["metadata"], pod["spec"]
    if metadata.get("deletionTimestamp"):
        raise _refused(request, f"pod {request.name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise _refused(request, f'pod {request.name} is already assigned to node "{spec["nodeName"]}"')
    if spec.get("schedulingGates"):
        raise _refused(request, f"pod {request.name} has non-empty .spec.schedulingGates")
    spec["nodeName"] = node
    annotations = binding.get("metadata", {}).get("annotations")
    if annotations:
        metadata["annotations"] = metadata.get("annotations", {}) | annotations
    topology = _topology(context, node)
    if topology:
        metadata["labels"] = metadata.get("labels", {}) | topology
    _mark_scheduled(context, pod)
    writing.store(context, request, pod, live.managed)
    return CREATED


def _topology(context: Context, node: str) -> dict[str, str]:
    found = context.store.get(kinds.NODE, Key("", node))
    return {key: found.labels[key] for key in TOPOLOGY if key in found.labels} if found else {}


def _mark_scheduled(context: Context, pod: Data) -> None:
    scheduled = conditions.make("PodScheduled", "True", context.clock.now())
    if "generation" in pod["metadata"]:
        scheduled["observedGeneration"] = pod["metadata"]["generation"]
    status = pod.setdefault("status", {})
    status.pop("nominatedNodeName", None)
    conditions.put(status.setdefault("conditions", []), scheduled)


def _refused(request: Request, why: str) -> errors.StatusError:
    return errors.conflict("", "pods/binding", request.name, why)
