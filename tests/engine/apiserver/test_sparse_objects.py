"""Objects that say little: what is stored of them can be read, and what may not be stored is refused in words."""

import re
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver.server import ApiServer

CONDITION: Data = {"status": {"conditions": [{"type": "x", "status": "True"}]}}


def create(server: ApiServer, kind: str, **body: Any) -> Object[Any]:
    found = server.kinds.named(kind)
    assert found is not None
    request = server.request(found, "default" if found.namespaced else "")
    return server.create(request, {"metadata": {"name": "a"}} | body)


def test_a_condition_of_a_service_without_a_time_has_null(server: ApiServer) -> None:
    create(server, "services", spec={"ports": [{"port": 80}]})
    request = server.request(kinds.SERVICE, "default", "a", "status")
    patched = server.patch(request, CONDITION, PatchType.MERGE)
    assert patched.data()["status"]["conditions"] == [
        {"type": "x", "status": "True", "reason": "", "message": "", "lastTransitionTime": None}
    ]
    assert patched.view.status.conditions[0].lastTransitionTime is None
    changed = server.patch(
        server.request(kinds.SERVICE, "default", "a"), {"spec": {"type": "NodePort"}}, PatchType.MERGE
    )
    assert changed.view.spec.type == "NodePort"


def test_a_condition_of_a_budget_without_a_time_is_refused(server: ApiServer) -> None:
    create(server, "poddisruptionbudgets", spec={"selector": {}})
    request = server.request(kinds.POD_DISRUPTION_BUDGET, "default", "a", "status")
    missing = "[status.conditions[0].lastTransitionTime: Required value: must be set, "
    with pytest.raises(StatusError, match=re.escape(f"{missing}status.conditions[0].reason: Required value: must be")):
        server.patch(request, CONDITION, PatchType.MERGE)


def test_an_event_that_is_about_nothing_can_be_read(server: ApiServer) -> None:
    create(
        server,
        "events.v1.events.k8s.io",
        eventTime="2026-01-01T00:00:00.000000Z",
        reportingController="a.b/c",
        reportingInstance="i",
        action="x",
        reason="r",
        type="Normal",
    )
    [event] = server.select(kinds.EVENT).items
    assert event.view.involvedObject.name is None


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("flowschemas", {}, "spec.priorityLevelConfiguration.name: Required value: must reference a priority level"),
        ("prioritylevelconfigurations", {}, 'supported values: "Exempt", "Limited"'),
        ("prioritylevelconfigurations", {"type": "Limited"}, "must not be empty when type is Limited"),
        ("prioritylevelconfigurations", {"type": "Exempt"}, "type must be 'Exempt' if and only if name is 'exempt'"),
    ],
)
def test_flow_control_without_a_level_is_refused(server: ApiServer, kind: str, spec: Data, message: str) -> None:
    with pytest.raises(StatusError, match=re.escape(message)):
        create(server, kind, spec=spec)


def test_a_pod_is_evicted_beside_a_budget_without_a_spec(server: ApiServer, running: Any) -> None:
    create(server, "poddisruptionbudgets")
    running("web")
    request = server.request(kinds.POD, "default", "web", "eviction")
    assert server.create_subresource(request, {"metadata": {"name": "web"}})["code"] == 201


def test_tolerations_of_failing_nodes_come_back_when_a_change_leaves_them_out(server: ApiServer, running: Any) -> None:
    pod = running("web").data()
    own = {"key": "a", "operator": "Exists"}
    before = pod["spec"].pop("tolerations")
    for name in ("priority", "preemptionPolicy"):
        pod["spec"].pop(name)
    pod["spec"]["tolerations"] = [own]
    updated = server.update(server.request(kinds.POD, "default", "web"), pod)
    assert updated.data()["spec"]["tolerations"] == [own, *before]
    assert updated.view.spec.priority == 0


def test_the_zero_time_of_go_is_none(server: ApiServer) -> None:
    lease = create(server, "leases", spec={"renewTime": "0001-01-01T00:00:00.000000Z", "leaseDurationSeconds": 1})
    assert "renewTime" not in lease.data()["spec"]


def test_an_autoscaler_of_the_first_version_is_applied_by_its_own_schema(server: ApiServer) -> None:
    kind = server.kinds.of("autoscaling/v1", "HorizontalPodAutoscaler")
    assert kind is not None
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}
    body = {"apiVersion": "autoscaling/v1", "kind": kind.kind, "metadata": {"name": "web"}, "spec": spec}
    request = server.request(kind, "default", "web", options=WriteOptions(manager="test"))
    applied = server.patch(request, body, PatchType.APPLY)
    assert applied.data()["spec"]["targetCPUUtilizationPercentage"] == 50
    [entry] = applied.data()["metadata"]["managedFields"]
    assert entry["apiVersion"] == "autoscaling/v1"
    assert "f:targetCPUUtilizationPercentage" in entry["fieldsV1"]["f:spec"]
    [stored] = server.select(kinds.HORIZONTAL_POD_AUTOSCALER).items
    assert stored.view.spec.metrics[0].resource.target.averageUtilization == 50
    assert server.patch(request, body, PatchType.APPLY).revision == applied.revision
