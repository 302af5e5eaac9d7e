"""OpenAPI v2: as JSON with the schemas of all types; as protobuf just enough for kubectl to leave validation to us.

In protobuf there is per kind one path with a `patch` operation that takes `fieldValidation`. Field numbers are those
of gnostic's openapi.v2 Document.
"""

from functools import lru_cache
from typing import Any

import msgspec
from aiohttp import web

from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data
from k9lite.engine.http import openapi_schemas
from k9lite.engine.http.answers import json_response

CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"


def answer(accept: str, kinds: Kinds) -> web.StreamResponse:
    if "protobuf" in accept:
        return web.Response(body=document(kinds), headers={"Content-Type": CONTENT_TYPE})
    return json_response(_json(tuple(kinds)))


@lru_cache(maxsize=1)
def _json(kinds: tuple[Kind[Any], ...]) -> bytes:
    definitions: dict[str, Data] = {}
    paths: dict[str, Data] = {}
    for kind in kinds:
        name = openapi_schemas.add(kind, definitions, version_2=True)
        done = {"description": "OK", "schema": {"$ref": f"#/definitions/{name}"}}
        named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        operation = {"x-kubernetes-group-version-kind": named, "responses": {"200": done}}
        paths[_path(kind)] = {"get": operation}
    info = {"title": "Kubernetes", "version": "v1"}
    body = {"swagger": "2.0", "info": info, "paths": paths, "definitions": definitions}
    # The types are the same as in version 3; only where references find them differs.
    return msgspec.json.encode(body).replace(b'"#/components/schemas/', b'"#/definitions/')


def document(kinds: Kinds) -> bytes:
    """The Document message."""
    info = _message(1, "Kubernetes") + _message(2, "v1")
    paths = b"".join(_message(2, _message(1, _path(kind)) + _message(2, _path_item(kind))) for kind in kinds)
    return _message(1, "2.0") + _message(2, info) + _message(8, paths)


def _path(kind: Kind[Any]) -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    return f"{root}/{'namespaces/{namespace}/' if kind.namespaced else ''}{kind.plural}/{{name}}"


def _path_item(kind: Kind[Any]) -> bytes:
    """PathItem{8 patch: Operation{8 parameters, 13 vendor_extension}}."""
    query = _message(2, "query") + _message(4, "fieldValidation") + _message(6, "string")
    parameter = _message(1, _message(2, _message(3, query)))
    named = f'group: "{kind.group}"\nkind: {kind.kind}\nversion: {kind.version}\n'
    extension = _message(1, "x-kubernetes-group-version-kind") + _message(2, _message(2, named))
    return _message(8, _message(8, parameter) + _message(13, extension))


def _message(number: int, value: bytes | str) -> bytes:
    """A length-delimited field."""
    raw = value if isinstance(value, bytes) else value.encode()
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
