"""Two versions, one storage: what is written through one is read through the other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.client.protocol import PatchType, Selector
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
