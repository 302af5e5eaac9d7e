"""PATCH: a change of an object, as JSON patch, merge patch, strategic merge patch, or server-side apply."""

from typing import Any

from k9lite.api.object import Data, Object
from k9lite.client.protocol import PatchType
from k9lite.engine.apiserver import intake, scale, update, writing
from k9lite.engine.apiserver.context import Context, Request


def patch(context: Context, request: Request, change: Any, type: PatchType) -> Object[Any]:
    """Apply `change`, and then do what an update with the result does."""
    if request.subresource == "scale":
        return scale.write(context, request, _merged(scale.read(context, request), change))
    live = writing.live(context, request)
    return update.replace(context, request, live, intake.read(request, _merged(live.data(), change)))


def _merged(old: Data, change: Data) -> Data:
    """RFC 7386."""
    new = dict(old)
    for name, value in change.items():
        if value is None:
            new.pop(name, None)
        elif isinstance(value, dict):
            held = new.get(name)
            new[name] = _merged(held if isinstance(held, dict) else {}, value)
        else:
            new[name] = value
    return new
