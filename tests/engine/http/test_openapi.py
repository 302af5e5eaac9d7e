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
