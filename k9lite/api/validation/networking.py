"""Rules for ingresses, their classes, and network policies (pkg/apis/networking/validation)."""

import ipaddress

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_BAD_SUFFIXES = ("/..", "/.")
_POLICY_TYPES = ("Ingress", "Egress")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_LONGEST_CONTROLLER = 250


# -- Ingress --------------------------------------------------------------------------------------------------------


def _ingress(data: Data) -> Errors:
    spec = data.get("spec") or {}
    if not spec.get("rules") and "defaultBackend" not in spec:
        yield errors.invalid("spec", spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    if "defaultBackend" in spec:
        yield from _backend("spec.defaultBackend", spec["defaultBackend"])
    for index, rule in enumerate(spec.get("rules") or ()):
        path = f"spec.rules[{index}]"
        if rule.get("host"):
            yield from _host(f"{path}.host", rule["host"])
        if "http" in rule:
            paths = rule["http"].get("paths") or []
            if not paths:
                yield errors.required(f"{path}.http.paths")
            for position, http_path in enumerate(paths):
                yield from _path(f"{path}.http.paths[{position}]", http_path)
    for index, tls in enumerate(spec.get("tls") or ()):
        for position, host in enumerate(tls.get("hosts") or ()):
            rule = names.wildcard_subdomain if "*" in host else names.dns_subdomain
            yield from values.text(f"spec.tls[{index}].hosts[{position}]", host, rule)
        if tls.get("secretName"):
            yield from values.text(f"spec.tls[{index}].secretName", tls["secretName"], names.dns_subdomain)
    if "ingressClassName" in spec:
        yield from values.text("spec.ingressClassName", spec["ingressClassName"], names.dns_subdomain)


def _ingress_create(data: Data) -> Errors:
    yield from _ingress(data)
    annotation = ((data.get("metadata") or {}).get("annotations") or {}).get(_CLASS_ANNOTATION)
    named = (data.get("spec") or {}).get("ingressClassName")
    if None not in (annotation, named) and annotation != named:
        message = "must match `ingressClassName` when both are specified"
        yield errors.invalid(f"annotations.{_CLASS_ANNOTATION}", annotation, message)


def _ingress_update(new: Data, old: Data) -> Errors:
    return _ingress(new)


def _host(path: str, host: str) -> Errors:
    if not any(values.ip(path, host)):
        yield errors.invalid(path, host, "must be a DNS name, not an IP address")
    yield from values.text(path, host, names.wildcard_subdomain if "*" in host else names.dns_subdomain)


def _path(path: str, http_path: Data) -> Errors:
    kind, place = http_path.get("pathType"), http_path.get("path", "")
    if not kind:
        yield errors.required(f"{path}.pathType", "pathType must be specified")
        return
    if kind in ("Exact", "Prefix"):
        if not place.startswith("/"):
            yield errors.invalid(f"{path}.path", place, "must be an absolute path")
        for sequence in _BAD_SEQUENCES:
            if sequence in place:
                yield errors.invalid(f"{path}.path", place, f"must not contain '{sequence}'")
        for suffix in _BAD_SUFFIXES:
            if place.endswith(suffix):
                yield errors.invalid(f"{path}.path", place, f"cannot end with '{suffix}'")
    elif kind != "ImplementationSpecific":
        yield errors.not_supported(f"{path}.pathType", kind, _PATH_TYPES)
    elif place and not place.startswith("/"):
        yield errors.invalid(f"{path}.path", place, "must be an absolute path")
    yield from _backend(f"{path}.backend", http_path.get("backend") or {})


def _backend(path: str, backend: Data) -> Errors:
    if "resource" in backend and "service" in backend:
        yield errors.invalid(path, "", "cannot set both resource and service backends")
    elif "resource" in backend:
        yield from _resource(f"{path}.resource", backend["resource"])
    elif "service" in backend:
        service = backend["service"]
        yield from values.required_text(f"{path}.service.name", service.get("name"), names.dns_label)
        port = service.get("port") or {}
        if port.get("name") and port.get("number"):
            yield errors.invalid(path, "", "cannot set both port name & port number")
        elif port.get("name"):
            yield from values.text(f"{path}.service.port.name", port["name"], names.port_name)
        elif port.get("number"):
            yield from values.port_number(f"{path}.service.port.number", port["number"])
        else:
            yield errors.required(path, "port name or number is required")
    else:
        yield errors.invalid(path, "", "resource or service backend is required")


def _resource(path: str, reference: Data) -> Errors:
    if "apiGroup" in reference:
        yield from values.text(f"{path}.apiGroup", reference["apiGroup"], names.dns_subdomain)
    for field in ("kind", "name"):
        yield from values.required_text(f"{path}.{field}", reference.get(field), names.path_segment)


def _ingress_status(new: Data, old: Data) -> Errors:
    ingresses = ((new.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    for index, ingress in enumerate(ingresses):
        path = f"status.loadBalancer.ingress[{index}]"
        if ingress.get("ip"):
            yield from values.ip(f"{path}.ip", ingress["ip"])
        if ingress.get("hostname"):
            yield from values.text(f"{path}.hostname", ingress["hostname"], names.dns_subdomain)


def _ingress_class(data: Data) -> Errors:
    spec = data.get("spec") or {}
    controller = spec.get("controller", "")
    if len(controller) > _LONGEST_CONTROLLER:
        yield errors.too_long("spec.controller", _LONGEST_CONTROLLER)
    domain, slash, rest = controller.partition("/")
    if not controller:
        yield errors.required("spec.controller")
    elif not (domain and slash and rest):
        message = 'must be a domain-prefixed path (such as "acme.io/foo")'
        yield errors.invalid("spec.controller", controller, message)
    else:
        yield from values.text("spec.controller", domain, names.dns_subdomain)
    if "parameters" in spec:
        yield from _class_parameters("spec.parameters", spec["parameters"])


def _class_parameters(path: str, parameters: Data) -> Errors:
    yield from _resource(path, parameters)
    scope = parameters.get("scope")
    yield from values.one_of(f"{path}.scope", scope, ("Cluster", "Namespace"))
    if scope == "Namespace" and "namespace" not in parameters:
        yield errors.required(f"{path}.namespace", "`parameters.scope` is set to 'Namespace'")
    if scope == "Cluster" and "namespace" in parameters:
        yield errors.forbidden_field(f"{path}.namespace", "`parameters.scope` is set to 'Cluster'")


def _ingress_class_update(new: Data, old: Data) -> Errors:
    after, before = ((data.get("spec") or {}).get("controller") for data in (new, old))
    yield from values.immutable("spec.controller", after, before)
    yield from _ingress_class(new)


# -- NetworkPolicy --------------------------------------------------------------------------------------------------


def _network_policy(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from labels.selector("spec.podSelector", spec.get("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            path = f"spec.{direction}[{index}]"
            for position, port in enumerate(rule.get("ports") or ()):
                yield from _policy_port(f"{path}.ports[{position}]", port)
            for position, peer in enumerate(rule.get(peers) or ()):
                yield from _peer(f"{path}.{peers}[{position}]", peer)
    kinds = spec.get("policyTypes") or []
    if len(kinds) > len(_POLICY_TYPES):
        yield errors.invalid("spec.policyTypes", kinds, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(kinds):
        yield from values.optional_one_of(f"spec.policyTypes[{index}]", kind, _POLICY_TYPES)


def _policy_port(path: str, port_rule: Data) -> Errors:
    yield from values.optional_one_of(f"{path}.protocol", port_rule.get("protocol"), _PROTOCOLS)
    port, last = port_rule.get("port"), port_rule.get("endPort")
    if port is not None:
        if isinstance(port, str) and last is not None:
            yield errors.invalid(f"{path}.endPort", last, "may not be specified when `port` is non-numeric")
        yield from values.port_number_or_name(f"{path}.port", port)
    elif last is not None:
        yield errors.invalid(f"{path}.endPort", last, "may not be specified when `port` is not specified")
    if isinstance(port, int) and last is not None:
        if last < port:
            yield errors.invalid(f"{path}.endPort", last, "must be greater than or equal to `port`")
        yield from values.port_number(f"{path}.endPort", last)


def _peer(path: str, peer: Data) -> Errors:
    for field in ("podSelector", "namespaceSelector"):
        yield from labels.selector(f"{path}.{field}", peer.get(field))
    if "ipBlock" in peer:
        yield from _ip_block(f"{path}.ipBlock", peer["ipBlock"])
        if len(peer) > 1:
            yield errors.forbidden_field(path, "may not specify both ipBlock and another peer")
    elif not peer:
        yield errors.required(path, "must specify a peer")


def _ip_block(path: str, block: Data) -> Errors:
    if not block.get("cidr"):
        yield errors.required(f"{path}.cidr")
        return
    wrong = list(values.cidr(f"{path}.cidr", block["cidr"]))
    yield from wrong
    for index, part in enumerate(block.get("except") or ()):
        item_path = f"{path}.except[{index}]"
        broken = list(values.cidr(item_path, part))
        yield from broken
        if not broken and not wrong and not _is_strict_subset(part, block["cidr"]):
            yield errors.invalid(item_path, part, "must be a strict subset of `cidr`")


def _is_strict_subset(part: str, whole: str) -> bool:
    inner, outer = (ipaddress.ip_network(text, strict=False) for text in (part, whole))
    return (
        inner.version == outer.version
        and inner != outer
        and inner.network_address in outer
        and (inner.prefixlen > outer.prefixlen)
    )


RULES = {
    "Ingress": Rules(_ingress_create, _ingress_update, _ingress_status),
    "IngressClass": Rules(_ingress_class, _ingress_class_update),
    "NetworkPolicy": Rules(_network_policy),
}
