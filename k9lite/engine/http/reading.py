"""GET of one object and of a collection."""

from typing import Any

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.api.errors import (
    TIMEOUT,
    FieldError,
    StatusError,
    bad_request,
    forbidden_field,
    invalid_object,
    not_supported,
)
from k9lite.api.object import Object
from k9lite.client.protocol import Client
from k9lite.engine.apiserver import scale
from k9lite.engine.http import encodings, rendering, requests
from k9lite.engine.http.answers import response
from k9lite.engine.http.negotiation import Form
from k9lite.engine.http.routes import Route

MATCHES = ("Exact", "NotOlderThan", "")


async def get(client: Client, clock: Clock, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
    """One object, or one of its readable subresources."""
    include = requests.include_object(request.query)
    if route.subresource not in ("", "status"):
        data = await client.get_subresource(route.kind, route.name, route.subresource, route.namespace)
        if route.subresource == "scale":
            obj = Object(scale.SCALE, rendering.encode(data), 0)
            return response(rendering.one(obj, form, include, clock.now()), form.media_type)
        return response(encodings.encode(data, form.encoding), form.media_type)
    obj = await client.get(route.kind, route.name, route.namespace)
    body = rendering.one(obj, form, include, clock.now())
    return response(body, form.media_type)


async def collection(
    client: Client, clock: Clock, request: web.BaseRequest, route: Route, form: Form
) -> web.StreamResponse:
    """A list; in pieces where the client sets a limit."""
    query = request.query
    revision = requests.revision(query)
    match, token = query.get("resourceVersionMatch", ""), query.get("continue", "")
    _check_match(match, query.get("resourceVersion", ""), token, "sendInitialEvents" in query)
    if token and revision:
        raise bad_request("specifying resource version is not allowed when using continue")
    found = await client.list(
        route.kind,
        requests.selector(route, query),
        limit=max(requests.integer(query, "limit") or 0, 0),
        continue_token=token,
        at=revision if match == "Exact" else None,
    )
    if revision > found.revision:
        message = f"Too large resource version: {revision}, current: {found.revision}"
        raise StatusError(TIMEOUT, message, retry_after=1)
    body = await rendering.listed(route.kind, found, form, requests.include_object(query), clock.now())
    return response(body, form.media_type)


def _check_match(match: str, revision: str, continue_token: str, initial_events: bool) -> None:
    """The rules of what goes with what (meta/v1 validation of ListOptions)."""
    rules = (
        (match not in MATCHES, not_supported("resourceVersionMatch", match, MATCHES)),
        (bool(match and continue_token), _forbidden("resourceVersionMatch is forbidden when continue is provided")),
        (
            bool(match) and not revision,
            _forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"),
        ),
        (
            match == "Exact" and revision == "0",
            _forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
        ),
        (initial_events, forbidden_field("sendInitialEvents", "sendInitialEvents is forbidden for list")),
    )
    errors: list[Any] = [error for broken, error in rules if broken]
    if errors:
        raise invalid_object("meta.k8s.io", "ListOptions", "", errors)


def _forbidden(detail: str) -> FieldError:
    return forbidden_field("resourceVersionMatch", detail)
