"""What the API serves: groups, versions and resources, in the three forms that clients ask for."""

from collections.abc import Iterable
from typing import Any

from k9lite.api.kinds import Kind, Kinds, Subresource
from k9lite.api.object import Data

# Earlier groups win when a short name is ambiguous, so these stand right behind the core group.
FIRST_GROUPS = ("", "metrics.k8s.io", "events.k8s.io", "apps")
STREAMS = tuple(
    Subresource(name, "", "v1", f"Pod{name.title().replace('forward', 'Forward')}Options", ("create", "get"))
    for name in ("attach", "exec", "portforward")
)
METRICS: tuple[Kind[Any], ...] = tuple(
    Kind("metrics.k8s.io", "v1beta1", kind, plural, namespaced, singular="", verbs=("get", "list"))
    for kind, plural, namespaced in (("NodeMetrics", "nodes", False), ("PodMetrics", "pods", True))
)


def served(kinds: Kinds) -> list[Kind[Any]]:
    """Every kind a client can find, those of metrics included; groups in the order of precedence."""
    order = {group: index for index, group in enumerate(FIRST_GROUPS)}
    return sorted((*kinds, *METRICS), key=lambda kind: (order.get(kind.group, len(order)), kind.group))


def subresources(kind: Kind[Any]) -> list[Subresource]:
    """Those of the model, and a pod's streams, which the model does not name."""
    streams = STREAMS if (kind.group, kind.plural) == ("", "pods") else ()
    return sorted((*kind.subresources, *streams), key=lambda sub: sub.name)


def versions(kinds: Kinds) -> dict[str, list[str]]:
    """The versions of each group, the preferred one first."""
    found: dict[str, list[str]] = {}
    for kind in served(kinds):
        group = found.setdefault(kind.group, [])
        if kind.version not in group:
            group.append(kind.version)
    return {group: sorted(names, key=_priority) for group, names in found.items()}


def _priority(version: str) -> tuple[int, int]:
    """Stable before beta before alpha, then the higher number (apimachinery's version priority)."""
    stage = 2 if "alpha" in version else 1 if "beta" in version else 0
    major = "".join(c for c in version.split("alpha")[0].split("beta")[0] if c.isdigit())
    return stage, -int(major or 0)


OTHER_PATHS = (
    "/.well-known/openid-configuration",
    "/api",
    "/apis",
    "/healthz",
    "/livez",
    "/metrics",
    "/openapi/v2",
    "/openapi/v3",
    "/openid/v1/jwks",
    "/readyz",
    "/version",
)


def paths(kinds: Kinds) -> list[str]:
    """Where something is served, as the root of the API lists it."""
    found = set(OTHER_PATHS)
    for group, names in versions(kinds).items():
        root = f"/apis/{group}" if group else "/api"
        found |= {root, *(f"{root}/{name}" for name in names)}
    return sorted(found)


def aggregated(kinds: Kinds, core: bool, api_version: str) -> Data:
    """APIGroupDiscoveryList of `/api` (core) or `/apis`; apidiscovery v2 and v2beta1 look the same."""
    groups: list[Data] = []
    for group, names in versions(kinds).items():
        if (group == "") != core:
            continue
        metadata = {"name": group} if group else {}
        groups.append({"metadata": metadata, "versions": [_version(kinds, group, version) for version in names]})
    return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": groups}


def _version(kinds: Kinds, group: str, version: str) -> Data:
    resources = [_aggregated_resource(kind) for kind in served(kinds) if (kind.group, kind.version) == (group, version)]
    return {"version": version, "resources": resources, "freshness": "Current"}


def _aggregated_resource(kind: Kind[Any]) -> Data:
    resource: Data = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": list(kind.verbs),
    }
    for name, values in (("shortNames", kind.short_names), ("categories", kind.categories)):
        if values:
            resource[name] = list(values)
    subs = subresources(kind)
    if subs:
        resource["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": {"group": sub.group, "version": sub.version, "kind": sub.kind},
                "verbs": list(sub.verbs),
            }
            for sub in subs
        ]
    return resource


def api_versions() -> Data:
    """`/api` in its plain form."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def api_group_list(kinds: Kinds) -> Data:
    """`/apis` in its plain form."""
    groups = [api_group(group, names) for group, names in versions(kinds).items() if group]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_group(group: str, names: list[str]) -> Data:
    """One group, as `/apis/<group>` shows it."""
    found = [{"groupVersion": f"{group}/{version}", "version": version} for version in names]
    return {"kind": "APIGroup", "apiVersion": "v1", "name": group, "versions": found, "preferredVersion": found[0]}


def api_resource_list(kinds: Kinds, group: str, version: str) -> Data | None:
    """`/api/v1` or `/apis/<group>/<version>`; None when that is not served."""
    found = [kind for kind in served(kinds) if (kind.group, kind.version) == (group, version)]
    if not found:
        return None
    resources = [entry for kind in found for entry in _plain_resources(kind)]
    group_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}


def _plain_resources(kind: Kind[Any]) -> Iterable[Data]:
    entry: Data = {"name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced}
    entry |= {"kind": kind.kind, "verbs": list(kind.verbs)}
    for name, values in (("shortNames", kind.short_names), ("categories", kind.categories)):
        if values:
            entry[name] = list(values)
    yield entry
    for sub in subresources(kind):
        part: Data = {"name": f"{kind.plural}/{sub.name}", "singularName": "", "namespaced": kind.namespaced}
        if (sub.group, sub.version) != (kind.group, kind.version):
            part |= {"group": sub.group, "version": sub.version}
        yield part | {"kind": sub.kind, "verbs": list(sub.verbs)}
