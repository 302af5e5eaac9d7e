"""GET of one object, of a collection, and the endless answer of a watch."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from typing import Any, cast

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.api.errors import StatusError, forbidden_field, invalid_object
from k9lite.client.protocol import Client, Event, Selector
from k9lite.engine.http import rendering, requests
from k9lite.engine.http.negotiation import Form
from k9lite.engine.http.routes import Route

LONGEST_WATCH = 3600  # seconds of wall time, when the client names no limit
MATCHES = ("Exact", "NotOlderThan")


def json_response(body: bytes, status: int = 200, warnings: Sequence[str] = ()) -> web.Response:
    """An answer in JSON; warnings become headers as RFC 7234 has them."""
    response = web.Response(body=body, status=status, content_type="application/json")
    for warning in warnings:
        text = warning.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        response.headers.add("Warning", f'299 - "{text}"')
    return response


async def get(client: Client, clock: Clock, request: web.Request, route: Route, form: Form) -> web.Response:
    """One object, or one of its readable subresources."""
    if route.subresource not in ("", "status"):
        data = await client.get_subresource(route.kind, route.name, route.subresource, route.namespace)
        return json_response(rendering.encode(data))
    obj = await client.get(route.kind, route.name, route.namespace)
    include = requests.include_object(request.query)
    return json_response(rendering.one(obj, form, include, clock.now()))


async def collection(client: Client, clock: Clock, request: web.Request, route: Route, form: Form) -> web.Response:
    """A list; in pieces where the client sets a limit."""
    query = request.query
    revision = requests.revision(query)
    _check_match(query.get("resourceVersionMatch", ""), query.get("resourceVersion", ""), query.get("continue", ""))
    limit = max(requests.integer(query, "limit") or 0, 0)
    found = await client.list(
        route.kind, requests.selector(route, query), limit=limit, continue_token=query.get("continue", "")
    )
    if revision > found.revision:
        message = f"Too large resource version: {revision}, current: {found.revision}"
        raise StatusError("Timeout", message, retry_after=1)
    include = requests.include_object(query)
    return json_response(rendering.listed(route.kind, found, form, include, clock.now()))


def _check_match(match: str, revision: str, continue_token: str) -> None:
    """The rules of resourceVersionMatch (meta/v1 validation of ListOptions)."""
    if not match:
        return
    errors = []
    if continue_token:
        errors.append(
            forbidden_field("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
        )
    if not revision:
        detail = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        errors.append(forbidden_field("resourceVersionMatch", detail))
    if match == "Exact" and revision == "0":
        detail = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        errors.append(forbidden_field("resourceVersionMatch", detail))
    if errors:
        raise invalid_object("meta.k8s.io", "ListOptions", "", errors)


class Watch:
    """One client's watch: initial state where it is asked for, then every change, one JSON object a line."""

    def __init__(self, client: Client, clock: Clock, route: Route, query: Any, form: Form) -> None:
        self._client, self._clock, self._route, self._form = client, clock, route, form
        self._selector: Selector = requests.selector(route, query)
        self._include = requests.include_object(query)
        self._bookmarks = requests.truth(query, "allowWatchBookmarks")
        self._revision = requests.revision(query)
        self._initial_events = requests.truth(query, "sendInitialEvents")
        self._seconds = requests.integer(query, "timeoutSeconds") or LONGEST_WATCH
        self._check(query)

    def _check(self, query: Any) -> None:
        if "sendInitialEvents" in query and query.get("resourceVersionMatch") != "NotOlderThan":
            detail = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            raise invalid_object("meta.k8s.io", "ListOptions", "", [forbidden_field("resourceVersionMatch", detail)])

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer until the client leaves, its time is up, or history does not reach back."""
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"}
        )
        response.enable_chunked_encoding()
        head, since = await self._beginning()
        await response.prepare(request)
        await response.write(head)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                try:
                    await self._follow(response, since)
                except StatusError as error:
                    await response.write(rendering.error(error.status()))
        await response.write_eof()
        return response

    async def _beginning(self) -> tuple[bytes, int]:
        """What is sent first, and the revision after which changes are wanted."""
        if self._revision and not self._initial_events:
            return b"", self._revision
        found = await self._client.list(self._route.kind, self._selector)
        lines = [self._line("ADDED", obj) for obj in found.items]
        if self._initial_events and self._bookmarks:
            lines.append(rendering.bookmark(self._route.kind, found.revision, self._form, initial=True))
        return b"".join(lines), found.revision

    async def _follow(self, response: web.StreamResponse, since: int) -> None:
        watch = self._client.watch(self._route.kind, self._selector, since=since, bookmarks=self._bookmarks)
        async with aclosing(cast("Any", watch)) as batches:
            changes: AsyncIterator[Sequence[Event[Any]]] = batches
            async for batch in changes:
                await response.write(b"".join(self._event(event) for event in batch))

    def _event(self, event: Event[Any]) -> bytes:
        if event.type == "BOOKMARK":
            return rendering.bookmark(self._route.kind, event.object.revision, self._form)
        return self._line(event.type, event.object)

    def _line(self, type: str, obj: Any) -> bytes:
        return rendering.event(type, obj, self._form, self._include, self._clock.now())
