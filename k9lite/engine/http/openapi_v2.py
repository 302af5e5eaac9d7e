"""OpenAPI v2 as protobuf, as clients ask for it: enough for kubectl to leave validation to the server.

Per kind one path with a `patch` operation that takes `fieldValidation`. Field numbers are those of gnostic's
openapi.v2 Document.
"""

from typing import Any

from aiohttp import web

from k9lite.api.kinds import Kind, Kinds

CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"


def answer(kinds: Kinds) -> web.Response:
    return web.Response(body=document(kinds), headers={"Content-Type": CONTENT_TYPE})


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
