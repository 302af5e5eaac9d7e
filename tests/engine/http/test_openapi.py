"""OpenAPI documents: names of types, custom resources as their definitions describe them."""

import json

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.engine.http import openapi_schemas, openapi_v2, openapi_v3

ITEMS = {"type": "object", "properties": {"x": {"type": "string", "description": "An x."}}}
LISTS = {"type": "object", "properties": {"bars": {"type": "array", "items": ITEMS}}}
SCHEMA = {"type": "object", "description": "A foo.", "properties": {"spec": LISTS, "status": {"type": "object"}}}
FOO = Kind("stable.example.com", "v1", "Foo", "foos", True, schema=SCHEMA)


def test_custom_resources_keep_their_own_schema() -> None:
    document = openapi_v3.document((FOO,), FOO.group, FOO.version)
    published = document["components"]["schemas"]["com.example.stable.v1.Foo"]
    assert published["description"] == "A foo."
    assert published["properties"]["spec"] == LISTS
    assert published["properties"]["metadata"]["allOf"][0]["$ref"].endswith(".meta.v1.ObjectMeta")
    assert published["properties"]["kind"]["description"].startswith("Kind is a string value")
    assert published["x-kubernetes-group-version-kind"] == [
        {"group": "stable.example.com", "version": "v1", "kind": "Foo"}
    ]


def test_types_are_named_after_their_packages() -> None:
    schemas: dict[str, dict[str, object]] = {}
    assert openapi_schemas.add(kinds.DEPLOYMENT, schemas) == "io.k8s.api.apps.v1.Deployment"
    assert {"io.k8s.api.core.v1.PodSpec", "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"} < set(schemas)


def test_version_2_is_json_unless_protobuf_is_wanted() -> None:
    served = kinds.Kinds([kinds.CONFIG_MAP, FOO])
    document = json.loads(openapi_v2.answer("application/json", served).body)  # type: ignore[attr-defined]
    properties = document["definitions"]["com.example.stable.v1.Foo"]["properties"]
    assert properties["metadata"]["allOf"][0]["$ref"] == "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    kubectls = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    assert openapi_v2.answer(kubectls, served).headers["Content-Type"] == openapi_v2.CONTENT_TYPE


LOOSE = Kind(
    "stable.example.com",
    "v1",
    "Loose",
    "looses",
    True,
    schema={
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"spec": {"type": "object"}},
    },
)
NESTED = Kind(
    "stable.example.com",
    "v1",
    "Nested",
    "nesteds",
    True,
    schema={
        "type": "object",
        "properties": {
            "any": {
                "type": "object",
                "x-kubernetes-preserve-unknown-fields": True,
                "properties": {"a": {"type": "string"}},
            },
            "null": {"type": "array", "nullable": True, "items": {"type": "string"}},
            "one": {"type": "object", "oneOf": [{"required": ["a"]}], "properties": {"a": {"type": "string"}}},
        },
    },
)
NONE = Kind("stable.example.com", "v1", "None", "nones", True)


def published(kind: Kind, *, version_2: bool) -> dict:
    schemas: dict = {}
    return schemas[openapi_schemas.add(kind, schemas, version_2=version_2)]


def test_in_version_2_a_custom_resource_of_any_shape_has_no_fields_that_others_could_be_measured_by() -> None:
    named = {"x-kubernetes-group-version-kind": [{"group": LOOSE.group, "version": "v1", "kind": "Loose"}]}
    assert published(LOOSE, version_2=True) == {"type": "object"} | named
    assert set(published(LOOSE, version_2=False)["properties"]) == {"apiVersion", "kind", "metadata", "spec"}
    for version_2 in (True, False):
        assert "properties" not in published(NONE, version_2=version_2)


def test_what_version_2_cannot_say_is_left_out() -> None:
    properties = published(NESTED, version_2=True)["properties"]
    assert properties["any"] == {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    assert properties["null"] == {}
    assert properties["one"] == {"type": "object", "properties": {"a": {"type": "string"}}}


async def test_documents_are_sent_only_when_they_have_changed(http) -> None:
    async with http.get("/openapi/v3") as response:
        url = (await response.json())["paths"]["apis/apps/v1"]["serverRelativeURL"]
    for path in ("/openapi/v2", "/openapi/v3", url):
        async with http.get(path) as response:
            tag = response.headers["ETag"]
        async with http.get(path, headers={"If-None-Match": f'"other", {tag}'}) as response:
            assert (response.status, await response.read()) == (304, b"")
        async with http.get(path, headers={"If-None-Match": '"other"'}) as response:
            assert response.status == 200
    async with http.get(f"{url}0", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (301, url)
    async with http.get(url) as response:
        assert "immutable" in response.headers["Cache-Control"]
