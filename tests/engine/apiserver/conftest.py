"""Short ways to the verbs."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer


def pod(name: str = "web", **spec: Any) -> Data:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}]} | spec}


@pytest.fixture
def running(server: ApiServer) -> Callable[..., Object[Any]]:
    """Makes a pod in `default` that is bound to a node and runs."""

    def make(name: str = "web", labels: dict[str, str] | None = None, **spec: Any) -> Object[Any]:
        body = pod(name, nodeName="node-1", **spec)
        body["metadata"]["labels"] = labels or {}
        made = server.create(Request(kinds.POD, "default"), body)
        status = made.data()["status"] | {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
        }
        return server.update_status(Request(kinds.POD, "default", name, "status"), made, status)

    return make
