"""Rules for the spec of a pod, and of the pods in templates, in the order in which Kubernetes applies them."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import containers, labels, metadata, resources, scheduling, security, values, volumes
from k9lite.api.validation.containers import PodContext
from k9lite.api.validation.values import Errors

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION_POLICIES = ("PreemptLowerPriority", "Never")
_SYSTEMS = ("linux", "windows")
_MOST_NAMESERVERS = 3
_MOST_SEARCHES = 32
_MOST_SEARCH_CHARACTERS = 2048


def template(path: str, given: Data) -> Errors:
    """A PodTemplateSpec. Its labels are complained about without `metadata` in the path, as Kubernetes does."""
    meta = given.get("metadata") or {}
    yield from labels.labels(f"{path}.labels", meta.get("labels"))
    yield from metadata.annotations(f"{path}.annotations", meta.get("annotations"))
    spec = given.get("spec") or {}
    yield from pod_spec(f"{path}.spec", spec)
    if spec.get("ephemeralContainers"):
        message = "ephemeral containers not allowed in pod template"
        yield errors.forbidden_field(f"{path}.spec.ephemeralContainers", message)


def pod_spec(path: str, spec: Data, *, of_pod: bool = False) -> Errors:
    """of_pod: it is a Pod's own, not one of a template."""
    if "terminationGracePeriodSeconds" not in spec:
        yield errors.required(f"{path}.terminationGracePeriodSeconds")
    known, wrong = volumes.volumes(f"{path}.volumes", spec["volumes"]) if "volumes" in spec else ({}, [])
    yield from wrong
    yield from _containers(
        path, spec, PodContext(known, spec.get("terminationGracePeriodSeconds"), spec.get("restartPolicy", ""))
    )
    if "resources" in spec:
        yield from resources.requirements(f"{path}.resources", spec["resources"], resources.pod_resource_name)
    if spec.get("hostNetwork"):
        yield from _host_network(f"{path}.containers", spec.get("containers") or [], of_pod)
    yield from values.one_of(f"{path}.restartPolicy", spec.get("restartPolicy"), _RESTART_POLICIES)
    yield from values.one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy"), _DNS_POLICIES)
    if "nodeSelector" in spec:
        yield from labels.labels(f"{path}.nodeSelector", spec["nodeSelector"])
    if spec.get("securityContext"):
        yield from security.pod_context(f"{path}.securityContext", spec["securityContext"], spec)
    if "affinity" in spec:
        yield from scheduling.affinity(f"{path}.affinity", spec["affinity"])
    if "dnsConfig" in spec or spec.get("dnsPolicy") == "None":
        yield from _dns_config(f"{path}.dnsConfig", spec.get("dnsConfig"), spec.get("dnsPolicy", ""))
    yield from _gates(path, spec)
    if "topologySpreadConstraints" in spec:
        constraints = spec["topologySpreadConstraints"]
        yield from scheduling.topology_spread(f"{path}.topologySpreadConstraints", constraints)
    yield from _identity(path, spec)
    if "tolerations" in spec:
        yield from scheduling.tolerations(f"{path}.tolerations", spec["tolerations"])
    yield from _rest(path, spec)


def _containers(path: str, spec: Data, pod: PodContext) -> Errors:
    regular, init = spec.get("containers") or [], spec.get("initContainers") or []
    yield from containers.regular(f"{path}.containers", regular, pod)
    if init:
        yield from containers.init(f"{path}.initContainers", init, regular, pod)
    if spec.get("ephemeralContainers"):
        others = [*regular, *init]
        yield from containers.ephemeral(f"{path}.ephemeralContainers", spec["ephemeralContainers"], others, pod)


def _host_network(path: str, given: list[Data], of_pod: bool) -> Errors:
    """A template may leave host ports out: its pods get them by default."""
    for position, container in enumerate(given):
        for index, port in enumerate(container.get("ports") or ()):
            host_port = port.get("hostPort", 0)
            if (of_pod or host_port) and host_port != port.get("containerPort", 0):
                message = "must match `containerPort` when `hostNetwork` is true"
                yield errors.invalid(f"{path}[{position}].ports[{index}].hostPort", host_port, message)


