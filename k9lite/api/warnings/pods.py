"""Pods and templates of pods: what is accepted and yet can hardly be meant, or will not go on working."""

from collections.abc import Callable, Iterator

from k9lite.api import names
from k9lite.api.object import Data
from k9lite.api.warnings import nodes, storage

Texts = Iterator[str]

DEPRECATED_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
SECCOMP, SECCOMP_OF_CONTAINER = (
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/",
)
APPARMOR_OF_CONTAINER = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_FIELD = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_APPARMOR_FIELD = 'deprecated since v1.30; use the "appArmorProfile" field instead'
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_BYTES = ("memory", "ephemeral-storage")
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_NO_POD = "a null labelSelector results in matching no pod"


def dns_label_advised(data: Data, used_for: str) -> Texts:
    messages = names.dns_label((data.get("metadata") or {}).get("name", ""))
    if messages:
        yield (
            f"metadata.name: this is used in {used_for}, which can result in surprising behavior; "
            f"a DNS label is recommended: [{' '.join(messages)}]"
        )


def pod(data: Data, is_new: bool) -> Texts:
    """Of a Pod."""
    yield from dns_label_advised(data, "the Pod's hostname")
    yield from _pod("", data)


def template_in(*path: str) -> Callable[[Data, bool], Texts]:
    """Of kinds that make pods of the template at `path`."""

    def check(data: Data, is_new: bool) -> Texts:
        if is_new:
            yield from dns_label_advised(data, "Pod names and hostnames")
        template = data
        for field in path:
            template = template.get(field) or {}
        yield from _pod(f"{'.'.join(path)}.", template)

    return check


def stateful_set(data: Data, is_new: bool) -> Texts:
    """Of a StatefulSet."""
    yield from template_in("spec", "template")(data, is_new)
    spec = data.get("spec") or {}
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
        yield from storage.claim_spec(f"spec.volumeClaimTemplates[{index}].Spec", claim.get("spec") or {})
    if (spec.get("revisionHistoryLimit") or 0) < 0:
        yield (
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
        )


def _pod(prefix: str, data: Data) -> Texts:
    """`prefix`: what stands before the fields of a template, `spec.template.`; empty for a pod itself."""
    spec, metadata = data.get("spec") or {}, data.get("metadata") or {}
    path, affinity = f"{prefix}spec", spec.get("affinity") or {}
    yield from nodes.selector(f"{path}.nodeSelector", spec.get("nodeSelector") or ())
    yield from _node_affinity(f"{path}.affinity.nodeAffinity", affinity.get("nodeAffinity") or {})
    yield from _topology(f"{path}.topologySpreadConstraints", spec.get("topologySpreadConstraints") or [])
    yield from storage.annotations(f"{prefix}metadata.annotations", metadata, DEPRECATED_ANNOTATIONS)
    yield from _volumes(f"{path}.volumes", spec.get("volumes") or [])
    yield from _repeated(f"{path}.hostAliases", spec.get("hostAliases") or [], "ip")
    yield from _repeated(f"{path}.imagePullSecrets", spec.get("imagePullSecrets") or [], "name")
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield f'{path}.imagePullSecrets[{index}].name: invalid empty name ""'
    yield from storage.fractions(f"{path}.overhead", spec.get("overhead") or {}, _BYTES)
    yield from _profiles(prefix, spec, metadata)
    for field, index, container in _containers(spec):
        yield from _container(f"{path}.{field}[{index}]", container)
    yield from _ports(path, spec)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        field = f"{path}.terminationGracePeriodSeconds"
        yield f"{field}: must be >= 0; negative values are invalid and will be treated as 1"
    for field in ("podAffinity", "podAntiAffinity"):
        yield from _affinity(f"{path}.affinity.{field}", affinity.get(field) or {})


def _containers(spec: Data) -> Iterator[tuple[str, int, Data]]:
    """(field, index, container) of all containers of a pod."""
    return ((field, index, one) for field in _CONTAINERS for index, one in enumerate(spec.get(field) or ()))


def _node_affinity(path: str, affinity: Data) -> Texts:
    required = (affinity.get(_REQUIRED) or {}).get("nodeSelectorTerms") or ()
    yield from nodes.terms(f"{path}.{_REQUIRED}.nodeSelectorTerms", required)
    for index, preferred in enumerate(affinity.get(_PREFERRED) or ()):
        yield from nodes.term_of(f"{path}.{_PREFERRED}[{index}].preference", preferred.get("preference") or {})


