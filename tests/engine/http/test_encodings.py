"""Answers in JSON, YAML and protobuf, as clients accept them."""

import gzip

import aiohttp
import msgspec
import pytest
import yaml

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.kinds import BUILTIN
from k9lite.engine.http.wire import protobuf
from k9lite.engine.http.wire.protobuf.raw import delimited

CAUSE = Cause("tester", "test")
PROTOBUF = "application/vnd.kubernetes.protobuf"
PATH = "/api/v1/namespaces/default/configmaps"
METADATA = ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "lamps.home.example"},
    "spec": {
        "group": "home.example",
        "scope": "Namespaced",
        "names": {"plural": "lamps", "kind": "Lamp"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}


async def make(client, name="m", data=None):
    return await client.create(
        kinds.CONFIG_MAP, {"metadata": {"name": name}, "data": data or {"a": "1"}}, "default", cause=CAUSE
    )


async def answer(http, path, accept, **options):
    async with http.get(path, headers={"Accept": accept}, **options) as response:
        return response.status, response.headers["Content-Type"], await response.read()


async def test_protobuf_alone_is_answered_for_one_for_many_and_for_none(client, http):
    made = await make(client)
    status, type, body = await answer(http, f"{PATH}/m", PROTOBUF)
    assert (status, type, protobuf.decode(body)) == (200, PROTOBUF, made.data())
    status, type, body = await answer(http, PATH, PROTOBUF)
    listed = protobuf.decode(body)
    assert (status, listed["kind"], [item["data"] for item in listed["items"]]) == (200, "ConfigMapList", [{"a": "1"}])
    status, type, body = await answer(http, f"{PATH}/none", PROTOBUF)
    refused = protobuf.decode(body)
    assert (status, type, refused["reason"], refused["code"]) == (404, PROTOBUF, "NotFound", 404)


async def test_a_watch_in_protobuf_is_frames(client, http):
    made = await make(client)
    accept = f"{PROTOBUF};stream=watch"
    async with http.get(PATH, params={"watch": "true"}, headers={"Accept": accept}) as response:
        assert response.headers["Content-Type"] == accept
        length = int.from_bytes(await response.content.readexactly(4), "big")
        frame = await response.content.readexactly(length)
    head = b"\x0a\x05ADDED"
    assert frame.startswith(head)
    envelope = frame[frame.index(b"k8s\0") :]
    assert protobuf.decode(envelope) == made.data()
    assert frame[len(head) :] == delimited(2, delimited(1, envelope))


async def test_metadata_alone_comes_in_protobuf_for_every_kind(client, http):
    await make(client)
    _, _, body = await answer(http, PATH, PROTOBUF + METADATA)
    listed = protobuf.decode(body)
    assert listed["kind"] == "PartialObjectMetadataList"
    assert [item["metadata"]["name"] for item in listed["items"]] == ["m"]


async def test_a_table_has_no_protobuf(client, http):
    await make(client)
    table = ";as=Table;g=meta.k8s.io;v=v1"
    status, _, body = await answer(http, PATH, PROTOBUF + table)
    assert status == 406
    assert "does not implement the protobuf marshalling interface" in msgspec.json.decode(body)["message"]
    status, _, body = await answer(http, PATH, f"application/json{table},{PROTOBUF}")
    assert (status, msgspec.json.decode(body)["kind"]) == (200, "Table")


async def test_custom_resources_are_json_or_yaml_and_their_metadata_anything(client, http):
    definition = next(kind for kind in BUILTIN if kind.kind == "CustomResourceDefinition")
    await client.create(definition, DEFINITION, cause=CAUSE)
    path = "/apis/home.example/v1/namespaces/default/lamps"
    status, _, body = await answer(http, path, PROTOBUF)
    refused = protobuf.decode(body)
    assert (status, refused["message"]) == (
        406,
        f"only the following media types are accepted: application/json, application/yaml, {PROTOBUF}",
    )
    assert (await answer(http, path, f"{PROTOBUF},application/json"))[:2] == (200, "application/json")
    status, _, body = await answer(http, path, PROTOBUF + METADATA)
    assert (status, protobuf.decode(body)["kind"]) == (200, "PartialObjectMetadataList")


async def test_yaml_is_answered_but_not_watched(client, http):
    made = await make(client, data={"n": "1", "t": "2026-01-02", "b": "yes", "e": "1e3"})
    status, type, body = await answer(http, f"{PATH}/m", "application/yaml")
    assert (status, type) == (200, "application/yaml")
    assert yaml.safe_load(body)["data"] == made.data()["data"]
    listed = yaml.safe_load((await answer(http, PATH, "application/yaml"))[2])
    assert (listed["kind"], [item["data"] for item in listed["items"]]) == ("ConfigMapList", [made.data()["data"]])
    assert (
        yaml.safe_load((await answer(http, PATH.replace("configmaps", "pods"), "application/yaml"))[2])["items"] == []
    )
    status, _, body = await answer(http, f"{PATH}?watch=1", "application/yaml")
    assert (status, "application/json;stream=watch" in body.decode()) == (406, True)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html, */*", "application/json"),
        (f"application/json;q=0.5, {PROTOBUF}", PROTOBUF),
        (f"{PROTOBUF};q=0.1,application/yaml;q=0.9", "application/yaml"),
        ("application/*", "application/json"),
        ("application/json;as=Nothing;g=meta.k8s.io;v=v1,application/yaml", "application/yaml"),
    ],
)
async def test_the_client_s_preference_decides(client, http, accept, expected):
    await make(client)
    assert (await answer(http, f"{PATH}/m", accept))[:2] == (200, expected)


async def test_an_object_is_written_in_protobuf_and_comes_back_so(client, http):
    body = protobuf.encode({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "p"}, "data": {"k": "v"}})
    headers = {"Content-Type": PROTOBUF, "Accept": PROTOBUF}
    async with http.post(PATH, data=body, headers=headers) as response:
        created = protobuf.decode(await response.read())
    assert (response.status, created["data"]) == (201, {"k": "v"})
    options = protobuf.encode({"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0})
    async with http.delete(f"{PATH}/p", data=options, headers=headers) as response:
        done = protobuf.decode(await response.read())
    assert (done["kind"], done["status"], done["details"]["name"]) == ("Status", "Success", "p")


async def test_large_lists_are_compressed_where_that_is_asked(client, endpoint, http):
    for number in range(3):
        await make(client, f"m{number}", {"text": "k9lite " * 9000})
    connector = aiohttp.TCPConnector(ssl=endpoint.tls() or True)
    headers = {"Authorization": f"Bearer {endpoint.token}", "Accept-Encoding": "gzip"}
    async with aiohttp.ClientSession(
        endpoint.url, connector=connector, headers=headers, auto_decompress=False
    ) as session:
        for path, encoding in ((PATH, "gzip"), (f"{PATH}/m0", None)):
            async with session.get(path) as response:
                body = await response.read()
            assert response.headers.get("Content-Encoding") == encoding
            assert response.headers.get("Vary") == ("Accept-Encoding" if encoding else None)
            if encoding:
                assert len(msgspec.json.decode(gzip.decompress(body))["items"]) == 3
        async with session.get(PATH, headers={"Accept-Encoding": "identity"}) as response:
            assert "Content-Encoding" not in response.headers
            assert len(msgspec.json.decode(await response.read())["items"]) == 3


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
async def test_a_body_of_a_type_that_is_not_known_is_refused_as_such(client, http, type):
    body = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"t"}}'
    async with http.post(PATH, data=body, headers={"Content-Type": type}) as response:
        refused = await response.json()
    assert (response.status, refused["reason"]) == (415, "UnsupportedMediaType")
    assert refused["message"] == (
        "the body of the request was in an unknown format - accepted media types include: "
        f"application/json, application/yaml, {PROTOBUF}"
    )


async def test_a_body_may_be_yaml(client, http):
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: text}\ndata: {a: 'yes'}\n"
    async with http.post(PATH, data=body, headers={"Content-Type": "application/yaml"}) as response:
        assert (response.status, (await response.json())["data"]) == (201, {"a": "yes"})
