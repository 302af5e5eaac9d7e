"""POST: names, what the server owns, what admission adds."""

import re
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.client.protocol import DEFAULT_DELETE as WITHOUT
from k9lite.client.protocol import WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

PODS = Request(kinds.POD, "default")


def kind_called(resource: str) -> Kind[Any]:
    return next(kind for kind in kinds.BUILTIN if kind.resource == resource)


def pod(name: str = "web", **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}]} | spec}


def test_what_the_server_owns_is_not_taken_from_the_client(server: ApiServer) -> None:
    body = pod()
    body["metadata"] |= {"uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z", "generation": 7}
    body["status"] = {"phase": "Running"}
    made = server.create(PODS, body)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.uid)
    assert made.meta.creationTimestamp == "2025-06-15T15:06:40Z"
    assert made.meta.generation == 1
    assert made.data()["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_generated_names(server: ApiServer) -> None:
    body = pod()
    body["metadata"] = {"generateName": "web-" + "x" * 60}
    names = {server.create(PODS, body).name for _ in range(5)}
    assert len(names) == 5
    for name in names:
        assert re.fullmatch(r"web-x{54}[bcdfghjklmnpqrstvwxz2456789]{5}", name)


def test_a_job_selects_its_own_pods(server: ApiServer) -> None:
    job = kind_called("jobs.batch")
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}
    made = server.create(
        Request(job, "default"), {"metadata": {"generateName": "sum-"}, "spec": {"template": template}}
    )
    spec = made.data()["spec"]
    assert spec["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": made.uid}}
    assert spec["template"]["metadata"]["labels"] == {
        "batch.kubernetes.io/job-name": made.name,
        "job-name": made.name,
        "batch.kubernetes.io/controller-uid": made.uid,
        "controller-uid": made.uid,
    }
    assert made.labels == spec["template"]["metadata"]["labels"]  # it was given none
    by_hand = {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}}
    labelled = template | {"metadata": {"labels": {"a": "b"}}}
    kept = server.create(
        Request(job, "default"), {"metadata": {"name": "mine"}, "spec": by_hand | {"template": labelled}}
    )
    assert kept.data()["spec"]["selector"] == by_hand["selector"]


def test_what_is_only_tried_has_a_uid_but_no_revision(server: ApiServer) -> None:
    tried = server.create(Request(kinds.POD, "default", options=WriteOptions(dry_run=True)), pod())
    assert tried.uid
    assert "resourceVersion" not in tried.data()["metadata"]


def test_a_pod_is_completed_by_admission(server: ApiServer) -> None:
    spec = server.create(PODS, pod()).data()["spec"]
    assert spec["serviceAccountName"] == spec["serviceAccount"] == "default"
    assert spec["priority"] == 0
    assert spec["preemptionPolicy"] == "PreemptLowerPriority"
    assert spec["tolerations"] == [
        {"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for why in ("not-ready", "unreachable")
    ]
    [volume] = spec["volumes"]
    assert re.fullmatch(r"kube-api-access-[a-z0-9]{5}", volume["name"])
    assert volume["projected"]["sources"][0] == {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": volume["name"], "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    ]


def test_no_token_where_it_is_not_wanted(server: ApiServer) -> None:
    spec = server.create(PODS, pod(automountServiceAccountToken=False)).data()["spec"]
    assert "volumes" not in spec
    assert "volumeMounts" not in spec["containers"][0]


def test_a_gated_pod_says_so(server: ApiServer) -> None:
    [condition] = server.create(PODS, pod(schedulingGates=[{"name": "a.com/b"}])).data()["status"]["conditions"]
    assert (condition["type"], condition["status"], condition["reason"]) == ("PodScheduled", "False", "SchedulingGated")


def test_a_new_node_is_not_ready(server: ApiServer) -> None:
    node = server.create(Request(kinds.NODE, ""), {"metadata": {"name": "n"}})
    assert node.data()["spec"]["taints"] == [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]


@pytest.mark.parametrize(
    ("kind", "namespace", "body", "message"),
    [
        (kinds.POD, "nowhere", pod(), 'namespaces "nowhere" not found'),
        (kinds.POD, "default", pod("taken"), 'pods "taken" already exists'),
        (
            kinds.POD,
            "default",
            {"metadata": {}, "spec": pod()["spec"]},
            'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
        ),
        (
            kinds.POD,
            "default",
            pod() | {"metadata": {"name": "a", "namespace": "other"}},
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (
            kinds.POD,
            "default",
            pod(serviceAccountName="ghost"),
            'pods "web" is forbidden: error looking up service account default/ghost: serviceaccount "ghost" not found',
        ),
        (
            kinds.POD,
            "default",
            pod(priorityClassName="urgent"),
            'pods "web" is forbidden: no PriorityClass with name urgent was found',
        ),
        (
            kinds.DEPLOYMENT,
            "default",
            {"apiVersion": "apps/v1beta1", "metadata": {"name": "a"}},
            "the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)",
        ),
        (
            kinds.POD,
            "default",
            pod(colour="red"),
            'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.colour"',
        ),
    ],
)
def test_refusals(server: ApiServer, kind: Kind[Any], namespace: str, body: dict[str, Any], message: str) -> None:
    server.create(PODS, pod("taken"))
    with pytest.raises(StatusError) as refusal:
        server.create(Request(kind, namespace), body)
    assert refusal.value.message == message


def test_nothing_new_in_a_terminating_namespace(server: ApiServer) -> None:
    server.create(Request(kinds.NAMESPACE, ""), {"metadata": {"name": "old"}})
    assert server.delete(Request(kinds.NAMESPACE, "", "old"), WITHOUT).view.status.phase == "Terminating"
    with pytest.raises(StatusError) as refusal:
        server.create(Request(kinds.CONFIG_MAP, "old"), {"metadata": {"name": "a"}})
    assert refusal.value.message == (
        'configmaps "a" is forbidden: unable to create new content in namespace old because it is being terminated'
    )
    assert [(cause.reason, cause.field) for cause in refusal.value.causes] == [
        ("NamespaceTerminating", "metadata.namespace")
    ]


def test_a_dry_run_stores_nothing(server: ApiServer) -> None:
    before = server.revision
    made = server.create(Request(kinds.POD, "default", options=WriteOptions(dry_run=True)), pod())
    assert made.uid
    assert server.revision == before
    with pytest.raises(StatusError, match="not found"):
        server.get(kinds.POD, made.key)


def test_warnings_are_told(server: ApiServer) -> None:
    warnings: list[str] = []
    options = WriteOptions(validation="Warn", warnings=warnings)
    server.create(Request(kinds.POD, "default", options=options), pod(colour="red"))
    assert warnings == ['unknown field "spec.colour"']


@pytest.mark.parametrize(
    ("own", "pods", "stored"),
    [
        ({}, {}, {"job-name", "controller-uid"}),
        ({}, {"app": "a"}, {"app", "job-name", "controller-uid"}),
        ({"app": "a"}, {"app": "a"}, {"app"}),
        ({"team": "b"}, {}, {"team"}),
    ],
)
def test_only_a_job_without_labels_gets_those_of_its_pods(
    server: ApiServer, own: dict[str, str], pods: dict[str, str], stored: set[str]
) -> None:
    template = pod(restartPolicy="Never") | {"metadata": {"labels": pods}}
    body = {"metadata": {"name": "j", "labels": own}, "spec": {"template": template}}
    job = server.create(Request(kinds.JOB, "default"), body)
    assert {name for name in job.labels if not name.startswith("batch.kubernetes.io/")} == stored