def _dns_config(path: str, config: Data | None, policy: str) -> Errors:
    if policy == "None":
        if config is None:
            yield errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
        elif not config.get("nameservers"):
            message = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            yield errors.required(f"{path}.nameservers", message)
    if config is None or (policy == "None" and not config.get("nameservers")):
        return
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > _MOST_NAMESERVERS:
        message = f"must not have more than {_MOST_NAMESERVERS} nameservers"
        yield errors.invalid(f"{path}.nameservers", servers, message)
    for index, server in enumerate(servers):
        yield from values.ip(f"{path}.nameservers[{index}]", server)
    if len(searches) > _MOST_SEARCHES:
        message = f"must not have more than {_MOST_SEARCHES} search paths"
        yield errors.invalid(f"{path}.searches", searches, message)
    if len(" ".join(searches)) > _MOST_SEARCH_CHARACTERS:
        message = f"must not have more than {_MOST_SEARCH_CHARACTERS} characters (including spaces) in the search list"
        yield errors.invalid(f"{path}.searches", searches, message)
    for index, search in enumerate(searches):
        if search != ".":
            domain = search.removesuffix(".")
            yield from values.text(f"{path}.searches[{index}]", domain, names.dns_subdomain_underscored)
    for index, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            yield errors.required(f"{path}.options[{index}]", "must not be empty")


def _gates(path: str, spec: Data) -> Errors:
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        item_path = f"{path}.readinessGates[{index}].conditionType"
        yield from values.text(item_path, gate.get("conditionType", ""), names.qualified_name)
    seen: set[str] = set()
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        item_path, name = f"{path}.schedulingGates[{index}]", gate.get("name", "")
        yield from values.text(item_path, name, names.qualified_name)
        if name in seen:
            yield errors.duplicate(item_path, name)
        seen.add(name)


_NAMES = {  # optional fields that name something, in Kubernetes' order
    "serviceAccountName": names.dns_subdomain,
    "nodeName": names.dns_subdomain,
}
_HOST_NAMES = {"hostname": names.dns_label, "subdomain": names.dns_label}


def _identity(path: str, spec: Data) -> Errors:
    for field, rule in _NAMES.items():
        if spec.get(field):
            yield from values.text(f"{path}.{field}", spec[field], rule)
    if "activeDeadlineSeconds" in spec:
        item_path = f"{path}.activeDeadlineSeconds"
        yield from values.between(item_path, spec["activeDeadlineSeconds"], 1, values.LARGEST_INT32)
    for field, rule in _HOST_NAMES.items():
        if spec.get(field):
            yield from values.text(f"{path}.{field}", spec[field], rule)


def _rest(path: str, spec: Data) -> Errors:
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        item_path = f"{path}.hostAliases[{index}]"
        yield from values.ip(f"{item_path}.ip", alias.get("ip", ""))
        for position, hostname in enumerate(alias.get("hostnames") or ()):
            yield from values.text(f"{item_path}.hostnames[{position}]", hostname, names.dns_subdomain)
    for field in ("priorityClassName", "runtimeClassName"):
        if spec.get(field):
            yield from values.text(f"{path}.{field}", spec[field], names.dns_subdomain)
    if "preemptionPolicy" in spec:
        yield from values.one_of(f"{path}.preemptionPolicy", spec["preemptionPolicy"], _PREEMPTION_POLICIES)
    if "overhead" in spec:
        yield from resources.requirements(f"{path}.overhead", {"limits": spec["overhead"]})
    if "os" in spec:
        if not spec["os"].get("name"):
            yield errors.required(f"{path}.os.name", "cannot be empty")
        else:
            yield from values.optional_one_of(f"{path}.os", spec["os"]["name"], _SYSTEMS)
