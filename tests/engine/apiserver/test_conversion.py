"""Two versions, one storage: what is written through one is read through the other."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
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
    "eventTime": "2026-01-01T00:00:00.000000Z", "reportingController": "kubelet", "reportingInstance": "node-1",
    "action": "Pulling", "reason": "Pulling", "type": "Normal", "note": "Pulling image",
    "regarding": {"kind": "Pod", "name": "web", "namespace": "default"},
}  # fmt: skip


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
    await client.patch(NEW_EVENT, "web.1", {"note": "Pulled"}, PatchType.MERGE, "default")
    selector = Selector("default", fields="regarding.name=web")
    assert [obj.view.note for obj in (await client.list(NEW_EVENT, selector)).items] == ["Pulled"]
    async for batch in client.watch(NEW_EVENT, selector, since=since):
        assert [(event.type, event.object.view.note) for event in batch] == [
            ("ADDED", "Pulling image"), ("MODIFIED", "Pulled"),
        ]  # fmt: skip
        break


async def test_autoscalers(client: LocalClient) -> None:
    spec = {
        "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"},
        "maxReplicas": 5, "targetCPUUtilizationPercentage": 60,
    }  # fmt: skip
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
