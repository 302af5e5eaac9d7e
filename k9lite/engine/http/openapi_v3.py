"""OpenAPI v3, a document per group and version: for `kubectl explain`, for validation, and for generated clients."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
from aiohttp import web

from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data
from k9lite.engine.http import openapi_schemas
from k9lite.engine.http.answers import json_response
from k9lite.engine.http.revalidation import FOREVER, digest, tagged

# Strategic merge is left out: kubectl then uses the merge rules that it was built with.
PATCHES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
QUERY = {
    "get": ("fieldSelector", "labelSelector", "limit", "continue", "resourceVersion", "watch", "timeoutSeconds"),
    "post": ("dryRun", "fieldManager", "fieldValidation"),
    "put": ("dryRun", "fieldManager", "fieldValidation"),
    "patch": ("dryRun", "fieldManager", "fieldValidation", "force"),
    "delete": ("dryRun", "gracePeriodSeconds", "propagationPolicy"),
}
INTEGERS, FLAGS = {"limit", "timeoutSeconds", "gracePeriodSeconds"}, {"watch", "force"}


def answer(request: web.BaseRequest, path: str, kinds: Kinds) -> web.StreamResponse | None:
    """The index at /openapi/v3, or one document below it; a path with the hash of an old one leads to the new one."""
    rest = path.removeprefix("/openapi/v3").strip("/")
    served = sorted({(kind.group, kind.version) for kind in kinds})
    if not rest:
        paths = {root(group, version): {"serverRelativeURL": _url(kinds, group, version)} for group, version in served}
        return tagged(request, digest(kinds), lambda: json_response(msgspec.json.encode({"paths": paths})))
    for group, version in served:
        if rest == root(group, version):
            return _document(request, kinds, group, version)
    return None


def _document(request: web.BaseRequest, kinds: Kinds, group: str, version: str) -> web.StreamResponse:
    of_version = tuple(_of(kinds, group, version))
    current, asked = digest(of_version), request.query.get("hash", "")
    if asked not in ("", current):
        return web.Response(status=301, headers={"Location": _url(kinds, group, version)})
    answered = tagged(request, current, lambda: json_response(_encoded(of_version, group, version)))
    if asked:
        answered.headers["Cache-Control"] = FOREVER
    return answered


def root(group: str, version: str) -> str:
    """`api/v1`, `apis/apps/v1`."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _of(kinds: Kinds, group: str, version: str) -> Iterator[Kind[Any]]:
    return (kind for kind in kinds if (kind.group, kind.version) == (group, version))


def _url(kinds: Kinds, group: str, version: str) -> str:
    """The hash lets clients keep the document until the kinds change."""
    return f"/openapi/v3/{root(group, version)}?hash={digest(_of(kinds, group, version))}"


@lru_cache(maxsize=128)
def _encoded(kinds: tuple[Kind[Any], ...], group: str, version: str) -> bytes:
    return msgspec.json.encode(document(kinds, group, version))


def document(kinds: tuple[Kind[Any], ...], group: str, version: str) -> Data:
    """The document of the kinds of one group and version."""
    schemas: dict[str, Data] = {}
    paths: dict[str, Data] = {}
    for kind in kinds:
        named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        paths |= _paths(kind, openapi_schemas.add(kind, schemas), named)
    info = {"title": "Kubernetes", "version": "v1"}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _paths(kind: Kind[Any], name: str, named: Data) -> dict[str, Data]:
    collection = (
        f"/{root(kind.group, kind.version)}/{'namespaces/{namespace}/' if kind.namespaced else ''}{kind.plural}"
    )
    verbs = set(kind.verbs)
    reference = {"$ref": f"#/components/schemas/{name}"}
    path_parameters = [_path_parameter("namespace")] if kind.namespaced else []

    def operation(method: str, action: str) -> Data:
        done: Data = {"description": "OK", "content": {"application/json": {"schema": reference}}}
        built: Data = {
            "operationId": f"{action}{kind.version.title()}{kind.kind}",
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": named,
            "parameters": [_query(q) for q in QUERY[method]],
            "responses": {"200": done, "401": {"description": "Unauthorized"}},
        }
        if method in ("post", "put"):
            built["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
        if method == "patch":
            built["requestBody"] = {"required": True, "content": {patch: {"schema": {}} for patch in PATCHES}}
        return built

    paths: dict[str, Data] = {}
    for path, parameters, operations in (
        (collection, path_parameters, (("get", "list"), ("post", "create"))),
        (
            f"{collection}/{{name}}",
            [*path_parameters, _path_parameter("name")],
            (("get", "get"), ("put", "update"), ("patch", "patch"), ("delete", "delete")),
        ),
    ):
        found = {method: operation(method, action) for method, action in operations if action in verbs}
        if found:
            paths[path] = found | {"parameters": parameters}
    return paths


def _path_parameter(name: str) -> Data:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str) -> Data:
    type = "integer" if name in INTEGERS else "boolean" if name in FLAGS else "string"
    return {"name": name, "in": "query", "schema": {"type": type}}
