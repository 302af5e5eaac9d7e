"""What the API server accepts but finds odd: the texts that clients print as `Warning: ...` (pkg/api/*/warnings.go)."""

from collections.abc import Callable, Iterator
from typing import Any

from k9lite.api import names
from k9lite.api.kinds import Kind
from k9lite.api.object import Data

Texts = Iterator[str]

_DEPRECATED_NODE_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
_DEPRECATED_VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
_CONTAINERS = ("initContainers", "containers")
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_INGRESS_CLASS = "kubernetes.io/ingress.class"


def of(kind: Kind[Any], new: Data, old: Data | None = None) -> list[str]:
    """Warnings about a new object, or about the change of `old` to `new`."""
    check = _CHECKS.get((kind.group, kind.kind))
    if check is None or (old is not None and not _is_news(kind, new, old)):
        return []
    return list(check(new, old is None))


def _is_news(kind: Kind[Any], new: Data, old: Data) -> bool:
    """Nobody is told twice about what did not change; pods are changed by machines."""
    return kind.kind != "Pod" and new.get("spec") != old.get("spec")


def _dns_label_advised(data: Data, used_for: str) -> Texts:
    messages = names.dns_label((data.get("metadata") or {}).get("name", ""))
    if messages:
        yield (
            f"metadata.name: this is used in {used_for}, which can result in surprising behavior; "
            f"a DNS label is recommended: [{' '.join(messages)}]"
        )


def _pod(data: Data, is_new: bool) -> Texts:
    yield from _dns_label_advised(data, "the Pod's hostname")
    yield from _pod_spec("spec", data.get("spec") or {})


def _template_in(*path: str) -> Callable[[Data, bool], Texts]:
    """For kinds that make pods of the template at `path`."""

    def check(data: Data, is_new: bool) -> Texts:
        if is_new:
            yield from _dns_label_advised(data, "Pod names and hostnames")
        template = data
        for field in path:
            template = template.get(field) or {}
        yield from _pod_spec(f"{'.'.join(path)}.spec", template.get("spec") or {})

    return check


# -- pods -----------------------------------------------------------------------------------------------------------


def _pod_spec(path: str, spec: Data) -> Texts:
    for key in spec.get("nodeSelector") or ():
        if key in _DEPRECATED_NODE_LABELS:
            yield f"{path}.nodeSelector[{key}]: {_DEPRECATED_NODE_LABELS[key]}"
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        key, here = constraint.get("topologyKey", ""), f"{path}.topologySpreadConstraints[{index}]"
        if key in _DEPRECATED_NODE_LABELS:
            yield f"{here}.topologyKey: {key} is {_DEPRECATED_NODE_LABELS[key]}"
        if "labelSelector" not in constraint:
            yield f"{here}.labelSelector: a null labelSelector results in matching no pod"
    for index, volume in enumerate(spec.get("volumes") or ()):
        for source in _DEPRECATED_VOLUMES.keys() & volume.keys():
            yield f"{path}.volumes[{index}].{source}: {_DEPRECATED_VOLUMES[source]}"
    yield from _repeated(f"{path}.hostAliases", spec.get("hostAliases") or [], "ip")
    yield from _repeated(f"{path}.imagePullSecrets", spec.get("imagePullSecrets") or [], "name")
    for field in _CONTAINERS:
        for index, container in enumerate(spec.get(field) or ()):
            yield from _hidden_variables(f"{path}.{field}[{index}].env", container.get("env") or [])
    yield from _ports(path, spec)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        field = f"{path}.terminationGracePeriodSeconds"
        yield f"{field}: must be >= 0; negative values are invalid and will be treated as 1"
    for field in ("podAffinity", "podAntiAffinity"):
        yield from _affinity(f"{path}.affinity.{field}", (spec.get("affinity") or {}).get(field) or {})


