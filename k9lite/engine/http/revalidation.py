"""Documents that clients keep: an ETag says which one it is, If-None-Match asks only for another one."""

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec
from aiohttp import web

from k9lite.api.kinds import Kind
from k9lite.api.version import KUBERNETES

A_YEAR = 365 * 86400  # seconds
FOREVER = f"public, immutable, max-age={A_YEAR}"


def digest(kinds: Iterable[Kind[Any]]) -> str:
    """What changes whenever the document of `kinds` does, and is the same in every process."""
    parts = [KUBERNETES.encode(), *map(_digest, kinds)]
    return hashlib.sha512(b"".join(parts)).hexdigest().upper()


@lru_cache(maxsize=4096)
def _digest(kind: Kind[Any]) -> bytes:
    subresources = [(one.name, one.kind, one.verbs) for one in kind.subresources]
    described = (kind.api_version, kind.kind, kind.plural, kind.namespaced, kind.verbs, subresources, kind.schema)
    return hashlib.sha512(msgspec.json.encode(described)).digest()


def tagged(request: web.BaseRequest, digest: str, make: Callable[[], web.StreamResponse]) -> web.StreamResponse:
    """What `make` makes, with its ETag; nothing but that (304) where the client has it already."""
    tag = f'"{digest}"'
    asked = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    answer = web.Response(status=304) if tag in asked or "*" in asked else make()
    answer.headers["ETag"] = tag
    answer.headers["Vary"] = "Accept"
    return answer
