"""HttpClient: the Client protocol over HTTPS."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

import aiohttp
import msgspec

from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.errors import INTERNAL_ERROR, StatusError
from k9lite.api.kinds import BUILTIN, Kind, Kinds
from k9lite.api.object import Body, Data, Object, to_data
from k9lite.client.protocol import (
    DEFAULT_DELETE,
    DEFAULT_WRITE,
    EVERYTHING,
    DeleteOptions,
    Event,
    ObjectList,
    PatchType,
    Selector,
    WriteOptions,
)
from k9lite.client.remote.http_streams import HttpStreams
from k9lite.client.remote.kubeconfig import Endpoint
from k9lite.client.remote.session import LONGEST_LINE, Session, path_of, refusal

T = TypeVar("T")


class _Metadata(msgspec.Struct):
    resourceVersion: str = "0"
    remainingItemCount: int | None = None
    continue_: str = msgspec.field(name="continue", default="")


class _List(msgspec.Struct):
    metadata: _Metadata
    items: list[msgspec.Raw]


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


_decode_list = msgspec.json.Decoder(_List).decode
_decode_event = msgspec.json.Decoder(_Event).decode


class HttpClient:
    """`await connect()` first: it learns which kinds the cluster serves."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._session = Session(endpoint)
        self._kinds = Kinds([])
        self._streams = HttpStreams(self._session)

    @property
    def kinds(self) -> Kinds:
        return self._kinds

    @property
    def streams(self) -> HttpStreams:
        return self._streams

    async def connect(self) -> None:
        """Ask the cluster for its kinds. Raises ConnectionError or StatusError."""
        known = {(kind.group, kind.version, kind.plural): kind for kind in BUILTIN}
        for group_version in await self._group_versions():
            listed = msgspec.json.decode(await self._session.call("GET", f"/{group_version}"))
            for resource in listed["resources"]:
                if "/" not in resource["name"]:
                    found = _kind(listed["groupVersion"], resource)
                    self._kinds.add(known.get((found.group, found.version, found.plural), found))

    async def _group_versions(self) -> list[str]:
        core = msgspec.json.decode(await self._session.call("GET", "/api"))
        groups = msgspec.json.decode(await self._session.call("GET", "/apis"))
        named = [version["groupVersion"] for group in groups["groups"] for version in group["versions"]]
        return [*(f"api/{version}" for version in core["versions"]), *(f"apis/{name}" for name in named)]

    async def close(self) -> None:
        await self._session.close()

    async def get(self, kind: Kind[T], name: str, namespace: str = "") -> Object[T]:
        return _object(kind, await self._session.call("GET", path_of(kind, namespace, name)))

    async def list(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        limit: int = 0,
        continue_token: str = "",
        at: int | None = None,
    ) -> ObjectList[T]:
        query = _selection(selector) | ({"limit": str(limit)} if limit else {})
        query |= {"continue": continue_token} if continue_token else {}
        query |= {"resourceVersion": str(at), "resourceVersionMatch": "Exact"} if at is not None else {}
        found = _decode_list(await self._session.call("GET", path_of(kind, selector.namespace), query=query))
        items = [_object(kind, bytes(raw)) for raw in found.items]
        meta = found.metadata
        return ObjectList(items, int(meta.resourceVersion or 0), meta.continue_, meta.remainingItemCount)

    async def watch(
        self, kind: Kind[T], selector: Selector = EVERYTHING, *, since: int, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[T]]]:
        query = _selection(selector) | {"watch": "true", "resourceVersion": str(since)}
        query |= {"allowWatchBookmarks": "true"} if bookmarks else {}
        path = path_of(kind, selector.namespace)
        try:
            async with self._session.http().get(path, params=query) as response:
                if response.status >= 400:
                    raise refusal(response.status, await response.read())
                async for lines in _lines(response.content):
                    yield [_event(kind, line) for line in lines]
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    async def create(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        data = _typed(kind, body)
        place = namespace or data.get("metadata", {}).get("namespace", "")
        raw = await self._session.call("POST", path_of(kind, place), query=_write(options, cause), body=data)
        return _object(kind, raw)

    async def update(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        subresource: str = "",
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        data = _typed(kind, body)
        metadata = data.get("metadata", {})
        path = path_of(kind, namespace or metadata.get("namespace", ""), metadata.get("name", ""), subresource)
        return _object(kind, await self._session.call("PUT", path, query=_write(options, cause), body=data))

    async def update_status(self, obj: Object[T], status: Body, *, cause: Cause = UNKNOWN) -> Object[T]:
        data = obj.data() | {"status": to_data(status)}
        return await self.update(obj.kind, data, obj.namespace, subresource="status", cause=cause)

    async def patch(
        self,
        kind: Kind[T],
        name: str,
        patch: Body | Sequence[Data],
        type: PatchType,
        namespace: str = "",
        *,
        subresource: str = "",
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        query = _write(options, cause)
        if type == PatchType.APPLY:
            query["force"] = str(options.force).lower()
        path = path_of(kind, namespace, name, subresource)
        raw = await self._session.call("PATCH", path, query=query, body=patch, content_type=str(type))
        return _object(kind, raw)

    async def delete(
        self,
        kind: Kind[T],
        name: str,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Object[T]:
        before = await self.get(kind, name, namespace)
        raw = await self._session.call("DELETE", path_of(kind, namespace, name), body=_deletion(options))
        return before if msgspec.json.decode(raw).get("kind") == "Status" else _object(kind, raw)

    async def delete_collection(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Sequence[Object[T]]:
        path = path_of(kind, selector.namespace)
        raw = await self._session.call("DELETE", path, query=_selection(selector), body=_deletion(options))
        return [_object(kind, bytes(item)) for item in _decode_list(raw).items]

    async def get_subresource(self, kind: Kind[Any], name: str, subresource: str, namespace: str = "") -> Data:
        data: Data = msgspec.json.decode(await self._session.call("GET", path_of(kind, namespace, name, subresource)))
        return data

    async def create_subresource(
        self,
        kind: Kind[Any],
        name: str,
        subresource: str,
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Data:
        path = path_of(kind, namespace, name, subresource)
        raw = await self._session.call("POST", path, query=_write(options, cause), body=to_data(body))
        data: Data = msgspec.json.decode(raw)
        return data


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[list[bytes]]:
    """The lines that have arrived, in batches."""
    buffer = b""
    async for chunk in content.iter_any():
        *lines, buffer = (buffer + chunk).split(b"\n")
        if lines:
            yield lines
        if len(buffer) > LONGEST_LINE:
            raise ConnectionError("an event of unreasonable size")


def _event(kind: Kind[T], line: bytes) -> Event[T]:
    event = _decode_event(line)
    if event.type == "ERROR":
        status = msgspec.json.decode(event.object)
        raise refusal(status.get("code", 500), bytes(event.object))
    if event.type not in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK"):
        raise StatusError(INTERNAL_ERROR, f"unknown type of event: {event.type}")
    return Event(event.type, _object(kind, bytes(event.object)))  # type: ignore[arg-type]  # one of the four


def _object(kind: Kind[T], raw: bytes) -> Object[T]:
    """An object as the server wrote it; items of lists may lack their type."""
    head = raw[:40]
    if b'"kind"' not in head and b'"apiVersion"' not in head:
        raw = b'{"kind":"%s","apiVersion":"%s",' % (kind.kind.encode(), kind.api_version.encode()) + raw[1:]
    obj = Object(kind, raw, 0)
    return Object(kind, raw, int(obj.meta.resourceVersion or 0))


def _kind(group_version: str, resource: Mapping[str, Any]) -> Kind[Any]:
    """A kind that is known only from discovery."""
    group, _, version = group_version.rpartition("/")
    return Kind(
        group,
        version,
        resource["kind"],
        resource["name"],
        resource["namespaced"],
        singular=resource.get("singularName", ""),
        short_names=tuple(resource.get("shortNames") or ()),
        categories=tuple(resource.get("categories") or ()),
        verbs=tuple(resource["verbs"]),
    )


def _typed(kind: Kind[Any], body: Body) -> Data:
    return {"apiVersion": kind.api_version, "kind": kind.kind} | to_data(body)


def _selection(selector: Selector) -> dict[str, str]:
    named = {"labelSelector": selector.labels, "fieldSelector": selector.fields}
    return {key: value for key, value in named.items() if value}


def _write(options: WriteOptions, cause: Cause) -> dict[str, str]:
    query = {"fieldManager": options.manager or cause.actor, "fieldValidation": options.validation}
    return query | ({"dryRun": "All"} if options.dry_run else {})


def _deletion(options: DeleteOptions) -> Data:
    preconditions = {"uid": options.uid, "resourceVersion": options.revision}
    body: Data = {
        "gracePeriodSeconds": options.grace,
        "propagationPolicy": options.propagation,
        "preconditions": {key: value for key, value in preconditions.items() if value} or None,
        "dryRun": ["All"] if options.dry_run else None,
    }
    return {key: value for key, value in body.items() if value is not None}
