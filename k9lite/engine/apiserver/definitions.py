"""CustomResourceDefinitions: what they define is served while they exist (apiextensions-apiserver)."""

from typing import Any

from k9lite.api import conditions, custom_resources, errors
from k9lite.api.errors import METHOD_NOT_ALLOWED, StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver.context import Context

RESOURCE = "customresourcedefinitions.apiextensions.k8s.io"
FINALIZER = "customresourcecleanup.apiextensions.k8s.io"  # keeps a definition until its objects are gone


def accept(context: Context, definition: Data) -> None:
    """Say in the status of a definition that is about to be stored which of its names it may have."""
    group, own = definition["spec"]["group"], definition["metadata"]["name"]
    others = [obj.data() for obj in of_group(context, group) if obj.name != own]
    definition["status"] = custom_resources.status_of(definition, others, context.clock.now())


def of_group(context: Context, group: str) -> list[Object[Any]]:
    kind = context.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    found = context.store.collection(kind).all() if kind is not None else []
    return [obj for obj in found if obj.data()["spec"]["group"] == group]


def waiting(context: Context, group: str) -> list[Object[Any]]:
    """The definitions that lack a name which another one has, or had."""
    held = [(obj, obj.data()["status"]["conditions"]) for obj in of_group(context, group)]
    return [obj for obj, found in held if (one := conditions.find(found, "NamesAccepted")) and one["status"] != "True"]


def terminate(definition: Data, now: float) -> None:
    """Mark in place a definition that is being deleted: it stays until the objects that it defines are gone."""
    finalizers = definition["metadata"].setdefault("finalizers", [])
    if FINALIZER not in finalizers:
        finalizers.append(FINALIZER)
    text = "CustomResource deletion is in progress"
    terminating = conditions.make("Terminating", "True", now, "InstanceDeletionInProgress", text)
    conditions.put(definition["status"]["conditions"], terminating)


def check_create(context: Context, kind: Kind[Any]) -> None:
    """MethodNotAllowed for a custom resource whose definition is being deleted."""
    definition = _named(context, kind.resource) if kind.model is None else None
    if definition is not None and definition.deleting:
        why = "create not allowed while custom resource definition is terminating"
        raise StatusError(METHOD_NOT_ALLOWED, why, group=kind.group, kind=kind.plural)


def establish(context: Context, definition: Object[Any]) -> None:
    """Serve what a stored definition defines, and nothing that an earlier state of it defined beside that."""
    data = definition.data()
    withdraw(context, data)
    if not custom_resources.is_established(data):
        return
    served = custom_resources.kinds_of(data)
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
    found = _named(context, name)
    if found is None or found.meta.finalizers != [FINALIZER] or not found.deleting or instances(context, found):
        return None
    return found


def _named(context: Context, name: str) -> Object[Any] | None:
    kind = context.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    return context.store.get(kind, Key("", name)) if kind is not None else None


def current(context: Context, kind: Kind[Any]) -> Kind[Any]:
    """A custom kind as it is defined now: clients may know an earlier state of it. NotFound when it is gone."""
    found = context.kinds.resource(kind.group, kind.version, kind.plural)
    if found is None:
        raise errors.unknown_path()
    return found


def _place(definition: Data) -> tuple[str, str]:
    return definition["spec"]["group"], definition["spec"]["names"]["plural"]
