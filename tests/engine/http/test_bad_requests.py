"""What is no proper request gets a clear Status, and the server goes on."""

import asyncio
import io
import json
import re

import pytest
from yarl import URL

from k9lite.api import kinds
from k9lite.engine.http import connections

PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"
JSON = {"Content-Type": "application/json"}
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token"
PROTOBUF = {"Content-Type": "application/vnd.kubernetes.protobuf"}
NAMED_M, OTHER_KIND = b'{"metadata":{"name":"m"}}', b'{"kind":"Secret","metadata":{"name":"m"}}'
NOT_ALLOWED = "the server does not allow this method on the requested resource"
NOT_FOUND = "the server could not find the requested resource"


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "code", "reason", "message"),
    [
        ("GET", "/api/v1/nope", None, {}, 404, "NotFound", NOT_FOUND),
        ("PATCH", "/apis/apps/v1/namespaces/default/daemonsets/d/scale", None, {}, 404, "NotFound", NOT_FOUND),
        ("GET", f"{PODS}/p/nope", None, {}, 404, "NotFound", NOT_FOUND),
        ("GET", f"{PODS}/p", None, {}, 404, "NotFound", 'pods "p" not found'),
        ("POST", f"{PODS}/p", b"{}", JSON, 405, "MethodNotAllowed", NOT_ALLOWED),
        ("PUT", PODS, b"{}", JSON, 405, "MethodNotAllowed", NOT_ALLOWED),
        ("OPTIONS", PODS, None, {}, 405, "MethodNotAllowed", NOT_ALLOWED),
        ("GET", REVIEWS, None, {}, 405, "MethodNotAllowed", NOT_ALLOWED),
        ("DELETE", f"{PODS}/p/status", None, {}, 405, "MethodNotAllowed", NOT_ALLOWED),
        ("POST", PODS, b"{bad", JSON, 400, "BadRequest", "invalid JSON"),
        ("POST", PODS, b"[]", JSON, 400, "BadRequest", "couldn't get version/kind"),
        ("POST", PODS, b"\xff\xfe", JSON, 400, "BadRequest", "invalid JSON"),
        ("POST", PODS, b"[" * 100_000, JSON, 400, "BadRequest", "invalid JSON"),
        ("POST", MAPS, b"no gzip", {**JSON, "Content-Encoding": "gzip"}, 400, "BadRequest", "cannot be decoded"),
        ("POST", MAPS, b"no zlib", {**JSON, "Content-Encoding": "deflate"}, 400, "BadRequest", ""),
        ("POST", PODS, b"a: [", {"Content-Type": "application/yaml"}, 400, "BadRequest", "error converting YAML"),
        ("POST", PODS, b"<a/>", {"Content-Type": "text/xml"}, 415, "UnsupportedMediaType", "unknown format"),
        ("POST", PODS, b"k8s\0\x0a\xff", PROTOBUF, 400, "BadRequest", ""),
        ("PATCH", f"{PODS}/p", b"{}", JSON, 415, "UnsupportedMediaType", "application/merge-patch+json"),
        ("GET", PODS, None, {"Accept": "text/html"}, 406, "NotAcceptable", "media types"),
        ("GET", f"{PODS}?limit=x", None, {}, 400, "BadRequest", 'parsing "x": invalid syntax'),
        ("GET", f"{PODS}?labelSelector=a%3D%3D%3D", None, {}, 400, "BadRequest", "unable to parse requirement"),
        ("GET", f"{PODS}?fieldSelector=spec.nope%3D1", None, {}, 400, "BadRequest", "field label not supported"),
        ("GET", f"{PODS}?resourceVersion=x", None, {}, 422, "Invalid", "invalid syntax"),
        ("GET", f"{PODS}?resourceVersion=99999", None, {}, 504, "Timeout", "Too large resource version: 99999"),
        ("GET", f"{PODS}?resourceVersion=0&resourceVersionMatch=Exact", None, {}, 422, "Invalid", "forbidden"),
        ("GET", f"{PODS}?watch=1&sendInitialEvents=true", None, {}, 422, "Invalid", "NotOlderThan"),
        ("GET", f"{PODS}?sendInitialEvents=true", None, {}, 422, "Invalid", "sendInitialEvents is forbidden for list"),
        ("GET", f"{PODS}?continue=x&resourceVersion=1", None, {}, 400, "BadRequest", "not allowed when using continue"),
        ("GET", f"{PODS}?continue=x", None, {}, 400, "BadRequest", "continue key is not valid"),
        ("POST", f"{MAPS}?dryRun=Some", NAMED_M, JSON, 422, "Invalid", 'supported values: "All"'),
        ("POST", f"{MAPS}?fieldValidation=Some", NAMED_M, JSON, 422, "Invalid", "supported values"),
        ("POST", MAPS, OTHER_KIND, JSON, 400, "BadRequest", "does not match"),
        ("PUT", f"{MAPS}/a", b'{"metadata":{"name":"b"}}', JSON, 400, "BadRequest", "does not match the name"),
        ("PUT", f"{MAPS}/a", b'{"metadata":3}', JSON, 400, "BadRequest", "metadata"),
        ("POST", TOKEN, b'{"spec":3}', JSON, 400, "BadRequest", ""),
        ("POST", f"{PODS}/p/eviction", b'{"metadata":[]}', JSON, 400, "BadRequest", ""),
        ("GET", "/version", None, {"Host": "evil.example"}, 403, "Forbidden", "host name"),
        ("GET", "/version", None, {"Host": "127.0.0.1.evil.example"}, 403, "Forbidden", "host name"),
        ("GET", PODS, None, {"Host": "127.96.0.1:443", "Authorization": "Bearer guess"}, 401, "Unauthorized", ""),
        (
            "GET",
            PODS,
            None,
            {"Host": "kubernetes.default.svc.cluster.local", "Authorization": "Bearer guess"},
            401,
            "Unauthorized",
            "",
        ),
        ("GET", PODS, None, {"Origin": "https://127.96.0.1"}, 403, "Forbidden", "web pages"),
        ("GET", PODS, None, {"Origin": "https://evil.example"}, 403, "Forbidden", "web pages"),
        ("GET", PODS, None, {"Authorization": "Bearer guess"}, 401, "Unauthorized", "Unauthorized"),
        ("GET", PODS, None, {"Authorization": "Basic eDp5"}, 401, "Unauthorized", "Unauthorized"),
    ],
)
async def test_a_refusal(http, method, path, body, headers, code, reason, message):
    async with http.request(method, path, data=body, headers=headers) as response:
        status = await response.json()
    assert (response.status, status["kind"], status["code"], status["reason"]) == (code, "Status", code, reason)
    assert message in status["message"]