def _topology(path: str, constraints: list[Data]) -> Texts:
    for index, constraint in enumerate(constraints):
        key = constraint.get("topologyKey", "")
        if key in nodes.DEPRECATED_LABELS:
            yield f"{path}[{index}].topologyKey: {key} is {nodes.DEPRECATED_LABELS[key]}"
        if "labelSelector" not in constraint:
            yield f"{path}[{index}].labelSelector: {_NO_POD}"


def _volumes(path: str, volumes: list[Data]) -> Texts:
    for index, volume in enumerate(volumes):
        for source, message in storage.DEPRECATED_VOLUMES.items():
            if source in volume:
                yield f"{path}[{index}].{source}: {message}"
        template = (volume.get("ephemeral") or {}).get("volumeClaimTemplate") or {}
        yield from storage.claim_spec(f"{path}[{index}].ephemeral.volumeClaimTemplate.spec", template.get("spec") or {})
    yield from _hidden_tokens(path, volumes)


def _hidden_tokens(path: str, volumes: list[Data]) -> Texts:
    """Files of projected volumes where a service account's token is, too."""
    sources = [
        (index, source)
        for index, volume in enumerate(volumes)
        for source in (volume.get("projected") or {}).get("sources") or ()
    ]
    tokens = {
        source["serviceAccountToken"].get("path", "") for _, source in sources if source.get("serviceAccountToken")
    }
    for index, source in sources:
        for field, told in (("configMap", "configMap"), ("secret", "secrets"), ("downwardAPI", "downwardAPI")):
            for position, item in enumerate((source.get(field) or {}).get("items") or ()):
                if item.get("path") in tokens:
                    place = f"{path}[{index}].projected.sources.{told}[{position}]"
                    yield f"{place}: has duplicated path with ServiceAccountToken {names.quoted(item['path'])}"


def _profiles(prefix: str, spec: Data, metadata: Data) -> Texts:
    """Annotations that were replaced by fields of the security context, where those are not set."""
    annotations, context = metadata.get("annotations") or {}, spec.get("securityContext") or {}
    place = f"{prefix}metadata.annotations"
    if SECCOMP in annotations and "seccompProfile" not in context:
        yield f"{place}[{SECCOMP}]: {_SECCOMP_FIELD}"
    for _, _, container in _containers(spec):
        own, name = container.get("securityContext") or {}, container.get("name", "")
        if SECCOMP_OF_CONTAINER + name in annotations and "seccompProfile" not in own:
            yield f"{place}[{SECCOMP_OF_CONTAINER}{name}]: {_SECCOMP_FIELD}"
        has_profile = "appArmorProfile" in context or "appArmorProfile" in own
        if APPARMOR_OF_CONTAINER + name in annotations and not has_profile:
            yield f"{place}[{APPARMOR_OF_CONTAINER}{name}]: {_APPARMOR_FIELD}"


def _container(path: str, container: Data) -> Texts:
    resources = container.get("resources") or {}
    for resource in _BYTES:
        for field in ("limits", "requests"):
            yield from storage.fractions(f"{path}.resources.{field}", resources.get(field) or {}, (resource,))
    yield from _hidden_variables(f"{path}.env", container.get("env") or [])


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
    earlier: dict[tuple[int, str], list[tuple[str, Data]]] = {}
    for field, position, container in _containers(spec):
        for index, port in enumerate(container.get("ports") or ()):
            place = f"{path}.{field}[{position}].ports[{index}]"
            others = earlier.setdefault((port.get("containerPort", 0), port.get("protocol", "")), [])
            for other_place, other in others:
                yield from _overlap(place, port, other_place, other)
            others.append((place, port))


def _overlap(place: str, port: Data, other_place: str, other: Data) -> Texts:
    host_port, other_host_port = port.get("hostPort", 0), other.get("hostPort", 0)
    if (port.get("hostIP"), host_port) == (other.get("hostIP"), other_host_port):
        yield f"{place}: duplicate port definition with {other_place}"
    elif not host_port or not other_host_port:
        yield f"{place}: overlapping port definition with {other_place}"
    elif host_port == other_host_port and bool(port.get("hostIP")) != bool(other.get("hostIP")):
        yield f"{place}: dangerously ambiguous port definition with {other_place}"


def _affinity(path: str, affinity: Data) -> Texts:
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        if "labelSelector" not in term:
            yield f"{path}.{_REQUIRED}[{index}].labelSelector: {_NO_POD}"
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        if "labelSelector" not in (term.get("podAffinityTerm") or {}):
            yield f"{path}.{_PREFERRED}[{index}].podAffinityTerm.labelSelector: {_NO_POD}"
