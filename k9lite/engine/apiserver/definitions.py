"""CustomResourceDefinitions: what they define is served while they exist (apiextensions-apiserver)."""

from typing import Any

from k9lite.api import custom_resources, errors
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver.context import Context

RESOURCE = "customresourcedefinitions.apiextensions.k8s.io"
FINALIZER = "customresourcecleanup.apiextensions.k8s.io"  # keeps a definition until its objects are gone


def accept(context: Context, definition: Data) -> None:
    """Complete a new definition in place: its names are accepted at once."""
    definition["status"] = custom_resources.accepted_status(definition, context.now())
    finalizers = definition["metadata"].setdefault("finalizers", [])
    if FINALIZER not in finalizers:
        finalizers.append(FINALIZER)


def establish(context: Context, definition: Object[Any]) -> None:
    """Serve what a stored definition defines, and nothing that an earlier state of it defined beside that."""
    data = definition.data()
    served = custom_resources.kinds_of(data)
    withdraw(context, data)
    for kind in served:
        context.kinds.add(kind)
    name = next((version["name"] for version in data["spec"]["versions"] if version.get("storage")), "")
    stored = next((kind for kind in served if kind.version == name), None)
    if stored is not None:
        context.stored_versions[stored.group, stored.plural] = stored


def withdraw(context: Context, definition: Data) -> None:
    """Serve nothing any more that a definition defined."""
    place = _place(definition)
    context.stored_versions.pop(place, None)
    for kind in context.kinds:
        if (kind.group, kind.plural) == place and kind.model is None:
            context.kinds.remove(kind)


def instances(context: Context, definition: Object[Any]) -> list[Object[Any]]:
    """The objects that exist of what a definition defines."""
    kind = context.stored_versions.get(_place(definition.data()))
    return context.store.collection(kind).all() if kind is not None else []


def released(context: Context, name: str) -> Object[Any] | None:
    """The definition of that name, where it only waited for the last object of its kind to go."""
    kind = context.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    found = context.store.get(kind, Key("", name)) if kind is not None else None
    if found is None or found.meta.finalizers != [FINALIZER] or not found.deleting or instances(context, found):
        return None
    return found


def current(context: Context, kind: Kind[Any]) -> Kind[Any]:
    """A custom kind as it is defined now: clients may know an earlier state of it. NotFound when it is gone."""
    found = context.kinds.resource(kind.group, kind.version, kind.plural)
    if found is None:
        raise errors.unknown_path()
    return found


def _place(definition: Data) -> tuple[str, str]:
    return definition["spec"]["group"], definition["spec"]["names"]["plural"]
