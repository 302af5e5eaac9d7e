"""Rules for amounts of resources: their names, quantities, requests against limits."""

from collections.abc import Callable, Mapping

from k9lite.api import errors, names, quantity
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_CONTAINER = {"cpu", "memory", "ephemeral-storage"}
_COUNTED = {
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
}
_QUOTA = (
    _COUNTED
    | _CONTAINER
    | {
        "storage",
        "requests.cpu",
        "requests.memory",
        "requests.storage",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
    }
)
_POD_LEVEL = ("cpu", "hugepages-", "memory")
_HUGE_PAGES = "hugepages-"

NameRule = Callable[[str, str], Errors]


def is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    return not is_native(name) and not name.startswith("requests.") and not names.qualified_name(f"requests.{name}")


def may_be_overcommitted(name: str) -> bool:
    return is_native(name) and not name.startswith(_HUGE_PAGES)


def _is_standard(name: str) -> bool:
    return name in _QUOTA or name.startswith((_HUGE_PAGES, "requests.hugepages-"))


def resource_name(path: str, name: str) -> Errors:
    yield from values.text(path, name, names.qualified_name)
    if not names.qualified_name(name) and "/" not in name and not _is_standard(name):
        yield errors.invalid(path, name, "must be a standard resource type or fully qualified")


def container_resource_name(path: str, name: str) -> Errors:
    yield from resource_name(path, name)
    if "/" not in name:
        if name not in _CONTAINER and not name.startswith(_HUGE_PAGES):
            yield errors.invalid(path, name, "must be a standard resource for containers")
    elif not is_native(name) and not is_extended(name):
        yield errors.invalid(path, name, "doesn't follow extended resource name standard")


def pod_resource_name(path: str, name: str) -> Errors:
    yield from resource_name(path, name)
    if not names.qualified_name(name) and not name.startswith(_POD_LEVEL):
        yield errors.not_supported(path, name, _POD_LEVEL)


def quota_resource_name(path: str, name: str) -> Errors:
    yield from resource_name(path, name)
    if "/" not in name and not _is_standard(name):
        yield errors.invalid(path, name, "must be a standard resource for quota")


def amount(path: str, name: str, value: str) -> Errors:
    """One quantity of the resource `name`."""
    number = quantity.parse(value)
    if number < 0:
        yield errors.invalid(path, quantity.canonical(value), values.NEGATIVE)
    if (name in _COUNTED or is_extended(name)) and number != int(number):
        yield errors.invalid(path, quantity.canonical(value), "must be an integer")


def amounts(path: str, quantities: Mapping[str, str] | None, name_rule: NameRule) -> Errors:
    for name, value in (quantities or {}).items():
        yield from name_rule(f"{path}[{name}]", name)
        yield from amount(f"{path}[{name}]", name, value)


def requirements(path: str, resources: Data, name_rule: NameRule = container_resource_name) -> Errors:
    """Requests and limits of a container (or, with its own name rule, of a pod)."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    yield from amounts(f"{path}.limits", limits, name_rule)
    for name, value in requests.items():
        yield from name_rule(f"{path}.requests[{name}]", name)
        yield from amount(f"{path}.requests[{name}]", name, value)
        if name in limits:
            yield from _request_and_limit(f"{path}.requests", name, value, limits[name])
        elif not may_be_overcommitted(name):
            yield errors.required(f"{path}.limits", "Limit must be set for non overcommitable resources")
    named = {*limits, *requests}
    if not named & {"cpu", "memory"} and any(name.startswith(_HUGE_PAGES) for name in named):
        yield errors.forbidden_field(path, "HugePages require cpu or memory")


def _request_and_limit(path: str, name: str, request: str, limit: str) -> Errors:
    asked, allowed = quantity.parse(request), quantity.parse(limit)
    if asked != allowed and not may_be_overcommitted(name):
        message = f"must be equal to {name} limit of {quantity.canonical(limit)}"
        yield errors.invalid(path, quantity.canonical(request), message)
    elif asked > allowed:
        message = f"must be less than or equal to {name} limit of {quantity.canonical(limit)}"
        yield errors.invalid(path, quantity.canonical(request), message)
