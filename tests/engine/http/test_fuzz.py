"""Requests made from the server's own OpenAPI documents, sensible and not: never a 500, never silence."""

import asyncio
import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k9lite.api.kinds import BUILTIN
from k9lite.client.protocol import WriteOptions
from k9lite.engine.http import openapi_v3

LAX = WriteOptions(validation="Ignore")
PATCHES = (*openapi_v3.PATCHES, "application/strategic-merge-patch+json")
JUNK_NAMES = ("b", "Not A Name", "x" * 300, "ü", "a.b", "-")
NAMES = {
    "namespace": st.sampled_from(["default"] * 9 + [*JUNK_NAMES]),
    "name": st.sampled_from(["a"] * 9 + [*JUNK_NAMES]),
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["1Gi", "5", "80", "a=b", "%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
BODY_TYPES = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "text/plain", "")
QUIET = settings(
    max_examples=250,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def documents():
    versions = sorted({(kind.group, kind.version) for kind in BUILTIN})
    for group, version in versions:
        kinds = tuple(kind for kind in BUILTIN if (kind.group, kind.version) == (group, version))
        yield openapi_v3.document(kinds, group, version)


OPERATIONS = [
    (method, path, operation, document["components"]["schemas"])
    for document in documents()
    for path, item in document["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
]


def value(schema, schemas, depth):
    """Something that fits `schema`, or now and then something that does not."""
    if depth > 5:
        return st.none()
    if "allOf" in schema:
        return value(schema["allOf"][0], schemas, depth)
    if "$ref" in schema:
        return value(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    match schema.get("type"):
        case "object" if "properties" in schema:
            fields = schema["properties"]
            chosen = st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True) if fields else st.just([])
            fitting = chosen.flatmap(
                lambda names: st.fixed_dictionaries({n: value(fields[n], schemas, depth + 1) for n in names})
            )
        case "object":
            inner = schema.get("additionalProperties", {})
            fitting = st.dictionaries(
                st.sampled_from(["a", "b", "x/y", ""]), value(inner, schemas, depth + 1), max_size=2
            )
        case "array":
            fitting = st.lists(value(schema["items"], schemas, depth + 1), max_size=2)
        case "integer":
            fitting = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 100)
        case "boolean":
            fitting = st.booleans()
        case "number":
            fitting = st.floats(allow_nan=False, allow_infinity=False)
        case "string":
            fitting = st.text(max_size=8) | st.sampled_from(["a", "1Gi", "100m", "2026-01-01T00:00:00Z", "80"])
        case _:
            fitting = JUNK
    return st.one_of(fitting, fitting, fitting, JUNK)


@st.composite
def requests(draw):
    method, path, operation, schemas = draw(st.sampled_from(OPERATIONS))
    for name in ("namespace", "name"):
        path = path.replace(f"{{{name}}}", quote(draw(NAMES[name]), safe=""))
    path += draw(st.sampled_from([""] * 20 + ["/status", "/scale", "/log", "/eviction", "/binding", "/token", "/exec"]))
    wanted = [parameter["name"] for parameter in operation["parameters"] if parameter["name"] != "watch"]
    query = draw(
        st.dictionaries(
            st.sampled_from(wanted),
            st.sampled_from(
                ["", "true", "1", "-1", "All", "Strict", "a=b", "a in (", "metadata.name=a", "x", "9" * 30]
            ),
            max_size=2,
        )
    )
    body = headers = None
    if method in ("post", "put"):
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = draw(value(schema, schemas, 0))
        if isinstance(body, dict) and draw(st.booleans()):
            body["metadata"] = {"name": draw(NAMES["name"])}
        headers = {"Content-Type": draw(st.sampled_from(BODY_TYPES))}
    elif method == "patch":
        body = draw(JUNK | st.just({"metadata": {"labels": {"a": "b"}}}))
        headers = {"Content-Type": draw(st.sampled_from(PATCHES))}
    elif method == "delete":
        body = draw(st.none() | JUNK)
    return method, path, query, headers, None if body is None else json.dumps(body).encode()


@pytest.fixture
async def standing(client):
    """Something to be read, changed and deleted."""
    for kind in BUILTIN:
        if kind.plural in ("configmaps", "serviceaccounts", "services"):
            await client.create(
                kind, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}, "default", options=LAX
            )


async def test_no_request_breaks_the_server(http, standing):
    loop = asyncio.get_running_loop()

    @QUIET
    @given(requests())
    def try_one(made):
        asyncio.run_coroutine_threadsafe(one(*made), loop).result(30)

    async def one(method, path, query, headers, body):
        async with asyncio.timeout(20), http.request(method, path, params=query, headers=headers, data=body) as answer:
            said = await answer.read()
            # Kubernetes, too, calls it an internal error when an applied field is unknown.
            broken = answer.status >= 500 and answer.status != 504 and b"not declared in schema" not in said
            assert not broken, (method, path, query, headers, body, said)
            if answer.status >= 400:
                assert json.loads(said)["kind"] == "Status", (method, path, query, body, said)

    await asyncio.to_thread(try_one)