@pytest.mark.parametrize(
    "path", ["/api/v1/namespaces/../pods", "/api/v1/namespaces/%2e%2e/pods", "/api//v1/pods", f"{PODS}/a%2fb"]
)
async def test_paths_that_lead_astray(http, endpoint, path):
    async with http.get(URL(endpoint.url + path, encoded=True)) as response:
        assert response.status == 400
        assert (await response.json())["message"] == "the path of the request is not well-formed"


async def test_a_body_beyond_all_measure(http):
    async with http.post(PODS, data=io.BytesIO(b" " * (50 << 20)), headers=JSON) as response:
        assert response.status == 413
        assert (await response.json())["reason"] == "RequestEntityTooLarge"
    async with http.get("/readyz") as response:
        assert await response.text() == "ok"


@pytest.mark.parametrize(
    "junk",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n",
        b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"x" * 100_000),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: %s\r\n\r\n" % (b"x" * 100_000),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
async def test_junk_is_answered_and_the_connection_closed(endpoint, http, junk):
    url = URL(endpoint.url)
    reader, writer = await asyncio.open_connection(url.host, url.port, ssl=endpoint.tls())
    writer.write(junk)
    answer = await reader.read()
    writer.close()
    assert answer.split()[1] in (b"400", b"401")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["kind"] == "Status"
    async with http.get("/readyz") as response:
        assert response.status == 200


async def test_a_client_may_leave_at_any_point(endpoint, http):
    url = URL(endpoint.url)
    for part in (b"", b"GET ", b"POST /api/v1/pods HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"):
        _, writer = await asyncio.open_connection(url.host, url.port, ssl=endpoint.tls())
        writer.write(part)
        await writer.drain()
        writer.transport.abort()
    async with http.get("/readyz") as response:
        assert response.status == 200


@pytest.mark.parametrize("parts", [[], [b"GET / HT"], [b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /"]])
async def test_a_request_that_never_comes_to_its_point_is_cut_off(endpoint, http, monkeypatch, parts):
    monkeypatch.setattr(connections, "WHOLE_HEAD", 0.05)
    url = URL(endpoint.url)
    reader, writer = await asyncio.open_connection(url.host, url.port, ssl=endpoint.tls())
    for number, part in enumerate(parts):
        if number:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
        writer.write(part)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()


async def test_a_request_that_is_answered_slowly_is_not_cut_off(http, monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_HEAD", 0.05)
    async with http.get(MAPS, params={"watch": "true", "resourceVersion": "1", "timeoutSeconds": "1"}) as response:
        assert response.status == 200
        await response.read()
    async with http.get("/readyz") as response:
        assert response.status == 200


async def test_a_large_body_waits_until_it_is_wanted(http):
    body = json.dumps({"metadata": {"name": "large"}, "data": {"a": "x" * 900_000}}).encode()
    async with http.post(MAPS, data=body, headers=JSON, expect100=True) as response:
        assert response.status == 201
    async with http.head(f"{MAPS}/large") as response:
        assert (response.status, await response.read()) == (200, b"")
    async with http.get(f"{MAPS}/large") as response:
        assert len((await response.json())["data"]["a"]) == 900_000


async def test_reading_endpoints_comes_with_a_warning(http):
    async with http.get("/api/v1/endpoints") as response:
        assert response.headers["Warning"].startswith('299 - "v1 Endpoints is deprecated in v1.33+')


@pytest.mark.parametrize("path", ["/nope", "/livez/nope", "/apis/apps/v9/deployments", "/apis/nope.example/v1/nopes"])
async def test_paths_of_no_group_are_answered_as_by_any_go_server(http, path):
    async with http.get(path) as response:
        assert (response.status, await response.text()) == (404, "404 page not found\n")


async def test_tokens_of_service_accounts_are_taken_until_their_account_is_gone(http, client):
    path = "/api/v1/namespaces/default/serviceaccounts/reader"
    await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "reader"}}, "default")
    async with http.post(f"{path}/token", json={"spec": {}}) as response:
        token = (await response.json())["status"]["token"]
    for bearer, expected in ((token, 200), (token[:-2] + "xx", 401), ("a.b.c", 401)):
        async with http.get(PODS, headers={"Authorization": f"Bearer {bearer}"}) as response:
            assert response.status == expected
    await client.delete(kinds.SERVICE_ACCOUNT, "reader", "default")
    async with http.get(PODS, headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 401
