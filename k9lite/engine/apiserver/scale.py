"""The scale subresource: the number of replicas, whatever the kind calls it."""

from typing import Any

from k9lite.api import errors, selectors
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver import update, writing
from k9lite.engine.apiserver.context import Context, Request

_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def read(context: Context, request: Request) -> Data:
    """The Scale of the object that `request` names."""
    return _scale(writing.live(context, request).data())


def write(context: Context, request: Request, scale: Data) -> Object[Any]:
    """Set the replicas that `scale` asks for; the scaled object."""
    live = writing.live(context, request)
    replicas = scale.get("spec", {}).get("replicas", 0)
    if replicas < 0:
        negative = errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise errors.invalid_object("autoscaling", "Scale", request.name, [negative])
    data = live.data()
    data["spec"]["replicas"] = replicas
    given = scale.get("metadata", {})
    data["metadata"]["resourceVersion"] = given.get("resourceVersion") or str(live.revision)
    data["metadata"]["uid"] = given.get("uid") or live.uid
    return update.change(context, request, live, data)


def _scale(obj: Data) -> Data:
    selector = obj["spec"].get("selector")
    if obj["kind"] == "ReplicationController":
        matcher = selectors.equal_labels(selector)
    else:
        matcher = selectors.label_selector(selector)
    status = {"replicas": obj.get("status", {}).get("replicas", 0), "selector": matcher.text()}
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {name: obj["metadata"][name] for name in _KEPT if name in obj["metadata"]},
        "spec": {"replicas": obj["spec"].get("replicas", 0)},
        "status": {name: value for name, value in status.items() if value != ""},
    }  # fmt: skip
