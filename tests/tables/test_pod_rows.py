"""READY, STATUS and RESTARTS for the states a pod can be in."""

import msgspec
import pytest

from k9lite import tables
from k9lite.api import kinds
from k9lite.api.object import Object

NOW = 1767225600.0 + 100


def pod(status, *, spec=None, metadata=None):
    meta = {"name": "p", "namespace": "default", "creationTimestamp": "2026-01-01T00:00:00Z"} | (metadata or {})
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": meta}
    body |= {"spec": spec or {"containers": [{"name": "c"}]}, "status": status}
    return Object(kinds.POD, msgspec.json.encode(body), 1)


def container(name="c", *, ready=False, restarts=0, started=None, last=None, **state):
    status = {"name": name, "ready": ready, "restartCount": restarts, "state": state, "image": "", "imageID": ""}
    if started is not None:
        status["started"] = started
    if last:
        status["lastState"] = {"terminated": {"exitCode": 1, "finishedAt": last}}
    return status


RUNNING = {"running": {"startedAt": "2026-01-01T00:00:01Z"}}
READY = [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}]
INIT = {"containers": [{"name": "c"}], "initContainers": [{"name": "i1"}, {"name": "i2"}]}
SIDECAR = {"containers": [{"name": "c"}], "initContainers": [{"name": "s", "restartPolicy": "Always"}]}


GATED = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}


def waiting(reason):
    return {"waiting": {"reason": reason}}


def with_container(phase="Pending", **status):
    return pod({"phase": phase, "containerStatuses": [container(**status)]})


def ended(code, reason="", signal=0):
    return {"terminated": {"exitCode": code, "reason": reason, "signal": signal}}


@pytest.mark.parametrize(
    ("obj", "ready", "status", "restarts"),
    [
        (pod({"phase": "Pending"}), "0/1", "Pending", "0"),
        (pod({"phase": "Failed", "reason": "Evicted"}), "0/1", "Evicted", "0"),
        (
            pod({"phase": "Pending", "conditions": [GATED]}),
            "0/1",
            "SchedulingGated",
            "0",
        ),
        (with_container(**waiting("ErrImagePull")), "0/1", "ErrImagePull", "0"),
        (
            pod({"phase": "Running", "conditions": READY, "containerStatuses": [container(ready=True, **RUNNING)]}),
            "1/1",
            "Running",
            "0",
        ),
        (
            pod(
                {
                    "phase": "Running",
                    "containerStatuses": [
                        container(restarts=2, last="2026-01-01T00:01:00Z", **waiting("CrashLoopBackOff"))
                    ],
                }
            ),
            "0/1",
            "CrashLoopBackOff",
            "2 (40s ago)",
        ),
        (with_container("Failed", **ended(3)), "0/1", "ExitCode:3", "0"),
        (with_container("Failed", **ended(137, signal=9)), "0/1", "Signal:9", "0"),
        (with_container("Succeeded", **ended(0, "Completed")), "0/1", "Completed", "0"),
        (
            pod(
                {
                    "phase": "Pending",
                    "initContainerStatuses": [
                        container("i1", ready=True, **ended(0, "Completed")),
                        container("i2", **waiting("PodInitializing")),
                    ],
                },
                spec=INIT,
            ),
            "0/1",
            "Init:1/2",
            "0",
        ),
        (
            pod(
                {"phase": "Pending", "initContainerStatuses": [container("i1", restarts=1, **ended(1, "Error"))]},
                spec=INIT,
            ),
            "0/1",
            "Init:Error",
            "1",
        ),
        (
            pod(
                {
                    "phase": "Running",
                    "conditions": READY,
                    "initContainerStatuses": [container("s", ready=True, started=True, restarts=3, **RUNNING)],
                    "containerStatuses": [container(ready=True, restarts=1, **RUNNING)],
                },
                spec=SIDECAR,
            ),
            "2/2",
            "Running",
            "4",
        ),
        (
            pod(
                {"phase": "Running", "containerStatuses": [container(ready=True, **RUNNING)]},
                metadata={"deletionTimestamp": "2026-01-01T00:02:00Z"},
            ),
            "1/1",
            "Terminating",
            "0",
        ),
        (
            pod(
                {"phase": "Failed", "containerStatuses": [container(**ended(137, "Error"))]},
                metadata={"deletionTimestamp": "2026-01-01T00:02:00Z"},
            ),
            "0/1",
            "Error",
            "0",
        ),
    ],
)
def test_the_row_says_what_kubectl_says(obj, ready, status, restarts):
    assert tables.cells(obj, NOW)[1:4] == [ready, status, restarts]


def test_a_row_has_a_cell_for_every_column():
    row = tables.cells(pod({"phase": "Pending"}), NOW)
    assert len(row) == len(tables.columns(kinds.POD))
    assert row[4:] == ["100s", "<none>", "<none>", "<none>", "<none>"]
