"""Tables of what the server shows, for every kind and in every version it has."""

import pytest

from k9lite.api.kinds import BUILTIN
from k9lite.api.kinds import EVENT as EVENTS
from k9lite.client.protocol import WriteOptions

TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
METADATA = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}
EVENT = {
    "metadata": {"name": "e"},
    "reason": "Because",
    "message": "so it is",
    "type": "Normal",
    "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
    "firstTimestamp": "2026-01-01T00:00:00Z",
    "lastTimestamp": "2026-01-01T00:00:00Z",
    "count": 1,
}


@pytest.mark.parametrize(
    "kind", [kind for kind in BUILTIN if kind.stored], ids=lambda kind: kind.resource + kind.version
)
async def test_every_kind_has_a_table(http, kind):
    path = f"/apis/{kind.group}/{kind.version}/{kind.plural}" if kind.group else f"/api/{kind.version}/{kind.plural}"
    async with http.get(path, headers=TABLE) as response:
        table = await response.json()
    assert table["kind"] == "Table"
    assert table["columnDefinitions"]
    async with http.get(path, headers=METADATA) as response:
        assert (await response.json())["kind"] == "PartialObjectMetadataList"


@pytest.mark.parametrize("group", ["api/v1", "apis/events.k8s.io/v1"])
async def test_both_kinds_of_events_look_the_same(http, client, group):
    event = next(kind for kind in BUILTIN if (kind.group, kind.plural) == ("", "events"))
    await client.create(event, EVENT, "default", options=WriteOptions(validation="Ignore"))
    async with http.get(f"/{group}/namespaces/default/events", headers=TABLE) as response:
        [row] = (await response.json())["rows"]
    assert row["cells"][1:4] == ["Normal", "Because", "pod/p"]
    assert row["object"]["kind"] == "PartialObjectMetadata"


async def test_a_scale_has_a_table_of_its_own(http, client):
    deployment = next(kind for kind in BUILTIN if kind.resource == "deployments.apps")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    await client.create(deployment, {"metadata": {"name": "d"}, "spec": spec}, "default")
    async with http.get("/apis/apps/v1/namespaces/default/deployments/d/scale", headers=TABLE) as response:
        shown = await response.json()
    assert [column["name"] for column in shown["columnDefinitions"]] == ["Name", "Desired", "Available", "Age"]
    assert shown["rows"][0]["cells"][:3] == ["d", 3, 0]


@pytest.mark.parametrize("path", ["/api/v1/namespaces", "/apis/k9lite.dev/v1/clocks", "/apis/events.k8s.io/v1/events"])
async def test_items_of_a_list_do_not_repeat_its_type(http, client, path):
    await client.create(EVENTS, EVENT, "default")
    async with http.get(path) as response:
        found = await response.json()
    assert found["kind"].endswith("List")
    assert all(set(item) >= {"metadata"} and not {"kind", "apiVersion"} & set(item) for item in found["items"])
