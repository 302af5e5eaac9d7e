"""Rules for services (the allocation of addresses and node ports is the API server's)."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_AFFINITIES = ("ClientIP", "None")
_MOST_AFFINITY_SECONDS = 86400
_TRAFFIC_POLICIES = ("Cluster", "Local")
_FAMILIES = ("IPv4", "IPv6")
_FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_DISTRIBUTIONS = ("PreferClose", "PreferSameNode", "PreferSameZone")
_ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"


def cluster_ips(spec: Data) -> list[str]:
    """The plural field; the API server derives it from the singular one, but only when it stores the service."""
    single = spec.get("clusterIP")
    return spec.get("clusterIPs") or ([single] if single else [])


def is_headless(spec: Data) -> bool:
    return cluster_ips(spec) == ["None"]


def _service(data: Data) -> Errors:
    spec = data.get("spec") or {}
    kind, ports = spec.get("type", ""), spec.get("ports") or []
    if not ports and not is_headless(spec) and kind != "ExternalName":
        yield errors.required("spec.ports")
    if kind in ("LoadBalancer", "NodePort") and is_headless(spec):
        yield errors.invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        yield from _external_name(spec)
    seen: set[str] = set()
    for index, port in enumerate(ports):
        yield from _port(f"spec.ports[{index}]", port, len(ports) > 1, seen)
    yield from labels.labels("spec.selector", spec.get("selector"))
    yield from _session_affinity(spec)
    if kind != "ExternalName":
        yield from _addresses(spec)
    for index, ip in enumerate(spec.get("externalIPs") or ()):
        wrong = list(values.ip(f"spec.externalIPs[{index}]", ip))
        yield from wrong or values.non_special_ip(f"spec.externalIPs[{index}]", ip)
    yield from values.one_of("spec.type", kind, _TYPES)
    yield from _repeated_ports(kind, ports)
    yield from _load_balancer(data, spec, kind)
    yield from _traffic(spec, kind)


def _external_name(spec: Data) -> Errors:
    for field, given in (
        ("clusterIPs", cluster_ips(spec)),
        ("ipFamilies", spec.get("ipFamilies")),
        ("ipFamilyPolicy", spec.get("ipFamilyPolicy")),
    ):
        if given:
            yield errors.forbidden_field(f"spec.{field}", "may not be set for ExternalName services")
    name = spec.get("externalName", "").removesuffix(".")
    yield from values.required_text("spec.externalName", name, names.dns_subdomain)


def _port(path: str, port: Data, needs_name: bool, seen: set[str]) -> Errors:
    name = port.get("name", "")
    if name:
        yield from values.text(f"{path}.name", name, names.dns_label)
        if name in seen:
            yield errors.duplicate(f"{path}.name", name)
        seen.add(name)
    elif needs_name:
        yield errors.required(f"{path}.name")
    yield from values.port_number(f"{path}.port", port.get("port", 0))
    yield from values.one_of(f"{path}.protocol", port.get("protocol"), values.PROTOCOLS)
    yield from values.port_number_or_name(f"{path}.targetPort", port.get("targetPort", 0))
    if "appProtocol" in port:
        yield from values.text(f"{path}.appProtocol", port["appProtocol"], names.qualified_name)


def _session_affinity(spec: Data) -> Errors:
    affinity, config = spec.get("sessionAffinity"), spec.get("sessionAffinityConfig")
    yield from values.one_of("spec.sessionAffinity", affinity, _AFFINITIES)
    path = "spec.sessionAffinityConfig"
    if affinity == "ClientIP":
        seconds = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
        if seconds is None:
            yield errors.required(path, "when session affinity type is ClientIP")
        elif not 0 < seconds <= _MOST_AFFINITY_SECONDS:
            message = f"must be greater than 0 and less than {_MOST_AFFINITY_SECONDS}"
            yield errors.invalid(f"{path}.clientIP.timeoutSeconds", seconds, message)
    elif affinity == "None" and config is not None:
        yield errors.forbidden_field(path, "must not be set when session affinity is None")


def _addresses(spec: Data) -> Errors:
    path, ips = "spec.clusterIPs", cluster_ips(spec)
    if spec.get("clusterIP"):
        if ips[0] != spec["clusterIP"]:
            yield errors.invalid(path, ips, "first value must match `clusterIP`")
    elif ips:
        yield errors.invalid(path, ips, "must be empty when `clusterIP` is not specified")
    families = spec.get("ipFamilies") or []
    for index, family in enumerate(families):
        yield from values.optional_one_of(f"spec.ipFamilies[{index}]", family, _FAMILIES)
        if family in families[:index]:
            yield errors.duplicate(f"spec.ipFamilies[{index}]", family)
    yield from values.optional_one_of("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), _FAMILY_POLICIES)
    if "None" in ips:
        if len(ips) > 1:
            yield errors.invalid(path, ips, "'None' must be the first and only value")
        return
    wrong = [error for index, ip in enumerate(ips) for error in values.ip(f"{path}[{index}]", ip)]
    yield from wrong
    if len(ips) > 2:
        yield errors.invalid(path, ips, "may only hold up to 2 values")
    if wrong:
        return
    if len(ips) > 1 and len({values.is_ipv6(ip) for ip in ips}) == 1:
        yield errors.invalid(path, ips, "may specify no more than one IP for each IP family")
    for index, (ip, family) in enumerate(zip(ips, families, strict=False)):
        if values.is_ipv6(ip) != (family == "IPv6"):
            message = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield errors.invalid(f"{path}[{index}]", ip, message)


def _repeated_ports(kind: str, ports: list[Data]) -> Errors:
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                message = "may not be used when `type` is 'ClusterIP'"
                yield errors.forbidden_field(f"spec.ports[{index}].nodePort", message)
    node_ports: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        node_port = (port.get("protocol", ""), port.get("nodePort", 0))
        if node_port[1] and node_port in node_ports:
            yield errors.duplicate(f"spec.ports[{index}].nodePort", node_port[1])
        node_ports.add(node_port)
    taken: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        protocol, number = port.get("protocol", ""), port.get("port", 0)
        if (protocol, number) in taken:  # shown as the server's internal type is
            shown = {"Name": "", "Protocol": protocol, "AppProtocol": None, "Port": number}
            yield errors.duplicate(f"spec.ports[{index}]", shown | {"TargetPort": 0, "NodePort": 0})
        taken.add((protocol, number))


def _load_balancer(data: Data, spec: Data, kind: str) -> Errors:
    ranges = spec.get("loadBalancerSourceRanges") or []
    if ranges and kind != "LoadBalancer":
        yield errors.forbidden_field("spec.LoadBalancerSourceRanges", _ONLY_LOAD_BALANCER)
    for index, value in enumerate(ranges):
        yield from values.cidr(f"spec.LoadBalancerSourceRanges[{index}]", value.strip())
    if "allocateLoadBalancerNodePorts" in spec and kind != "LoadBalancer":
        yield errors.forbidden_field("spec.allocateLoadBalancerNodePorts", _ONLY_LOAD_BALANCER)
    if "loadBalancerClass" in spec:
        if kind == "LoadBalancer":
            yield from values.text("spec.loadBalancerClass", spec["loadBalancerClass"], names.qualified_name)
        else:
            yield errors.forbidden_field("spec.loadBalancerClass", _ONLY_LOAD_BALANCER)


def _traffic(spec: Data, kind: str) -> Errors:
    external = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and spec.get("externalIPs"))
    policy = spec.get("externalTrafficPolicy")
    if external:
        yield from values.one_of("spec.externalTrafficPolicy", policy, _TRAFFIC_POLICIES)
    elif policy:
        message = "may only be set for externally-accessible services"
        yield errors.invalid("spec.externalTrafficPolicy", policy, message)
    if spec.get("healthCheckNodePort") and not (kind == "LoadBalancer" and policy == "Local"):
        message = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield errors.invalid("spec.healthCheckNodePort", spec["healthCheckNodePort"], message)
    internal = spec.get("internalTrafficPolicy")
    if internal is None and kind in ("ClusterIP", "NodePort", "LoadBalancer"):
        yield errors.required("spec.internalTrafficPolicy")
    yield from values.optional_one_of("spec.internalTrafficPolicy", internal, _TRAFFIC_POLICIES)
    yield from values.optional_one_of("spec.trafficDistribution", spec.get("trafficDistribution"), _DISTRIBUTIONS)


# -- changes --------------------------------------------------------------------------------------------------------


def _update(new: Data, old: Data) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    if "ExternalName" not in (after.get("type"), before.get("type")):
        if not (is_headless(after) and is_headless(before)):
            yield from _kept_addresses(after, cluster_ips(after), cluster_ips(before))
        if not is_headless(after) and not is_headless(before):
            yield from _kept_families(after, before)
    if after.get("type") == before.get("type") == "LoadBalancer":
        if after.get("loadBalancerClass") != before.get("loadBalancerClass"):
            yield errors.invalid("spec.loadBalancerClass", after.get("loadBalancerClass"), "may not change once set")
        ports = (after.get("healthCheckNodePort"), before.get("healthCheckNodePort"))
        if all(ports) and ports[0] != ports[1]:
            yield errors.forbidden_field("spec.healthCheckNodePort", values.IMMUTABLE)
    yield from _service(new)


def _kept_addresses(spec: Data, after: list[str], before: list[str]) -> Errors:
    """Addresses may be added behind the first, or taken from behind it."""
    path = "spec.clusterIPs"
    if len(after) == len(before):
        for index, (new, old) in enumerate(zip(after, before, strict=True)):
            if new != old:
                yield errors.invalid(f"{path}[{index}]", after, "may not change once set")
        return
    if not after:
        yield errors.invalid(f"{path}[0]", None, "primary clusterIP can not be unset")
    elif before and after[0] != before[0]:
        yield errors.invalid(f"{path}[0]", after, "may not change once set")
    if len(after) < len(before) and len(after) == 1 and spec.get("ipFamilyPolicy") != "SingleStack":
        message = "must be set to 'SingleStack' when releasing the secondary clusterIP"
        yield errors.invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), message)


def _kept_families(after: Data, before: Data) -> Errors:
    new, old = after.get("ipFamilies") or [], before.get("ipFamilies") or []
    if new and old and new[0] != old[0]:
        yield errors.invalid("spec.ipFamilies[0]", new, "may not change once set")
    if len(new) == 1 < len(old) and after.get("ipFamilyPolicy") != "SingleStack":
        message = "must be set to 'SingleStack' when releasing the secondary ipFamily"
        yield errors.invalid("spec.ipFamilyPolicy", after.get("ipFamilyPolicy"), message)


def _status(new: Data, old: Data) -> Errors:
    path, kind = "status.loadBalancer.ingress", (new.get("spec") or {}).get("type")
    given = ((new.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    if given and kind != "LoadBalancer":
        yield errors.forbidden_field(path, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    for index, ingress in enumerate(given):
        item_path = f"{path}[{index}]"
        if ingress.get("ip"):
            yield from values.ip(f"{item_path}.ip", ingress["ip"])
            if "ipMode" not in ingress:
                yield errors.required(f"{item_path}.ipMode", "must be specified when `ip` is set")
        elif "ipMode" in ingress:
            yield errors.forbidden_field(f"{item_path}.ipMode", "may not be specified when `ip` is not set")
        if ingress.get("hostname"):
            yield from values.text(f"{item_path}.hostname", ingress["hostname"], names.dns_subdomain)


RULES = {"Service": Rules(_service, _update, _status)}
