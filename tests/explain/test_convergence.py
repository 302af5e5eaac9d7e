from dataclasses import replace
from typing import Any

import msgspec
import pytest

from k9lite.api.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    JOB,
    NAMESPACE,
    POD,
    REPLICA_SET,
    SERVICE,
    STATEFUL_SET,
    Kind,
)
from k9lite.api.object import Object
from k9lite.explain.convergence import Waiting, stuck, waits
from k9lite.explain.surroundings import Surroundings

LABELS = {"app": "web"}


def made(kind: Kind[Any], name: str, *, meta: dict | None = None, **more: Any) -> Object[Any]:
    namespace = {"namespace": "default"} if kind.namespaced else {}
    metadata = {"name": name, "uid": name, "generation": 1, **namespace, **(meta or {})}
    data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **more}
    return Object(kind, msgspec.json.encode(data), 1)


def owned_by(obj: Object[Any]) -> dict:
    owner = {
        "apiVersion": obj.kind.api_version,
        "kind": obj.kind.kind,
        "name": obj.name,
        "uid": obj.uid,
        "controller": True,
    }
    return {"ownerReferences": [owner], "labels": LABELS}


TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def deployment(wanted: int = 2, /, *, paused: bool = False, **status: Any) -> Object[Any]:
    spec = {"replicas": wanted, "paused": paused, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}
    return made(DEPLOYMENT, "web", spec=spec, status={"observedGeneration": 1} | status)


DONE = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}


def pod(name: str = "web-1", meta: dict | None = None, ready: str = "False", **status: Any) -> Object[Any]:
    conditions = [{"type": "Ready", "status": ready, "message": "containers with unready status: [c]"}]
    status = {"phase": "Running", "conditions": conditions} | status
    return made(POD, name, meta=meta, spec=TEMPLATE["spec"], status=status)


def waiting(reason: str, message: str) -> dict:
    status = {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
    return status | {"state": {"waiting": {"reason": reason, "message": message}}}


def why(obj: Object[Any], around: Surroundings | None = None) -> tuple[str, str] | None:
    found = waits(obj, around or Surroundings())
    return None if found is None else (found.reason, found.message)


ROLLOUT = 'Waiting for deployment "web" rollout to finish: '


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (deployment(**DONE), None),
        (deployment(0, replicas=0), None),
        (
            deployment(**DONE | {"observedGeneration": 0}),
            ("Progressing", "Waiting for deployment spec update to be observed..."),
        ),
        (deployment(2, updatedReplicas=1), ("Progressing", ROLLOUT + "1 out of 2 new replicas have been updated...")),
        (
            deployment(**DONE | {"replicas": 3}),
            ("Progressing", ROLLOUT + "1 old replicas are pending termination..."),
        ),
        (
            deployment(**DONE | {"availableReplicas": 1}),
            ("Progressing", ROLLOUT + "1 of 2 updated replicas are available..."),
        ),
        (
            deployment(
                conditions=[{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "m"}]
            ),
            ("FailedCreate", "m"),
        ),
        (deployment(paused=True), ("DeploymentPaused", "Deployment is paused")),
    ],
)
def test_deployments(obj, expected):
    assert why(obj) == expected


def stateful_set(strategy: dict[str, Any] | None = None, **status: Any) -> Object[Any]:
    spec = {"replicas": 2, "serviceName": "", "selector": {"matchLabels": LABELS}, "template": TEMPLATE}
    if strategy is not None:
        spec["updateStrategy"] = strategy
    return made(STATEFUL_SET, "db", spec=spec, status={"observedGeneration": 1, "replicas": 2} | status)


def daemon_set(strategy: str = "RollingUpdate", **status: Any) -> Object[Any]:
    numbers = dict.fromkeys(("currentNumberScheduled", "numberMisscheduled", "numberReady"), 0)
    spec = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE, "updateStrategy": {"type": strategy}}
    status = numbers | {"observedGeneration": 1, "desiredNumberScheduled": 3} | status
    return made(DAEMON_SET, "agent", spec=spec, status=status)


ROLLED = {"readyReplicas": 2, "updatedReplicas": 2, "currentRevision": "a", "updateRevision": "a"}
SPREAD = 'Waiting for daemon set "agent" rollout to finish: '


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        (stateful_set(**ROLLED), None),
        (stateful_set(**ROLLED | {"observedGeneration": 0}), "Waiting for statefulset spec update to be observed..."),
        (stateful_set(**ROLLED | {"readyReplicas": 1}), "Waiting for 1 pods to be ready..."),
        (
            stateful_set(**ROLLED | {"updatedReplicas": 1, "updateRevision": "b"}),
            "waiting for statefulset rolling update to complete 1 pods at revision b...",
        ),
        (stateful_set({"type": "OnDelete"}, **ROLLED | {"updateRevision": "b"}), None),
        (
            stateful_set(
                {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
                **ROLLED | {"updatedReplicas": 0, "updateRevision": "b"},
            ),
            "Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...",
        ),
        (
            stateful_set(
                {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
                **ROLLED | {"updatedReplicas": 1, "updateRevision": "b"},
            ),
            None,
        ),
        (daemon_set(updatedNumberScheduled=3, numberAvailable=3), None),
        (daemon_set(observedGeneration=0), "Waiting for daemon set spec update to be observed..."),
        (daemon_set(updatedNumberScheduled=1), SPREAD + "1 out of 3 new pods have been updated..."),
        (
            daemon_set(updatedNumberScheduled=3, numberAvailable=2),
            SPREAD + "2 of 3 updated pods are available...",
        ),
        (daemon_set("OnDelete", updatedNumberScheduled=0, numberAvailable=3), None),
    ],
)
def test_stateful_sets_and_daemon_sets(obj, message):
    assert why(obj) == (None if message is None else ("Progressing", message))


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (pod(ready="True"), None),
        (pod(phase="Succeeded"), None),
        (pod(), ("NotReady", "containers with unready status: [c]")),
        (pod(phase="Pending", containerStatuses=[waiting("ErrImagePull", "why")]), ("ErrImagePull", "why")),
        (
            pod(
                phase="Pending",
                conditions=[
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
                ],
            ),
            ("Unschedulable", "0/3 nodes"),
        ),
        (pod(phase="Failed", reason="Evicted", message="too much"), ("Evicted", "too much")),
        (pod(meta={"deletionTimestamp": "2026-01-01T00:00:00Z"}, ready="True"), ("Terminating", "it is being deleted")),
    ],
)
def test_pods(obj, expected):
    assert why(obj) == expected


