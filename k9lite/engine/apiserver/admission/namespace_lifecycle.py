"""Nothing new in a namespace that is missing or on its way out (plugin NamespaceLifecycle)."""

from k9lite.api import errors, kinds
from k9lite.api.errors import FORBIDDEN, Cause, StatusError
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver.context import Context, Request


def check_create(context: Context, request: Request, data: Data) -> None:
    """NotFound or Forbidden when nothing may be created in the request's namespace."""
    if not request.kind.namespaced:
        return
    name = request.namespace
    namespace = context.store.get(kinds.NAMESPACE, Key("", name))
    if namespace is None:
        raise errors.not_found("", "namespaces", name)
    if namespace.deleting:
        raise StatusError(
            FORBIDDEN,
            f'{request.kind.resource} "{requested_name(data)}" is forbidden: '
            f"unable to create new content in namespace {name} because it is being terminated",
            name=requested_name(data),
            group=request.kind.group,
            kind=request.kind.plural,
            causes=[Cause("NamespaceTerminating", f"namespace {name} is being terminated", "metadata.namespace")],
        )


def requested_name(data: Data) -> str:
    """How admission calls an object whose name may not have been generated yet."""
    metadata = data.get("metadata") or {}
    return metadata.get("name") or metadata.get("generateName") or "Unknown"


def refuse(request: Request, data: Data, why: str) -> StatusError:
    """Forbidden, as admission says it of an object that is still to be created."""
    return errors.forbidden(request.kind.group, request.kind.plural, requested_name(data), why)
