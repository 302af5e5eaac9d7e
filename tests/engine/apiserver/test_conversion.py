"""Two versions, one storage: what is written through one is read through the other."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.client.protocol import PatchType, Selector, WriteOptions
from k9lite.engine.apiserver import conversion
from k9lite.engine.apiserver.local_client import LocalClient


def kind(api_version: str, name: str) -> Kind[Any]:
    found = Kinds().of(api_version, name)
    assert found is not None
    return found


NEW_EVENT = kind("events.k8s.io/v1", "Event")
OLD_AUTOSCALER = kind("autoscaling/v1", "HorizontalPodAutoscaler")

EVENT = {
    "metadata": {"name": "web.1"},
    "eventTime": "2026-01-01T00:00:00.000000Z",
    "reportingController": "kubelet",
    "reportingInstance": "node-1",
    "action": "Pulling",
    "reason": "Pulling",
    "type": "Normal",
    "note": "Pulling image",
    "regarding": {"kind": "Pod", "name": "web", "namespace": "default"},
}


async def test_events(client: LocalClient) -> None:
    since = (await client.list(NEW_EVENT)).revision
    made = await client.create(NEW_EVENT, EVENT, "default")
    assert made.view.note == "Pulling image"
    stored = (await client.get(kinds.EVENT, "web.1", "default")).view
    assert (stored.message, stored.involvedObject.name, stored.reportingComponent) == (
        "Pulling image",
        "web",
        "kubelet",
    )
    await client.patch(NEW_EVENT, "web.1", {"metadata": {"labels": {"seen": "yes"}}}, PatchType.MERGE, "default")
    selector = Selector("default", fields="regarding.name=web")
    assert [obj.view.note for obj in (await client.list(NEW_EVENT, selector)).items] == ["Pulling image"]
    async for batch in client.watch(NEW_EVENT, selector, since=since):
        assert [(event.type, event.object.view.note) for event in batch] == [
            ("ADDED", "Pulling image"),
            ("MODIFIED", "Pulling image"),
        ]
        break


async def test_autoscalers(client: LocalClient) -> None:
    spec = {
        "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"},
        "maxReplicas": 5,
        "targetCPUUtilizationPercentage": 60,
    }
    await client.create(OLD_AUTOSCALER, {"metadata": {"name": "web"}, "spec": spec}, "default")
    stored = await client.get(kinds.HORIZONTAL_POD_AUTOSCALER, "web", "default")
    [metric] = stored.data()["spec"]["metrics"]
    assert metric["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    shown = (await client.get(OLD_AUTOSCALER, "web", "default")).data()["spec"]
    assert shown == spec | {"minReplicas": 1}


@given(st.dictionaries(st.sampled_from(["note", "regarding", "reason", "type", "deprecatedCount"]), st.text()))
def test_events_survive_both_ways(data: dict[str, Any]) -> None:
    stored = conversion.inward(NEW_EVENT, kinds.EVENT, data)
    shown = conversion.outward(NEW_EVENT, kinds.EVENT, stored)
    assert {name: value for name, value in shown.items() if name in data} == data


async def test_an_event_of_the_old_version_has_no_time_in_the_new_one(client: LocalClient) -> None:
    body = {"metadata": {"name": "old"}, "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default"}}
    await client.create(kinds.EVENT, body, "default")
    [shown] = (await client.list(NEW_EVENT, Selector("default", fields="regarding.name=web"))).items
    assert shown.data()["eventTime"] is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"eventTime": None}, "eventTime: Required value"),
        ({"type": "Odd"}, 'type: Invalid value: "": has invalid value: Odd'),
        ({"deprecatedCount": 2}, 'count: Invalid value: "": needs to be unset'),
        ({"action": ""}, "action: Required value"),
        ({"reportingController": ""}, "[reportingController: Required value, reportingController: Invalid value: "),
        (
            {"series": {"count": 1, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}},
            'series.count: Invalid value: "": should be at least 2',
        ),
        (
            {"regarding": {"kind": "Pod", "namespace": ""}, "metadata": {"name": "x", "namespace": "kube-public"}},
            'involvedObject.namespace: Invalid value: "": does not match event.namespace',
        ),
    ],
)
async def test_the_new_version_is_stricter(client: LocalClient, change: dict[str, Any], why: str) -> None:
    namespace = change.get("metadata", {}).get("namespace", "default")
    with pytest.raises(StatusError) as error:
        await client.create(NEW_EVENT, EVENT | change, namespace)
    assert f"is invalid: {why}" in error.value.message


async def test_what_an_event_of_the_new_version_says_stays(client: LocalClient) -> None:
    await client.create(NEW_EVENT, EVENT, "default")
    with pytest.raises(StatusError, match=r"reason: Invalid value: .*: field is immutable"):
        await client.patch(NEW_EVENT, "web.1", {"reason": "Other"}, PatchType.MERGE, "default")
    series = {"count": 2, "lastObservedTime": "2026-01-01T00:01:00.000000Z"}
    await client.patch(NEW_EVENT, "web.1", {"series": series}, PatchType.MERGE, "default")


BEHAVIOR = {
    "scaleDown": {"stabilizationWindowSeconds": 60, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]}
}
SELECTOR = {"matchLabels": {"queue": "mail"}}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
METRICS: list[dict[str, Any]] = [
    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
    {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
    {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "5"}}},
    {
        "type": "Object",
        "object": {"describedObject": TARGET, "metric": {"name": "hits"}, "target": {"type": "Value", "value": "10"}},
    },
    {
        "type": "External",
        "external": {"metric": {"name": "depth", "selector": SELECTOR}, "target": {"type": "Value", "value": "30"}},
    },
    {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "app",
            "target": {"type": "Utilization", "averageUtilization": 70},
        },
    },
]
STATUS = {
    "currentReplicas": 2,
    "desiredReplicas": 3,
    "currentMetrics": [
        {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 9, "averageValue": "9m"}}},
        {
            "type": "Object",
            "object": {"describedObject": TARGET, "metric": {"name": "hits"}, "current": {"value": "7"}},
        },
    ],
    "conditions": [
        {"type": "AbleToScale", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z", "reason": "Ready"}
    ],
}
PREFIX = "autoscaling.alpha.kubernetes.io/"


def autoscaler(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web"}, "spec": {"scaleTargetRef": TARGET, "maxReplicas": 5, **spec}}


def in_order(metrics: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(metric, sort_keys=True) for metric in metrics)


async def test_what_the_first_version_has_no_field_for_survives_its_writes(client: LocalClient) -> None:
    kind = kinds.HORIZONTAL_POD_AUTOSCALER
    await client.create(kind, autoscaler(metrics=METRICS, behavior=BEHAVIOR), "default")
    await client.update(kind, autoscaler() | {"status": STATUS}, "default", subresource="status")
    before = (await client.get(kind, "web", "default")).data()
    shown = (await client.get(OLD_AUTOSCALER, "web", "default")).data()
    assert shown["spec"]["targetCPUUtilizationPercentage"] == 60
    assert shown["status"]["currentCPUUtilizationPercentage"] == 9
    annotations = shown["metadata"]["annotations"]
    assert annotations.keys() == {
        f"{PREFIX}{name}" for name in ("metrics", "behavior", "current-metrics", "conditions")
    }
    assert json.loads(annotations[f"{PREFIX}metrics"])[0] == {
        "type": "Resource",
        "resource": {"name": "memory", "targetAverageValue": "1Gi"},
    }
    assert json.loads(annotations[f"{PREFIX}behavior"])["ScaleDown"]["StabilizationWindowSeconds"] == 60
    shown["spec"]["maxReplicas"] = 7
    await client.update(OLD_AUTOSCALER, shown, "default")
    change = {"metadata": {"labels": {"seen": "yes"}}}
    await client.patch(OLD_AUTOSCALER, "web", change, PatchType.STRATEGIC, "default")
    after = (await client.get(kind, "web", "default")).data()
    assert after["spec"] | {"metrics": None, "maxReplicas": 5} == before["spec"] | {"metrics": None}
    assert after["spec"]["maxReplicas"] == 7
    assert in_order(after["spec"]["metrics"]) == in_order(before["spec"]["metrics"])
    assert after["status"] == before["status"]
    assert "annotations" not in after["metadata"]


@pytest.mark.parametrize(
    "text", ["", "{", "5", "[5]", '[{"type": 5}]', '[{"type": "Resource", "resource": {"name": 5}}]']
)
async def test_annotations_that_say_nothing_are_left_out(client: LocalClient, text: str) -> None:
    body = autoscaler()
    body["metadata"]["annotations"] = {f"{PREFIX}metrics": text, f"{PREFIX}behavior": text, "own": "kept"}
    await client.create(OLD_AUTOSCALER, body, "default")
    stored = (await client.get(kinds.HORIZONTAL_POD_AUTOSCALER, "web", "default")).data()
    [metric] = stored["spec"]["metrics"]
    assert metric["resource"]["target"]["averageUtilization"] == 80
    assert "behavior" not in stored["spec"]
    assert stored["metadata"]["annotations"] == {"own": "kept"}


async def test_every_write_is_owned_in_its_own_version(client: LocalClient) -> None:
    new, old = kinds.HORIZONTAL_POD_AUTOSCALER, OLD_AUTOSCALER
    body = autoscaler(targetCPUUtilizationPercentage=60)

    async def entries() -> dict[tuple[str, str], Any]:
        managed = (await client.get(new, "web", "default")).data()["metadata"]["managedFields"]
        return {(entry["manager"], entry["apiVersion"]): entry["fieldsV1"]["f:spec"] for entry in managed}

    await client.create(old, body, "default", options=WriteOptions(manager="maker"))
    assert (await entries())["maker", "autoscaling/v1"].keys() >= {"f:targetCPUUtilizationPercentage", "f:maxReplicas"}
    changed = autoscaler(maxReplicas=6, targetCPUUtilizationPercentage=60)
    await client.update(old, changed, "default", options=WriteOptions(manager="updater"))
    assert (await entries())["updater", "autoscaling/v1"] == {"f:maxReplicas": {}}
    patch = {"spec": {"minReplicas": 2}}
    await client.patch(old, "web", patch, PatchType.MERGE, "default", options=WriteOptions(manager="patcher"))
    assert (await entries())["patcher", "autoscaling/v1"] == {"f:minReplicas": {}}
    # A write in the other version takes the field from its owner, under the name that the owner's version has for it.
    await client.patch(new, "web", {"spec": {"metrics": METRICS[:1]}}, PatchType.MERGE, "default")
    assert "f:targetCPUUtilizationPercentage" in (await entries())["maker", "autoscaling/v1"]
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    patch = {"spec": {"metrics": [{"type": "Resource", "resource": cpu}]}}
    await client.patch(new, "web", patch, PatchType.MERGE, "default", options=WriteOptions(manager="newer"))
    assert "f:targetCPUUtilizationPercentage" not in (await entries())["maker", "autoscaling/v1"]
    assert (await entries())["newer", "autoscaling/v2"] == {"f:metrics": {}}
    with pytest.raises(StatusError) as error:
        await client.patch(
            old,
            "web",
            autoscaler(targetCPUUtilizationPercentage=50),
            PatchType.APPLY,
            "default",
            options=WriteOptions(manager="applier"),
        )
    assert 'conflicts with "newer" using autoscaling/v2:\n- .spec.metrics\n' in error.value.message
