"""The endless answer of a watch: initial state where it is asked for, then every change, one line or frame each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, suppress
from typing import Any, cast

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.api import warnings
from k9lite.api.errors import FieldError, StatusError, forbidden_field, invalid_object
from k9lite.client.protocol import Client, Event, Selector
from k9lite.engine.http import answers, rendering, requests
from k9lite.engine.http.negotiation import Form
from k9lite.engine.http.routes import Route

LONGEST = 3600  # seconds of wall time, when the client names no limit


class Watch:
    """One client's watch."""

    def __init__(self, client: Client, clock: Clock, route: Route, query: Any, form: Form) -> None:
        self._client, self._clock, self._route, self._form = client, clock, route, form
        self._selector: Selector = requests.selector(route, query)
        self._include = requests.include_object(query)
        self._bookmarks = requests.truth(query, "allowWatchBookmarks")
        self._revision = requests.revision(query)
        self._initial_events = requests.truth(query, "sendInitialEvents")
        self._seconds = requests.integer(query, "timeoutSeconds") or LONGEST
        _check(query)

    async def stream(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer until the client leaves, its time is up, or history does not reach back."""
        response = web.StreamResponse(
            headers={"Content-Type": _content_type(self._form), "Cache-Control": "no-cache, private"}
        )
        answers.add_warnings(response, [warnings.deprecation(self._route.kind)])
        response.enable_chunked_encoding()
        head, since = await self._beginning()
        await response.prepare(request)
        await answers.write(request, response, head)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                try:
                    await self._follow(request, since)
                except StatusError as error:
                    await response.write(rendering.error(error.status(), self._form))
        await response.write_eof()
        return response

    async def _beginning(self) -> tuple[bytes, int]:
        """What is sent first, and the revision after which changes are wanted."""
        if self._revision and not self._initial_events:
            return b"", self._revision
        found = await self._client.list(self._route.kind, self._selector)
        now = self._clock.now()
        lines = (rendering.event("ADDED", obj, self._form, self._include, now) for obj in found.items)
        head = await answers.joined(lines, b"")
        if self._initial_events and self._bookmarks:
            head += rendering.bookmark(self._route.kind, found.revision, self._form, initial=True)
        return head, found.revision

    async def _follow(self, request: web.BaseRequest, since: int) -> None:
        watch = self._client.watch(self._route.kind, self._selector, since=since, bookmarks=self._bookmarks)
        async with aclosing(cast("Any", watch)) as batches:
            changes: AsyncIterator[Sequence[Event[Any]]] = batches
            async for batch in changes:
                if len(batch) == 1:
                    await answers.chunk(request, self._line(batch[0]))
                else:
                    await answers.chunk(request, await answers.joined((self._line(event) for event in batch), b""))

    def _line(self, event: Event[Any]) -> bytes:
        if event.type == "BOOKMARK":
            return rendering.bookmark(self._route.kind, event.object.revision, self._form)
        # Ages are whole seconds: within one, every watcher gets the same bytes.
        return rendering.shared_event(event.type, event.object, self._form, self._include, int(self._clock.now()))


def _content_type(form: Form) -> str:
    """That of JSON does not say that it is a stream."""
    return form.media_type if form.encoding == "json" else f"{form.media_type};stream=watch"


def _check(query: Any) -> None:
    """The rules of watches (meta/v1 validation of ListOptions)."""
    match, initial = query.get("resourceVersionMatch", ""), "sendInitialEvents" in query
    errors: list[FieldError] = []
    if initial and match != "NotOlderThan":
        detail = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        errors.append(forbidden_field("resourceVersionMatch", detail))
    elif match and not initial:
        detail = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        errors.append(forbidden_field("resourceVersionMatch", detail))
    if errors:
        raise invalid_object("meta.k8s.io", "ListOptions", "", errors)