def _repeated(path: str, items: list[Data], field: str) -> Texts:
    seen: set[str] = set()
    for index, item in enumerate(items):
        value = item.get(field, "")
        if value in seen:
            yield f"{path}[{index}].{field}: duplicate {field} {names.quoted(value)}"
        seen.add(value)


def _hidden_variables(path: str, variables: list[Data]) -> Texts:
    """A variable may be defined again from itself (`X=$(X)1`); anything else hides the first definition."""
    seen: set[str] = set()
    for index, variable in enumerate(variables):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        if name in seen and ("valueFrom" in variable or value == reference or reference not in value):
            hidden = f"hides previous definition of {names.quoted(name)}"
            yield f"{path}[{index}]: {hidden}, which may be dropped when using apply"
        seen.add(name)


def _ports(path: str, spec: Data) -> Texts:
    known: dict[tuple[int, str], list[tuple[str, Data]]] = {}
    for field in _CONTAINERS:
        for position, container in enumerate(spec.get(field) or ()):
            for index, port in enumerate(container.get("ports") or ()):
                here = f"{path}.{field}[{position}].ports[{index}]"
                others = known.setdefault((port.get("containerPort", 0), port.get("protocol", "")), [])
                for there, other in others:
                    yield from _overlap(here, port, there, other)
                others.append((here, port))


def _overlap(here: str, port: Data, there: str, other: Data) -> Texts:
    host_port, other_host_port = port.get("hostPort", 0), other.get("hostPort", 0)
    if (port.get("hostIP"), host_port) == (other.get("hostIP"), other_host_port):
        yield f"{here}: duplicate port definition with {there}"
    elif not host_port or not other_host_port:
        yield f"{here}: overlapping port definition with {there}"
    elif host_port == other_host_port and bool(port.get("hostIP")) != bool(other.get("hostIP")):
        yield f"{here}: dangerously ambiguous port definition with {there}"


def _affinity(path: str, affinity: Data) -> Texts:
    problem = "a null labelSelector results in matching no pod"
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        if "labelSelector" not in term:
            yield f"{path}.{_REQUIRED}[{index}].labelSelector: {problem}"
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        if "labelSelector" not in (term.get("podAffinityTerm") or {}):
            yield f"{path}.{_PREFERRED}[{index}].podAffinityTerm.labelSelector: {problem}"


# -- others ---------------------------------------------------------------------------------------------------------


def _service(data: Data, is_new: bool) -> Texts:
    spec = data.get("spec") or {}
    if spec.get("type") == "ExternalName":
        if spec.get("externalIPs"):
            yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    elif spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("clusterIP") == "None":
        for field in ("loadBalancerIP", "externalIPs"):
            if spec.get(field):
                yield f"spec.{field} is ignored for headless services"
        if spec.get("sessionAffinity") != "None":
            yield "spec.SessionAffinity is ignored for headless services"


def _ingress(data: Data, is_new: bool) -> Texts:
    if is_new and _INGRESS_CLASS in ((data.get("metadata") or {}).get("annotations") or {}):
        yield f"annotation \"{_INGRESS_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"


def _volume(data: Data, is_new: bool) -> Texts:
    spec = data.get("spec") or {}
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield (
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended "
            "approach is to use dynamic provisioning."
        )


_template = _template_in("spec", "template")
_CHECKS: dict[tuple[str, str], Callable[[Data, bool], Texts]] = {
    ("", "Pod"): _pod,
    ("", "ReplicationController"): _template,
    ("apps", "Deployment"): _template,
    ("apps", "ReplicaSet"): _template,
    ("apps", "StatefulSet"): _template,
    ("apps", "DaemonSet"): _template,
    ("batch", "Job"): _template,
    ("batch", "CronJob"): _template_in("spec", "jobTemplate", "spec", "template"),
    ("", "Service"): _service,
    ("", "PersistentVolume"): _volume,
    ("networking.k8s.io", "Ingress"): _ingress,
}
