"""What paths and queries mean: watches by flag and by path, the issuer, versions, categories."""

import json

import pytest

from k9lite.api import kinds
from k9lite.api.cause import Cause

CAUSE = Cause("tester", "test")
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture(autouse=True)
async def made(client):
    for name in ("a", "b"):
        await client.create(kinds.CONFIG_MAP, {"metadata": {"name": name}}, "default", cause=CAUSE)


async def first_line(http, path):
    async with http.get(path) as response:
        assert response.status == 200
        return json.loads(await response.content.readline())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{CONFIG_MAPS}?watch", "a"),
        (f"{CONFIG_MAPS}?watch=yes", "a"),
        (f"{CONFIG_MAPS}?watch=True", "a"),
        ("/api/v1/watch/configmaps?fieldSelector=metadata.name%3Db", "b"),
        ("/api/v1/watch/namespaces/default/configmaps", "a"),
        ("/api/v1/watch/namespaces/default/configmaps/b", "b"),
        (
            "/apis/apps/v1/watch/deployments?watch=false&allowWatchBookmarks=true&sendInitialEvents=true"
            "&resourceVersionMatch=NotOlderThan",
            None,
        ),
    ],
)
async def test_what_is_a_watch(http, path, name):
    event = await first_line(http, path)
    assert (event["type"], event["object"]["metadata"].get("name")) == ("ADDED" if name else "BOOKMARK", name)


@pytest.mark.parametrize("query", ["watch=0", "watch=false", "watch=False", "limit=1"])
async def test_what_is_a_list(http, query):
    assert (await first_line(http, f"{CONFIG_MAPS}?{query}"))["kind"] == "ConfigMapList"


async def test_one_object_by_its_name_is_never_watched(http):
    assert (await first_line(http, f"{CONFIG_MAPS}/b?watch=1"))["kind"] == "ConfigMap"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/watch/configmaps", 405),
        ("GET", "/api/v1/watch/pods/log", 404),
        ("GET", "/api/v1/watch/componentstatuses", 404),
        ("GET", "/api/v1/componentstatuses?watch=1", 405),
        ("GET", f"{CONFIG_MAPS}?resourceVersion=\u00b2", 422),
        ("GET", f"{CONFIG_MAPS}?limit=1_0", 400),
    ],
)
async def test_what_is_refused(http, method, path, status):
    async with http.request(method, path) as response:
        assert response.status == status


async def test_whoever_checks_tokens_finds_the_issuer_and_its_keys(http, client, endpoint):
    async with http.get("/.well-known/openid-configuration") as response:
        configuration = await response.json()
    assert configuration["issuer"] == "https://kubernetes.default.svc.cluster.local"
    async with http.get(configuration["jwks_uri"].removeprefix(endpoint.url)) as response:
        assert response.headers["Content-Type"] == "application/jwk-set+json"
        assert json.loads(await response.read()) == client.key_set()
    assert configuration["id_token_signing_alg_values_supported"] == [client.key_set()["keys"][0]["alg"]]


async def test_kinds_that_extend_the_api_are_a_category(http):
    async with http.get("/apis/admissionregistration.k8s.io/v1") as response:
        resources = (await response.json())["resources"]
    assert all(one["categories"] == ["api-extensions"] for one in resources if "/" not in one["name"])


async def test_a_continue_token_expires_when_history_is_compacted_and_another_goes_on(http, client, clock):
    async with http.get(CONFIG_MAPS, params={"limit": "1"}) as response:
        token = (await response.json())["metadata"]["continue"]
    for minutes in (1, 5, 5):
        await client.create(kinds.CONFIG_MAP, {"metadata": {"name": f"c{clock.now()}"}}, "default", cause=CAUSE)
        await clock.advance(minutes * 60)
    async with http.get(CONFIG_MAPS, params={"limit": "1", "continue": token}) as response:
        refused = await response.json()
    assert (response.status, refused["reason"]) == (410, "Expired")
    query = {"continue": refused["metadata"]["continue"], "limit": "1"}
    async with http.get(CONFIG_MAPS, params=query) as response:
        assert [item["metadata"]["name"] for item in (await response.json())["items"]] == ["b"]


async def test_events_are_found_by_the_component_that_reports_them(client, http):
    for name, fields in (("old", {"source": {"component": "kubelet"}}), ("new", {"reportingComponent": "kubelet"})):
        body = {"metadata": {"name": name}, "involvedObject": {"namespace": "default"}} | fields
        if name == "new":
            body |= {
                "eventTime": "2025-01-01T00:00:00.000000Z",
                "action": "a",
                "reason": "r",
                "type": "Normal",
                "reportingInstance": "i",
            }
        await client.create(kinds.EVENT, body, "default", cause=CAUSE)
    async with http.get("/api/v1/namespaces/default/events", params={"fieldSelector": "source=kubelet"}) as response:
        assert {item["metadata"]["name"] for item in (await response.json())["items"]} == {"old", "new"}


async def test_metrics_count_requests_and_objects_under_the_names_of_kubernetes(http):
    async with http.get(CONFIG_MAPS):
        pass
    async with http.get(f"{CONFIG_MAPS}/none"):
        pass
    async with http.get(f"{CONFIG_MAPS}?watch=1") as watch:
        await watch.content.readline()
        async with http.get("/metrics") as response:
            assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            lines = (await response.text()).splitlines()
    place = 'group="",resource="configmaps"'
    assert any(line.startswith(f"apiserver_resource_objects{{{place}}} 2") for line in lines)
    requests = [line for line in lines if line.startswith("apiserver_request_total")]
    for verb, scope, code in (("LIST", "namespace", 200), ("GET", "resource", 404)):
        (line,) = [line for line in requests if f'verb="{verb}"' in line and f'code="{code}"' in line]
        assert f'scope="{scope}"' in line
        assert line.endswith(" 1.0")
    (watching,) = [line for line in lines if line.startswith("apiserver_longrunning_requests{")]
    assert 'verb="watch"' in watching
    assert watching.endswith(" 1.0")
    assert any(line.startswith("apiserver_request_duration_seconds_bucket") for line in lines)
    assert any(line.startswith("kubernetes_build_info{") for line in lines)
