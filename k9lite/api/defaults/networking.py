"""Defaults of slices, ingresses and network policies (pkg/apis/{discovery,networking}/v1/defaults.go)."""

from k9lite.api.defaults import fill
from k9lite.api.object import Data


def endpoint_slice(data: Data) -> None:
    for name in ("endpoints", "ports"):
        data[name] = data.get(name) or None  # Go writes an empty list that it must not leave out as null
    fill.each(data.get("ports"), {"protocol": "TCP"})
    for port in data.get("ports") or ():
        port.setdefault("name", "")


def network_policy(data: Data) -> None:
    spec = data.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    for rule in [*(spec.get("ingress") or ()), *(spec.get("egress") or ())]:
        fill.each(rule.get("ports"), {"protocol": "TCP"})


def ingress_class(data: Data) -> None:
    parameters = data.setdefault("spec", {}).get("parameters")
    if parameters:
        fill.absent(parameters, {"scope": "Cluster"})


DISCOVERY = {"EndpointSlice": endpoint_slice}
NETWORKING = {"NetworkPolicy": network_policy, "IngressClass": ingress_class}
