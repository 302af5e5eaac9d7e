"""The scale subresource: the number of replicas, whatever the kind calls it."""

from k9lite.api.object import Data
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request


def read(context: Context, request: Request) -> Data:
    """The Scale of the object that `request` names."""
    obj = writing.live(context, request).data()
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {name: obj["metadata"][name] for name in names},
        "spec": {"replicas": obj["spec"].get("replicas", 0)},
        "status": {"replicas": obj.get("status", {}).get("replicas", 0)},
    }  # fmt: skip
