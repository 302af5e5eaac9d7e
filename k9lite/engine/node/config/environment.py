"""The environment of a container (Kubernetes: kubelet_pods.go, makeEnvironmentVariables; kubelet/envvars); pure."""

import base64
import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from lightkube.models.core_v1 import Container, EnvVar, EphemeralContainer, Service

from k9lite.api import pods, quantity
from k9lite.api.object import Object
from k9lite.engine.node.pod_state import PodState

_REFERENCE = re.compile(r"\$\$|\$\(([^()$]*)\)")


class ConfigError(Exception):
    """A container refers to configuration that is not there; becomes CreateContainerConfigError."""


def expand(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` becomes its value, `$$` a dollar; references to unknown names stay as they are.

    >>> expand("$(A) $$(A) $(B)", {"A": "1"})
    '1 $(A) $(B)'
    """

    def replace(match: re.Match[str]) -> str:
        if match[1] is None:
            return "$"
        return variables.get(match[1], match[0])

    return _REFERENCE.sub(replace, text)


def references(text: str) -> list[str]:
    """The names that `text` refers to.

    >>> references("$(A)/$$(B)/$(C)")
    ['A', 'C']
    """
    return [match[1] for match in _REFERENCE.finditer(text) if match[1] is not None]


def compose(state: PodState, container: Container | EphemeralContainer) -> dict[str, str]:
    """Service variables, then envFrom, then env; later ones win. ConfigError."""
    spec = pods.spec(state.view)
    result: dict[str, str] = {}
    for source in container.envFrom or ():
        result |= _from_source(state, source.prefix or "", source.configMapRef, "configmap")
        result |= _from_source(state, source.prefix or "", source.secretRef, "secret")
    services = _visible(state, spec.enableServiceLinks is not False)
    of_services = _of_services(tuple(services))
    for variable in container.env or ():
        value = _value(state, container, variable, of_services | result)
        if value is not None:
            result[variable.name] = value
    return of_services | result


@lru_cache(maxsize=8)
def _of_services(services: tuple[Object[Service], ...]) -> dict[str, str]:
    """The same for all pods that start while no service changes: a state of an object never does."""
    return service_variables(service.view for service in services)


def service_variables(services: Iterable[Service]) -> dict[str, str]:
    """What containers are told of the services that have an address."""
    result: dict[str, str] = {}
    for service in services:
        spec, name = service.spec, (service.metadata.name if service.metadata else "") or ""
        if spec is None or not spec.clusterIP or spec.clusterIP == "None" or not spec.ports:
            continue
        prefix, ip = name.upper().replace("-", "_"), spec.clusterIP
        result[f"{prefix}_SERVICE_HOST"] = ip
        result[f"{prefix}_SERVICE_PORT"] = str(spec.ports[0].port)
        for port in spec.ports:
            if port.name:
                result[f"{prefix}_SERVICE_PORT_{port.name.upper().replace('-', '_')}"] = str(port.port)
        first = spec.ports[0]
        result[f"{prefix}_PORT"] = f"{(first.protocol or 'TCP').lower()}://{ip}:{first.port}"
        for port in spec.ports:
            protocol = port.protocol or "TCP"
            key = f"{prefix}_PORT_{port.port}_{protocol.upper()}"
            result[key] = f"{protocol.lower()}://{ip}:{port.port}"
            result |= {f"{key}_PROTO": protocol.lower(), f"{key}_PORT": str(port.port), f"{key}_ADDR": ip}
    return result


def _visible(state: PodState, links: bool) -> list[Object[Service]]:
    """The services of the pod's namespace, and always the API server's."""
    lookup = state.node.lookup
    found = {one.key: one for one in lookup.services("default") if one.name == "kubernetes"}
    if links:
        found |= {one.key: one for one in lookup.services(state.pod.namespace)}
    return [found[key] for key in sorted(found)]


def _from_source(state: PodState, prefix: str, source: object, word: str) -> dict[str, str]:
    if source is None:
        return {}
    name, optional = str(getattr(source, "name", "")), bool(getattr(source, "optional", False))
    data = contents(state, word, name)
    if data is None:
        if optional:
            return {}
        raise ConfigError(f'{word} "{name}" not found')
    return {prefix + key: value.decode(errors="replace") for key, value in data.items()}


def contents(state: PodState, word: str, name: str) -> dict[str, bytes] | None:
    """The entries of a configmap or secret; None if it does not exist."""
    if word == "configmap":
        config = state.node.lookup.config_map(name, state.pod.namespace)
        if config is None:
            return None
        plain = {key: value.encode() for key, value in (config.view.data or {}).items()}
        return plain | {key: base64.b64decode(value) for key, value in (config.view.binaryData or {}).items()}
    secret = state.node.lookup.secret(name, state.pod.namespace)
    if secret is None:
        return None
    return {key: base64.b64decode(value) for key, value in (secret.view.data or {}).items()}


def _value(
    state: PodState, container: Container | EphemeralContainer, variable: EnvVar, known: Mapping[str, str]
) -> str | None:
    source = variable.valueFrom
    if source is None:
        return expand(variable.value or "", known)
    if source.fieldRef is not None:
        return field(state, source.fieldRef.fieldPath)
    if source.resourceFieldRef is not None:
        reference = source.resourceFieldRef
        return resource(state, reference.containerName or container.name, reference.resource, reference.divisor)
    for word, title, key in (
        ("configmap", "ConfigMap", source.configMapKeyRef),
        ("secret", "Secret", source.secretKeyRef),
    ):
        if key is not None:
            return _key(state, word, title, key.name or "", key.key, bool(key.optional))
    return None


def _key(state: PodState, word: str, title: str, name: str, key: str, optional: bool) -> str | None:
    data = contents(state, word, name)
    if data is None:
        if optional:
            return None
        raise ConfigError(f'{word} "{name}" not found')
    if key not in data:
        if optional:
            return None
        raise ConfigError(f"couldn't find key {key} in {title} {state.pod.namespace}/{name}")
    return data[key].decode(errors="replace")


_KEYED = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")


def field(state: PodState, path: str) -> str:
    """The value of a field that the downward API offers. ConfigError."""
    pod, spec, meta = state.pod, pods.spec(state.view), state.pod.meta
    if found := _KEYED.fullmatch(path):
        keyed = meta.labels if found[1] == "labels" else meta.annotations
        return (keyed or {}).get(found[2], "")
    lines = {"metadata.labels": meta.labels, "metadata.annotations": meta.annotations}
    if path in lines:
        return "\n".join(f'{key}="{value}"' for key, value in sorted((lines[path] or {}).items()))
    values = {
        "metadata.name": pod.name,
        "metadata.namespace": pod.namespace,
        "metadata.uid": pod.uid,
        "spec.nodeName": spec.nodeName or "",
        "spec.serviceAccountName": spec.serviceAccountName or "",
        "status.hostIP": state.node.address,
        "status.hostIPs": state.node.address,
        "status.podIP": state.address,
        "status.podIPs": state.address,
    }
    if path not in values:
        raise ConfigError(f"unsupported fieldPath: {path}")
    return values[path]


def resource(state: PodState, container: str, path: str, divisor: str | None) -> str:
    """A container's request or limit in units of `divisor`, rounded up; a missing limit is what the node has."""
    found = state.container(container)
    if found is None:
        raise ConfigError(f"container {container} not found")
    part, _, name = path.partition(".")
    resources = found.resources
    quantities = (getattr(resources, part, None) or {}) if resources else {}
    value = quantities.get(name) or (state.node.allocatable.get(name, "0") if part == "limits" else "0")
    unit = quantity.parse(divisor) if divisor and divisor != "0" else quantity.parse("1")
    return str(math.ceil(quantity.parse(value) / unit))
