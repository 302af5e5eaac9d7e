"""PATCH: a change of an object, as JSON patch, merge patch, strategic merge patch, or server-side apply."""

from typing import Any

import msgspec

from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.api.patches import json_patch, merge_patch, strategic
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver import conversion, create, intake, ownership, scale, update, writing
from k9lite.engine.apiserver.context import Context, Request

_FOR_ANY_KIND = (PatchType.JSON, PatchType.MERGE, PatchType.APPLY)


def patch(context: Context, request: Request, change: Any, type: PatchType) -> Object[Any]:
    """Apply `change`, and then do what an update with the result does."""
    if type is PatchType.STRATEGIC and request.kind.model is None:
        accepted = ", ".join(_FOR_ANY_KIND)
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise StatusError("UnsupportedMediaType", message)
    change = msgspec.to_builtins(change, str_keys=True)
    if request.subresource == "scale":
        return scale.write(context, request, _apply(request, scale.read(context, request), change, type))
    if type is PatchType.APPLY:
        return _server_side(context, request, change)
    live = writing.live(context, request)
    shown = conversion.outward(request.spoken, request.kind, live.data())
    return update.change(context, request, live, intake.read(request, _apply(request, shown, change, type)))


def _server_side(context: Context, request: Request, configuration: Data) -> Object[Any]:
    """Server-side apply: what is missing is created."""
    intake.check_identity(request, configuration)
    live = context.store.get(request.kind, request.key)
    data = ownership.applied(context, request, live, configuration)
    intake.complete(request.kind, data)
    if live is None:
        return create.store_new(context, request, data)
    return update.replace(context, request, live, data)


def _apply(request: Request, data: Data, change: Any, type: PatchType) -> Data:
    if type is PatchType.JSON:
        return json_patch.apply(data, change)
    if type is PatchType.STRATEGIC:
        return strategic.apply(request.spoken, data, change)
    return merge_patch.apply(data, change)
