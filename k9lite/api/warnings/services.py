"""Services and Ingresses: fields that have no effect beside others, or no future."""

from collections.abc import Iterator

from k9lite.api.object import Data

_INGRESS_CLASS = "kubernetes.io/ingress.class"
_HINTS, _TOPOLOGY = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
_EXTERNAL_NAME = "ExternalName"


def service(data: Data, is_new: bool) -> Iterator[str]:
    """Of a Service."""
    spec = data.get("spec") or {}
    if _HINTS in ((data.get("metadata") or {}).get("annotations") or {}):
        yield f"annotation {_HINTS} is deprecated, please use {_TOPOLOGY} instead"
    has_external_name_type = spec.get("type") == _EXTERNAL_NAME
    is_headless = spec.get("clusterIP") == "None" and spec.get("type", "ClusterIP") == "ClusterIP"
    if is_headless:
        yield from _headless(spec)
    elif spec.get("externalIPs") and not has_external_name_type:
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if has_external_name_type and spec.get("externalIPs"):
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if not has_external_name_type and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _headless(spec: Data) -> Iterator[str]:
    for field in ("loadBalancerIP", "externalIPs"):
        if spec.get(field):
            yield f"spec.{field} is ignored for headless services"
    if spec.get("sessionAffinity") != "None":
        yield "spec.SessionAffinity is ignored for headless services"


def ingress(data: Data, is_new: bool) -> Iterator[str]:
    """Of an Ingress."""
    if is_new and _INGRESS_CLASS in ((data.get("metadata") or {}).get("annotations") or {}):
        yield f"annotation \"{_INGRESS_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"
