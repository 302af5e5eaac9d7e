"""PATCH: a change of an object, as JSON patch, merge patch, strategic merge patch, or server-side apply."""

from collections.abc import Callable
from typing import Any

import msgspec

from k9lite.api import schema
from k9lite.api.errors import UNSUPPORTED_MEDIA_TYPE, StatusError, bad_request
from k9lite.api.object import Data, Object
from k9lite.api.patches import json_patch, merge_patch, refusal, strategic
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver import conversion, create, intake, ownership, scale, update, writing
from k9lite.engine.apiserver.context import Context, Request

_FOR_ANY_KIND = (PatchType.JSON, PatchType.MERGE, PatchType.APPLY)


def patch(context: Context, request: Request, change: Any, type: PatchType) -> Object[Any]:
    """Apply `change`, and then do what an update with the result does."""
    if type is PatchType.STRATEGIC and request.kind.model is None:
        accepted = ", ".join(_FOR_ANY_KIND)
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise StatusError(UNSUPPORTED_MEDIA_TYPE, message)
    change = msgspec.to_builtins(change, str_keys=True)
    if request.subresource == "scale":
        patched = _apply(request, scale.read(context, request), change, type)
        return scale.write(context, request, _read(scale.decode, request, patched, change, type))
    if type is PatchType.APPLY:
        return _server_side(context, request, change)
    live = writing.live(context, request)
    patched = _apply(request, conversion.show(request.spoken, live).data(), change, type)
    return update.change(context, request, live, _read(intake.read, request, patched, change, type))


def _read(
    decode: Callable[[Request, Data], Data], request: Request, patched: Data, change: Any, type: PatchType
) -> Data:
    """What `change` made; where that is no object, the change itself is refused."""
    try:
        return decode(request, patched)
    except schema.DecodingError as error:
        if type is PatchType.STRATEGIC:
            raise refusal.of_strategic(change, error.why) from error
        raise refusal.of_patched(patched, error.why) from error


def _server_side(context: Context, request: Request, configuration: Data) -> Object[Any]:
    """Server-side apply: what is missing is created, unless only a part of it is applied."""
    intake.check_identity(request, configuration)
    live = writing.find(context, request)
    if live is None and request.subresource:
        raise request.not_found()
    spoken = request.spoken
    shown = None if live is None else conversion.show(spoken, live)
    data = ownership.applied(context, request, shown, configuration)
    _check_text(request)
    data = conversion.inward(spoken, request.kind, intake.typed(spoken, data))
    if live is None:
        return create.store_new(context, request, data)
    return update.replace(context, request, live, data)


def _check_text(request: Request) -> None:
    """What is applied is read loosely first; what a strict reader says of the text comes after conflicts."""
    problems, validation = request.options.problems, request.options.validation
    if problems and validation == "Strict":
        raise bad_request(f"error strict decoding YAML: error converting YAML to JSON: {', '.join(problems)}")
    if validation == "Warn":
        request.warn(*problems)


def _apply(request: Request, data: Data, change: Any, type: PatchType) -> Data:
    if type is PatchType.JSON:
        return json_patch.apply(data, change)
    if type is PatchType.STRATEGIC:
        return strategic.apply(request.spoken, data, change)
    return merge_patch.apply(data, change)