def test_a_workload_waits_for_the_worst_of_its_pods():
    web = deployment()
    replica_set = made(
        REPLICA_SET, "web-1", meta=owned_by(web), spec={"replicas": 2, "selector": {}}, status={"replicas": 2}
    )
    starting = pod("a", owned_by(replica_set), phase="Pending", containerStatuses=[waiting("ContainerCreating", "")])
    failing = pod(
        "b", owned_by(replica_set), phase="Pending", containerStatuses=[waiting("CrashLoopBackOff", "back-off 10s")]
    )
    around = Surroundings([starting, failing], [replica_set])
    assert stuck([web], around) == [
        Waiting("Deployment", "default", "web", "CrashLoopBackOff", "pod b: back-off 10s"),
        Waiting("Pod", "default", "a", "ContainerCreating", "containers with unready status: [c]"),
        Waiting("Pod", "default", "b", "CrashLoopBackOff", "back-off 10s"),
    ]
    assert why(replica_set, around) == ("CrashLoopBackOff", "pod b: back-off 10s")


def service(selector: dict | None = None, **spec: Any) -> Object[Any]:
    return made(SERVICE, "web", spec={"selector": LABELS if selector is None else selector, **spec})


def endpoints(*ready: bool) -> Object[Any]:
    ends = [{"addresses": ["127.244.0.1"], "conditions": {"ready": one}} for one in ready]
    meta = {"labels": {"kubernetes.io/service-name": "web"}}
    return made(ENDPOINT_SLICE, "web-x", meta=meta, addressType="IPv4", endpoints=ends)


LABELLED = pod(meta={"labels": LABELS})
PORTS = [{"name": "http", "containerPort": 8080}]
NAMED = made(POD, "web-2", meta={"labels": LABELS}, spec={"containers": [{"name": "c", "ports": PORTS}]}, status={})
STORED = made(replace(STATEFUL_SET, acted_on=False), "web", spec={"template": TEMPLATE})


@pytest.mark.parametrize(
    ("obj", "around", "expected"),
    [
        (service(), Surroundings(endpoint_slices=[endpoints(False, True)]), None),
        (service({}), Surroundings(), None),
        (service(type="ExternalName", externalName="a.b"), Surroundings(), None),
        (service(), Surroundings(), ("NoEndpoints", "no pod has the labels app=web")),
        (
            service(),
            Surroundings([LABELLED], endpoint_slices=[endpoints(False)]),
            ("NoReadyEndpoints", "none of the 1 pods with the labels app=web is ready"),
        ),
        (
            service(ports=[{"port": 80, "targetPort": "htpp"}]),
            Surroundings([NAMED], endpoint_slices=[endpoints(True)]),
            ("NoSuchPort", "no pod has a port called htpp, to which port 80 leads; their ports are called http"),
        ),
        (
            service(ports=[{"port": 80, "targetPort": "http"}]),
            Surroundings([NAMED], endpoint_slices=[endpoints(True)]),
            None,
        ),
        (service(), Surroundings(workloads=[deployment(0)]), None),
        (service(), Surroundings(workloads=[deployment(1)]), ("NoEndpoints", "no pod has the labels app=web")),
        (service(), Surroundings(workloads=[STORED]), None),
    ],
)
def test_services(obj, around, expected):
    assert why(obj, around) == expected


def test_kinds_that_are_only_stored_are_ready_at_once():
    assert why(STORED) is None


def test_namespaces():
    assert why(made(NAMESPACE, "a", status={"phase": "Active"})) is None
    assert why(made(NAMESPACE, "a", status={"phase": "Terminating"})) == ("Terminating", "the namespace is Terminating")


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], ("Running", "1 of 3 completions")),
        ([{"type": "Complete", "status": "True"}], None),
        ([{"type": "Suspended", "status": "True"}], None),
        (
            [{"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "m"}],
            ("DeadlineExceeded", "m"),
        ),
    ],
)
def test_jobs(conditions, expected):
    job = made(
        JOB, "j", spec={"completions": 3, "template": TEMPLATE}, status={"succeeded": 1, "conditions": conditions}
    )
    assert why(job) == expected
