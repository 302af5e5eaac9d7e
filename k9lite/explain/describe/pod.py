"""What there is to say about a pod."""

from collections.abc import Sequence
from typing import Any

from lightkube.models.core_v1 import (
    Container,
    ContainerState,
    ContainerStatus,
    EnvVar,
    Event,
    Pod,
    Probe,
    Toleration,
    Volume,
)

from k9lite.api import pods
from k9lite.api.object import Object
from k9lite.explain import pending
from k9lite.explain.describe.fields import NONE, Field, field, mapping, rows
from k9lite.explain.describe.reach import Reachable, nowhere, open_at
from k9lite.explain.pending import Why
from k9lite.tables.pods import summary


def describe(
    obj: Object[Pod], events: Sequence[Object[Event]] = (), reachable: Reachable = nowhere, *, has_node: bool = True
) -> list[Field]:
    """`reachable`: where other programs reach an address and port of the cluster; `has_node`: whether its node is."""
    pod, line = obj.view, summary(obj)
    spec, status = pod.spec, pod.status
    if spec is None or status is None:
        return []
    owner = obj.meta.controller
    statuses = {s.name: s for s in (*(status.initContainerStatuses or ()), *(status.containerStatuses or ()))}
    fields = [
        field("Priority", spec.priority or 0),
        field("Service Account", spec.serviceAccountName),
        field("Node", f"{spec.nodeName}/{status.hostIP or ''}" if spec.nodeName else None),
        field("Start Time", status.startTime),
        field("Status", line.status),
    ]
    if (why := _pending(pod, events, has_node)) is not None:
        fields.append(field("Waits for", why.message))
    if status.reason or status.message:
        fields += [field("Reason", status.reason), field("Message", status.message)]
    fields += [
        field("Ready", f"{line.ready}/{line.total}"),
        field("IP", status.podIP),
        *open_at(_addresses(pod), reachable),
        field("Controlled By", f"{owner.kind}/{owner.name}" if owner else None),
    ]
    if spec.initContainers:
        fields.append(Field("Init Containers", [_container(c, statuses.get(c.name)) for c in spec.initContainers]))
    fields.append(Field("Containers", [_container(c, statuses.get(c.name)) for c in spec.containers or ()]))
    return [
        *fields,
        rows(
            "Conditions",
            ("Type", "Status", "Reason"),
            [(c.type, c.status, c.reason or "") for c in status.conditions or ()],
        ),
        Field("Volumes", [Field(v.name, _volume(v)) for v in spec.volumes or ()] or NONE),
        field("QoS Class", status.qosClass),
        mapping("Node-Selectors", spec.nodeSelector),
        Field("Tolerations", [_toleration(t) for t in spec.tolerations or ()] or NONE),
    ]


def _pending(pod: Pod, events: Sequence[Object[Event]], has_node: bool) -> Why | None:
    if pods.phase(pod) != "Pending":
        return None
    return pending.unattended(pod, has_node=has_node) or pending.complaint(events)


def _addresses(pod: Pod) -> list[tuple[str, int]]:
    address = (pod.status and pod.status.podIP) or ""
    containers = (pod.spec.containers or ()) if pod.spec else ()
    return [(address, port.containerPort) for container in containers for port in container.ports or ()]


def _container(container: Container, status: ContainerStatus | None) -> Field:
    state = status.state if status else None
    fields = [
        field("Image", container.image),
        field("Ports", ", ".join(f"{p.containerPort}/{p.protocol or 'TCP'}" for p in container.ports or ())),
        *([field("Command", " ".join(container.command))] if container.command else []),
        *([field("Args", " ".join(container.args))] if container.args else []),
        Field("State", _state(state)),
    ]
    if status is not None:
        if status.lastState and status.lastState.terminated:
            fields.append(Field("Last State", _state(status.lastState)))
        fields += [field("Ready", status.ready), field("Restart Count", status.restartCount)]
    resources = container.resources
    for name, amounts in (("Limits", resources and resources.limits), ("Requests", resources and resources.requests)):
        if amounts:
            fields.append(mapping(name, amounts, ": "))
    for name, probe in (
        ("Liveness", container.livenessProbe),
        ("Readiness", container.readinessProbe),
        ("Startup", container.startupProbe),
    ):
        if probe is not None:
            fields.append(field(name, probe_text(probe)))
    fields.append(Field("Environment", [_env(e) for e in container.env or ()] or NONE))
    fields.append(Field("Mounts", [f"{m.mountPath} from {m.name}" for m in container.volumeMounts or ()] or NONE))
    return Field(container.name, fields)


def _state(state: ContainerState | None) -> str | Sequence[str]:
    if state is None:
        return "Waiting"
    if state.running:
        return f"Running since {state.running.startedAt:%H:%M:%S}" if state.running.startedAt else "Running"
    if state.terminated:
        ended = state.terminated
        lines = [f"Terminated: {ended.reason or ''} (exit code {ended.exitCode})"]
        return [*lines, ended.message] if ended.message else lines
    waiting = state.waiting
    lines = [f"Waiting: {(waiting and waiting.reason) or ''}".rstrip(": ")]
    return [*lines, waiting.message] if waiting and waiting.message else lines


def probe_text(probe: Probe) -> str:
    """A probe in one line: `http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3`."""
    if probe.httpGet:
        get = probe.httpGet
        action = f"http-get {(get.scheme or 'HTTP').lower()}://{get.host or ''}:{get.port}{get.path or '/'}"
    elif probe.tcpSocket:
        action = f"tcp-socket {probe.tcpSocket.host or ''}:{probe.tcpSocket.port}"
    elif probe.exec:
        action = f"exec {probe.exec.command}"
    else:
        action = f"grpc :{probe.grpc.port}" if probe.grpc else "unknown"
    return (
        f"{action} delay={probe.initialDelaySeconds or 0}s timeout={probe.timeoutSeconds or 1}s "
        f"period={probe.periodSeconds or 10}s #success={probe.successThreshold or 1} "
        f"#failure={probe.failureThreshold or 3}"
    )


def _env(variable: EnvVar) -> str:
    source: Any = variable.valueFrom
    if source is None:
        return f"{variable.name}={variable.value or ''}"
    if source.configMapKeyRef:
        origin = f"the key '{source.configMapKeyRef.key}' of config map '{source.configMapKeyRef.name}'"
    elif source.secretKeyRef:
        origin = f"the key '{source.secretKeyRef.key}' in secret '{source.secretKeyRef.name}'"
    elif source.fieldRef:
        origin = source.fieldRef.fieldPath
    else:
        origin = source.resourceFieldRef.resource if source.resourceFieldRef else "?"
    return f"{variable.name} from {origin}"


def _volume(volume: Volume) -> str:
    if volume.configMap:
        return f"ConfigMap {volume.configMap.name}"
    if volume.secret:
        return f"Secret {volume.secret.secretName}"
    if volume.persistentVolumeClaim:
        return f"PersistentVolumeClaim {volume.persistentVolumeClaim.claimName}"
    if volume.projected:
        return "Projected (several sources in one folder)"
    if volume.hostPath:
        return f"HostPath {volume.hostPath.path}"
    return "EmptyDir (lives as long as the pod)"


def _toleration(toleration: Toleration) -> str:
    value = f"={toleration.value}" if toleration.value else ""
    effect = f":{toleration.effect}" if toleration.effect else ""
    exists = " op=Exists" if toleration.operator == "Exists" else ""
    seconds = f" for {toleration.tolerationSeconds}s" if toleration.tolerationSeconds is not None else ""
    return f"{toleration.key or ''}{value}{effect}{exists}{seconds}"
