"""Pods bound to the one node of the tests."""

from typing import Any

from k9lite.api.object import Data

NODE = "worker"


def pod(name: str = "p", **spec: Any) -> Data:
    """A pod bound to the node; `spec` is its spec without the node's name."""
    return {"metadata": {"name": name}, "spec": {"nodeName": NODE} | spec}
