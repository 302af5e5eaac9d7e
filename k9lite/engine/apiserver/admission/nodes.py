"""A new node takes no pods until its lifecycle controller has seen that it is ready (TaintNodesByCondition)."""

from k9lite.api.object import Data
from k9lite.engine.apiserver.context import Context, Request

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


def taint(context: Context, request: Request, node: Data) -> None:
    taints = node.setdefault("spec", {}).get("taints") or []
    if not any((taint.get("key"), taint.get("effect")) == tuple(NOT_READY.values()) for taint in taints):
        node["spec"]["taints"] = [*taints, dict(NOT_READY)]
