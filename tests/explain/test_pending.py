"""What keeps a pod pending, where its status does not say."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.explain.convergence import waits
from k9lite.explain.describe import Related, describe
from k9lite.explain.surroundings import Surroundings


def pod(spec: dict[str, Any], **status: Any) -> Object[Any]:
    body = {
        "metadata": {"name": "p", "namespace": "default", "uid": "u"},
        "spec": {"containers": [{"name": "c", "image": "nginx"}], **spec},
        "status": {"phase": "Pending", **status},
    }
    return Object(kinds.POD, msgspec.json.encode(body), 1)


def event(type: str, reason: str, message: str, revision: int) -> Object[Any]:
    body = {
        "metadata": {"name": str(revision)},
        "involvedObject": {"uid": "u"},
        "type": type,
        "reason": reason,
        "message": message,
    }
    return Object(kinds.EVENT, msgspec.json.encode(body), revision)


MISSING = 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found'
FAILED_MOUNT = event("Warning", "FailedMount", MISSING, 8)
CREATING = {
    "containerStatuses": [
        {
            "name": "c",
            "image": "nginx",
            "imageID": "",
            "ready": False,
            "restartCount": 0,
            "state": {"waiting": {"reason": "ContainerCreating"}},
        }
    ]
}
ELSEWHERE = {"schedulerName": "my-scheduler"}
NO_SCHEDULER = 'no scheduler called "my-scheduler", which spec.schedulerName names, is running'
NO_NODE = 'node "no-such-node", which spec.nodeName names, does not exist; the pod will be deleted'


@pytest.mark.parametrize(
    ("obj", "nodes", "events", "expected"),
    [
        (pod({"nodeName": "no-such-node"}), (), (), ("NodeNotFound", NO_NODE)),
        (pod({"nodeName": "worker"}), ("worker",), (), ("Pending", "")),
        (pod(ELSEWHERE), (), (), ("NoScheduler", NO_SCHEDULER)),
        (pod(ELSEWHERE | {"nodeName": "worker"}), ("worker",), (), ("Pending", "")),
        (pod({"nodeName": "worker"}, **CREATING), ("worker",), [FAILED_MOUNT], ("FailedMount", MISSING)),
        (
            pod({"nodeName": "worker"}, **CREATING),
            ("worker",),
            [event("Normal", "Pulling", "Pulling image", 9), FAILED_MOUNT],
            ("ContainerCreating", ""),
        ),
    ],
)
def test_reasons(obj: Any, nodes: Any, events: Any, expected: Any) -> None:
    around = Surroundings(has_node=lambda name: name in nodes, events_of=lambda uid: events)
    waiting = waits(obj, around)
    assert waiting is not None
    assert (waiting.reason, waiting.message) == expected
    node = obj.view.spec.nodeName
    lines = describe(obj, Related(events=events, has_node=not node or node in nodes), 0.0)
    told = [line.partition(":")[2].strip() for line in lines if line.startswith("Waits for:")]
    assert told == ([expected[1]] if expected[1] else [])
