"""POST, PUT, PATCH and DELETE."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web
from lightkube.models import authentication_v1, autoscaling_v1, core_v1, policy_v1

from k9lite.aio.clock import Clock
from k9lite.api.errors import StatusError, bad_request, is_not_found
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, PatchType, WriteOptions
from k9lite.engine.apiserver import scale
from k9lite.engine.http import bodies, encodings, rendering, requests
from k9lite.engine.http.answers import response
from k9lite.engine.http.negotiation import Form
from k9lite.engine.http.routes import Route

# Kinds whose deletion answers with the object even when it is gone at once.
RETURNED_WHEN_DELETED = {
    "pods",
    "services",
    "namespaces",
    "serviceaccounts",
    "persistentvolumeclaims",
    "persistentvolumes",
    "resourcequotas",
    "replicationcontrollers",
    "podtemplates",
    "limitranges",
}
# What subresources speak that are not a part of their object.
SPOKEN: dict[str, type[msgspec.Struct]] = {
    "binding": core_v1.Binding,
    "eviction": policy_v1.Eviction,
    "scale": autoscaling_v1.Scale,
    "token": authentication_v1.TokenRequest,
}


class Writer:
    """The writing verbs of one client and its way of rendering answers."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock

    async def create(self, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
        read = await self._body(request)
        body, options, cause = read.data, self._options(request, read), requests.cause(request, "create")
        if route.subresource:
            body = _spoken(body, route.subresource)
            data = await self._client.create_subresource(
                route.kind, route.name, route.subresource, body, route.namespace, cause=cause, options=options
            )
            return _encoded(data, form, 201, options.warnings or ())
        obj = await self._client.create(
            route.kind, _typed(body, route.kind), route.namespace, cause=cause, options=options
        )
        return self._answer(request, obj, form, options, 201)

    async def update(self, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
        read = await self._body(request)
        body, options, cause = read.data, self._options(request, read), requests.cause(request, "update")
        body = _spoken(body, "scale") if route.subresource == "scale" else _typed(body, route.kind)
        _check_name(body, route.name)
        obj = await self._client.update(
            route.kind, body, route.namespace, subresource=route.subresource, cause=cause, options=options
        )
        return self._changed(request, route, obj, form, options)

    async def patch(self, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
        type = requests.patch_type(request)
        requests.check_patch(request, type)
        read = bodies.read_patch(type, await requests.body(request))
        options, cause = self._options(request, read), requests.cause(request, "patch")
        before = None if type != PatchType.APPLY else await self._existing(route)
        obj = await self._client.patch(
            route.kind,
            route.name,
            read.data,
            type,
            route.namespace,
            subresource=route.subresource,
            cause=cause,
            options=options,
        )
        created = type == PatchType.APPLY and before is None and not route.subresource
        return self._changed(request, route, obj, form, options, 201 if created else 200)

    async def delete(self, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
        options = await self._delete_options(request)
        cause = requests.cause(request, "delete")
        obj = await self._client.delete(route.kind, route.name, route.namespace, cause=cause, options=options)
        if obj.deleting or route.kind.plural in RETURNED_WHEN_DELETED:
            body = rendering.one(obj, form, requests.include_object(request.query), self._clock.now())
            return response(body, form.media_type)
        details = {"name": obj.name, "group": route.kind.group, "kind": route.kind.plural, "uid": obj.uid}
        return _encoded(_success({key: value for key, value in details.items() if value}), form)

    async def delete_collection(self, request: web.BaseRequest, route: Route, form: Form) -> web.StreamResponse:
        options = await self._delete_options(request)
        selector = requests.selector(route, request.query)
        cause = requests.cause(request, "delete")
        gone = await self._client.delete_collection(route.kind, selector, cause=cause, options=options)
        include = requests.include_object(request.query)
        body = await rendering.collected(route.kind, gone, {}, form, include, self._clock.now())
        return response(body, form.media_type)

    async def _body(self, request: web.BaseRequest) -> bodies.Body:
        return bodies.read(request.headers.get("Content-Type", ""), await requests.body(request))

    def _options(self, request: web.BaseRequest, body: bodies.Body) -> WriteOptions:
        return bodies.options(body, requests.write_options(request))

    async def _delete_options(self, request: web.BaseRequest) -> Any:
        raw = await requests.body(request)
        body = bodies.decode(request.headers.get("Content-Type", ""), raw) if raw.strip() else {}
        return requests.delete_options(body, request.query)

    async def _existing(self, route: Route) -> Object[Any] | None:
        try:
            return await self._client.get(route.kind, route.name, route.namespace)
        except StatusError as error:
            if not is_not_found(error):
                raise
            return None

    def _changed(
        self,
        request: web.BaseRequest,
        route: Route,
        obj: Object[Any],
        form: Form,
        options: WriteOptions,
        status: int = 200,
    ) -> web.StreamResponse:
        if route.subresource == "scale":
            return _encoded(scale.of(obj), form, status, options.warnings or ())
        return self._answer(request, obj, form, options, status)

    def _answer(
        self, request: web.BaseRequest, obj: Object[Any], form: Form, options: WriteOptions, status: int
    ) -> web.StreamResponse:
        include = requests.include_object(request.query)
        body = rendering.one(obj, form, include, self._clock.now())
        return response(body, form.media_type, status, options.warnings or ())


def _encoded(data: Data, form: Form, status: int = 200, warnings: Sequence[str] = ()) -> web.StreamResponse:
    """What is no stored object: a Scale, a Status, a token."""
    return response(encodings.encode(data, form.encoding), form.media_type, status, warnings)


def _typed(body: Data, kind: Kind[Any]) -> Data:
    """The body with its type, which clients may leave out; another type than the path's is refused."""
    version, name = body.get("apiVersion", kind.api_version), body.get("kind", kind.kind)
    if (version, name) != (kind.api_version, kind.kind):
        message = (
            f"{name} in version {str(version).rpartition('/')[2]!r} cannot be handled as a {kind.kind}: "
            f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        )
        raise bad_request(message.replace("'", '"'))
    if not isinstance(body.get("metadata"), dict | None):
        raise bad_request(f"json: cannot unmarshal into Go struct field {kind.kind}.metadata of type v1.ObjectMeta")
    return {"apiVersion": version, "kind": name} | body


def _spoken(body: Data, subresource: str) -> Data:
    """The body of a subresource that speaks a kind of its own, without nulls. Raises BadRequest."""
    try:
        data: Data = msgspec.to_builtins(msgspec.convert(body, SPOKEN.get(subresource, dict)))
    except msgspec.ValidationError as error:
        raise bad_request(f"the body cannot be read: {error}") from error
    return data


def _check_name(body: Data, name: str) -> None:
    metadata: Data = body.get("metadata") or {}
    given = metadata.get("name")
    if given and given != name:
        raise bad_request(f"the name of the object ({given}) does not match the name on the URL ({name})")
    body["metadata"] = metadata | {"name": name}


def _success(details: Data) -> Data:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
