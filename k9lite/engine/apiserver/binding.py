"""The binding subresource of pods: how a scheduler says where a pod is to run."""

from k9lite.api.object import Data
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request


def bind(context: Context, request: Request, binding: Data) -> Data:
    """Assign the pod to the node that `binding` targets."""
    pod = writing.live(context, request).data()
    node = pod["spec"].get("nodeName")
    if node:
        raise request.conflict(f'pod {request.name} is already assigned to node "{node}"')
    pod["spec"]["nodeName"] = binding["target"]["name"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": context.now()}
    status = pod.setdefault("status", {})
    others = [condition for condition in status.get("conditions", ()) if condition["type"] != "PodScheduled"]
    status["conditions"] = [*others, scheduled]
    writing.store(context, request, pod)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
