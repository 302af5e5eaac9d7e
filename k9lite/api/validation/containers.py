"""Rules for containers: regular, init and ephemeral ones."""

from collections.abc import Mapping
from typing import NamedTuple

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import environment, mounts, probes, resources, security, values
from k9lite.api.validation.values import Errors

_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_RESIZE_POLICIES = ("NotRequired", "RestartContainer")
_NOT_EPHEMERAL = ("ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resizePolicy")


class PodContext(NamedTuple):
    """What the rules for a container must know of its pod."""

    volumes: Mapping[str, Data]
    grace_seconds: int | None
    restart_policy: str


def regular(path: str, containers: list[Data], pod: PodContext) -> Errors:
    if not containers:
        yield errors.required(path)
    seen: set[str] = set()
    for index, container in enumerate(containers):
        item_path = f"{path}[{index}]"
        yield from _any(item_path, container, pod)
        yield from _unique_name(item_path, container, seen)
        yield from _long_running(item_path, container, pod)
        yield from _restart_policy(item_path, container)
    yield from _host_port_conflicts(path, containers)


def init(path: str, containers: list[Data], others: list[Data], pod: PodContext) -> Errors:
    seen = {container.get("name", "") for container in others}
    for index, container in enumerate(containers):
        item_path = f"{path}[{index}]"
        yield from _any(item_path, container, pod)
        yield from _restart_policy(item_path, container)
        yield from _unique_name(item_path, container, seen)
        yield from _host_port_conflicts(path, [container])
        if container.get("restartPolicy") == "Always":
            yield from _long_running(item_path, container, pod)
        else:
            yield from probes.not_for_init_containers(item_path, container)


def ephemeral(path: str, containers: list[Data], others: list[Data], pod: PodContext) -> Errors:
    targets = {container.get("name", "") for container in others}
    seen = set(targets)
    for index, container in enumerate(containers):
        item_path = f"{path}[{index}]"
        yield from _any(item_path, container, pod)
        yield from trimmed_image(item_path, container)
        yield from _unique_name(item_path, container, seen)
        target = container.get("targetContainerName")
        if target and target not in targets:
            yield errors.not_found_value(f"{item_path}.targetContainerName", target)
        for field in (*_NOT_EPHEMERAL, "resources"):
            if container.get(field):
                yield errors.forbidden_field(f"{item_path}.{field}", "cannot be set for an Ephemeral Container")
        for position, mount in enumerate(container.get("volumeMounts") or ()):
            for field in ("subPath", "subPathExpr"):
                if mount.get(field):
                    place = f"{item_path}.volumeMounts[{position}].{field}"
                    yield errors.forbidden_field(place, "cannot be set for an Ephemeral Container")


def trimmed_image(path: str, container: Data) -> Errors:
    """A rule for pods alone: templates with blanks around the image were always accepted."""
    image = container.get("image", "")
    if image != image.strip():
        yield errors.invalid(f"{path}.image", image, "must not have leading or trailing whitespace")


def _any(path: str, container: Data, pod: PodContext) -> Errors:
    """What holds for containers of every sort."""
    yield from values.required_text(f"{path}.name", container.get("name"), names.dns_label)
    if not container.get("image"):
        yield errors.required(f"{path}.image")
    yield from values.one_of(
        f"{path}.terminationMessagePolicy", container.get("terminationMessagePolicy"), _MESSAGE_POLICIES
    )
    if "ports" in container:
        yield from _ports(f"{path}.ports", container["ports"])
    if "env" in container:
        yield from environment.variables(f"{path}.env", container["env"])
    if "envFrom" in container:
        yield from environment.env_from(f"{path}.envFrom", container["envFrom"])
    if "volumeMounts" in container:
        yield from mounts.mounts(path, container, pod.volumes)
    if "volumeDevices" in container:
        yield from mounts.devices(path, container, pod.volumes)
    yield from values.one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), values.PULL_POLICIES)
    if container.get("resources"):
        yield from resources.requirements(f"{path}.resources", container["resources"])
    if "resizePolicy" in container:
        yield from _resize_policy(f"{path}.resizePolicy", container["resizePolicy"], pod.restart_policy)
    if "securityContext" in container:
        yield from security.container_context(f"{path}.securityContext", container["securityContext"])


def _long_running(path: str, container: Data, pod: PodContext) -> Errors:
    if "lifecycle" in container:
        yield from probes.lifecycle(f"{path}.lifecycle", container["lifecycle"], pod.grace_seconds)
    yield from probes.probes(path, container)


def _unique_name(path: str, container: Data, seen: set[str]) -> Errors:
    name = container.get("name", "")
    if name in seen:
        yield errors.duplicate(f"{path}.name", name)
    elif name:
        seen.add(name)


def _restart_policy(path: str, container: Data) -> Errors:
    if "restartPolicy" in container:
        policy = container["restartPolicy"]
        yield from values.optional_one_of(f"{path}.restartPolicy", policy, _RESTART_POLICIES)
    elif container.get("restartPolicyRules"):
        yield errors.required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used")


def _ports(path: str, ports: list[Data]) -> Errors:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        item_path, name = f"{path}[{index}]", port.get("name", "")
        if name and names.port_name(name):
            yield from values.text(f"{item_path}.name", name, names.port_name)
        elif name in seen:
            yield errors.duplicate(f"{item_path}.name", name)
        elif name:
            seen.add(name)
        if not port.get("containerPort"):
            yield errors.required(f"{item_path}.containerPort")
        else:
            yield from values.port_number(f"{item_path}.containerPort", port["containerPort"])
        if port.get("hostPort"):
            yield from values.port_number(f"{item_path}.hostPort", port["hostPort"])
        yield from values.one_of(f"{item_path}.protocol", port.get("protocol"), values.PROTOCOLS)


def _host_port_conflicts(path: str, given: list[Data]) -> Errors:
    seen: set[str] = set()
    for position, container in enumerate(given):
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                taken = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if taken in seen:
                    yield errors.duplicate(f"{path}[{position}].ports[{index}].hostPort", taken)
                seen.add(taken)


def _resize_policy(path: str, given: list[Data], restart_policy: str) -> Errors:
    seen: set[str] = set()
    for index, policy in enumerate(given):
        name, restart = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in seen:
            yield errors.duplicate(f"{path}[{index}]", name)
        seen.add(name)
        yield from values.one_of(path, name, ("cpu", "memory"))
        yield from values.one_of(path, restart, _RESIZE_POLICIES)
        if restart_policy == "Never" and restart != "NotRequired":
            yield errors.invalid(path, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'")
