"""Whether an object is what its author asked for, and if not, what it waits for; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lightkube.models.apps_v1 import DaemonSet, Deployment, ReplicaSet, StatefulSet
from lightkube.models.batch_v1 import Job
from lightkube.models.core_v1 import ContainerStatus, Namespace, Node, Pod, Service

from k9lite.api import deployments, pods, services, workloads
from k9lite.api.object import Object
from k9lite.explain import pending
from k9lite.explain.pending import Why
from k9lite.explain.surroundings import Surroundings
from k9lite.tables.pods import summary

SERVICE_NAME = "kubernetes.io/service-name"
_UNREMARKABLE = ("ContainerCreating", "PodInitializing", "Running", "Pending", "")


class Waiting(NamedTuple):
    """What one object waits for: `reason` in one word (as in STATUS), `message` in a sentence."""

    kind: str
    namespace: str
    name: str
    reason: str
    message: str


def waits(obj: Object[Any], around: Surroundings) -> Waiting | None:
    """What `obj` waits for; None when it is ready. Kinds that are only stored are ready at once."""
    rule = _RULES.get(obj.kind.resource) if obj.kind.acted_on else None
    if obj.deleting:
        why: Why | None = Why("Terminating", "it is being deleted")
    else:
        why = rule(obj, around) if rule else None
    return None if why is None else Waiting(obj.kind.kind, obj.namespace, obj.name, *why)


def stuck(objects: Iterable[Object[Any]], around: Surroundings) -> list[Waiting]:
    """Those of `objects` that wait, each followed by the pods of its own that it waits for."""
    return list(dict.fromkeys(waiting for waiting in judgements(objects, around) if waiting is not None))


def judgements(objects: Iterable[Object[Any]], around: Surroundings) -> Iterator[Waiting | None]:
    """What `stuck` finds, object by object, None for each that is ready: for who cannot wait for all at once."""
    for obj in objects:
        yield (waiting := waits(obj, around))
        if waiting is not None:
            for pod in _own_pods(obj, around):
                yield waits(pod, around) if not pod.deleting else None


def _own_pods(obj: Object[Any], around: Surroundings) -> Iterator[Object[Pod]]:
    yield from around.pods_of.get(obj.uid, ())
    for replica_set in around.replica_sets_of.get(obj.uid, ()):
        yield from around.pods_of.get(replica_set.uid, ())


# -- one rule per kind ----------------------------------------------------------------------------------------------


def _deployment(obj: Object[Deployment], around: Surroundings) -> Why | None:
    deployment = obj.view
    if deployments.is_complete(deployment):
        return None
    if (cause := _pods_fault(obj, around)) is not None:
        return cause
    for type, status in (("ReplicaFailure", "True"), ("Progressing", "False")):
        condition = deployments.condition(deployment, type)
        if condition is not None and condition.status == status:
            return Why(condition.reason or type, condition.message or "")
    if deployments.spec(deployment).paused:
        return Why("DeploymentPaused", "Deployment is paused")
    return Why("Progressing", _rollout(obj))


def _rollout(obj: Object[Deployment]) -> str:
    """How far the rollout is, in the words of `kubectl rollout status`."""
    status, desired = obj.view.status, deployments.replicas(obj.view)
    if status is None or (status.observedGeneration or 0) < obj.meta.generation:
        return "Waiting for deployment spec update to be observed..."
    updated, replicas = status.updatedReplicas or 0, status.replicas or 0
    head = f'Waiting for deployment "{obj.name}" rollout to finish: '
    if updated < desired:
        return head + f"{updated} out of {desired} new replicas have been updated..."
    if replicas > updated:
        return head + f"{replicas - updated} old replicas are pending termination..."
    return head + f"{status.availableReplicas or 0} of {updated} updated replicas are available..."


def _replica_set(obj: Object[ReplicaSet], around: Surroundings) -> Why | None:
    spec, status = obj.view.spec, obj.view.status
    desired = 1 if spec is None or spec.replicas is None else spec.replicas
    available = (status.availableReplicas if status else 0) or 0
    observed = (status.observedGeneration if status else 0) or 0
    if observed >= obj.meta.generation and status is not None and status.replicas == available == desired:
        return None
    for condition in (status.conditions if status else None) or ():
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return Why(condition.reason or "ReplicaFailure", condition.message or "")
    return _pods_fault(obj, around) or Why("Progressing", f"{available} of {desired} replicas are available")


def _stateful_set(obj: Object[StatefulSet], around: Surroundings) -> Why | None:
    """In the words of `kubectl rollout status`."""
    spec, status = obj.view.spec, obj.view.status
    if status is None or (status.observedGeneration or 0) < obj.meta.generation:
        return Why("Progressing", "Waiting for statefulset spec update to be observed...")
    desired = 1 if spec is None or spec.replicas is None else spec.replicas
    ready, updated = status.readyReplicas or 0, status.updatedReplicas or 0
    if ready < desired:
        return _pods_fault(obj, around) or Why("Progressing", f"Waiting for {desired - ready} pods to be ready...")
    strategy = spec.updateStrategy if spec else None
    if strategy is not None and strategy.type == "OnDelete":
        return None
    rolling = strategy.rollingUpdate if strategy else None
    partition = (rolling.partition if rolling else None) or 0
    if partition and updated < desired - partition:
        progress = f"{updated} out of {desired - partition} new pods have been updated..."
        return Why("Progressing", f"Waiting for partitioned roll out to finish: {progress}")
    if not partition and status.updateRevision != status.currentRevision:
        progress = f"{updated} pods at revision {status.updateRevision}..."
        return Why("Progressing", f"waiting for statefulset rolling update to complete {progress}")
    return None


def _daemon_set(obj: Object[DaemonSet], around: Surroundings) -> Why | None:
    """In the words of `kubectl rollout status`."""
    spec, status = obj.view.spec, obj.view.status
    if status is None or (status.observedGeneration or 0) < obj.meta.generation:
        return Why("Progressing", "Waiting for daemon set spec update to be observed...")
    desired, available = status.desiredNumberScheduled or 0, status.numberAvailable or 0
    updated = status.updatedNumberScheduled or 0
    on_delete = spec is not None and spec.updateStrategy is not None and spec.updateStrategy.type == "OnDelete"
    if available >= desired and (on_delete or updated >= desired):
        return None
    head = f'Waiting for daemon set "{obj.name}" rollout to finish: '
    if updated < desired and not on_delete:
        progress = f"{updated} out of {desired} new pods have been updated..."
    else:
        progress = f"{available} of {desired} updated pods are available..."
    return _pods_fault(obj, around) or Why("Progressing", head + progress)


def _job(obj: Object[Job], around: Surroundings) -> Why | None:
    """A Job is what was asked for once it is complete, or as long as it is suspended."""
    spec, status = obj.view.spec, obj.view.status
    state = {
        condition.type: condition
        for condition in (status.conditions if status else None) or ()
        if condition.status == "True"
    }
    if "Complete" in state or "Suspended" in state:
        return None
    if (failure := state.get("Failed") or state.get("FailureTarget")) is not None:
        return Why(failure.reason or "Failed", failure.message or "")
    succeeded = (status.succeeded if status else 0) or 0
    desired = spec.completions if spec and spec.completions is not None else 1
    return _pods_fault(obj, around) or Why("Running", f"{succeeded} of {desired} completions")


def _pods_fault(obj: Object[Any], around: Surroundings) -> Why | None:
    """The first thing wrong with a pod of `obj`, beyond that it has only just been started."""
    for pod in _own_pods(obj, around):
        if not pod.deleting and (why := _pod(pod, around)) is not None and why.reason not in _UNREMARKABLE:
            return Why(why.reason, f"pod {pod.name}: {why.message}")
    return None


def _pod(obj: Object[Pod], around: Surroundings) -> Why | None:
    """What its status says, found once for each state of it; where that says little, what others say of it."""
    judged = around.judged.get(obj.key)
    if judged is None or judged[0] is not obj:
        judged = around.judged[obj.key] = (obj, _pod_now(obj))
    why = judged[1]
    if why is None or why.reason not in _UNREMARKABLE or pods.phase(obj.view) != "Pending":
        return why
    has_node = around.has_node(pods.spec(obj.view).nodeName or "")
    return pending.unattended(obj.view, has_node=has_node) or pending.complaint(around.events_of(obj.uid)) or why


def _pod_now(obj: Object[Pod]) -> Why | None:
    pod = obj.view
    if pods.phase(pod) == "Succeeded" or (pods.is_ready(pod) and pods.phase(pod) != "Failed"):
        return None
    scheduled = pods.condition(pod, "PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        return Why(scheduled.reason or "Unschedulable", scheduled.message or "")
    status = summary(obj).status
    if message := next(
        (complaint for container in pods.container_statuses(pod) if (complaint := _said(container))), ""
    ):
        return Why(status, message)
    ready = pods.condition(pod, "Ready")
    message = (pod.status.message if pod.status else None) or (ready.message if ready else None) or ""
    return Why("NotReady" if status == "Running" else status, message)


def _said(container: ContainerStatus) -> str:
    """What the kubelet says of a container that does not run."""
    state = container.state
    if state and state.waiting and state.waiting.reason not in _UNREMARKABLE:
        return state.waiting.message or state.waiting.reason or ""
    if state and state.terminated and state.terminated.exitCode:
        return f"container {container.name} exited with {state.terminated.exitCode}"
    return ""


def _service(obj: Object[Service], around: Surroundings) -> Why | None:
    """A Service that selects pods is ready when one of them is; unless there are meant to be none."""
    selector = services.spec(obj.view).selector
    if not selector or services.is_external_name(obj.view):
        return None
    if (why := _misnamed_port(obj, selector, around)) is not None:
        return why
    slices = [
        endpoint_slice
        for endpoint_slice in around.endpoint_slices
        if endpoint_slice.labels.get(SERVICE_NAME) == obj.name
    ]
    endpoints = [
        end
        for endpoint_slice in slices
        if endpoint_slice.namespace == obj.namespace
        for end in endpoint_slice.view.endpoints or ()
    ]
    if any(end.conditions is None or end.conditions.ready is not False for end in endpoints):
        return None
    selected = [work for work in around.workloads if work.namespace == obj.namespace and _makes(work, selector)]
    if selected and all(_makes_none(work) for work in selected):
        return None
    text = ",".join(f"{name}={value}" for name, value in selector.items())
    matching = [pod for pod in around.pods if pod.namespace == obj.namespace and _matches(pod.labels, selector)]
    if not matching:
        return Why("NoEndpoints", f"no pod has the labels {text}")
    return Why("NoReadyEndpoints", f"none of the {len(matching)} pods with the labels {text} is ready")


def _misnamed_port(obj: Object[Service], selector: Mapping[str, str], around: Surroundings) -> Why | None:
    """A port of the Service that leads to a name which no container port of its pods has."""
    for port in services.spec(obj.view).ports or ():
        if not isinstance(port.targetPort, str) or not port.targetPort:
            continue
        selected = [
            pods.spec(pod.view)
            for pod in around.pods
            if pod.namespace == obj.namespace and _matches(pod.labels, selector) and not pods.is_terminal(pod.view)
        ]
        if selected and all(services.target_port(port, spec) is None for spec in selected):
            names = {
                named.name
                for spec in selected
                for container in pods.long_running(spec)
                for named in container.ports or ()
                if named.name
            }
            ports = f"their ports are called {', '.join(sorted(names))}" if names else "none of their ports has a name"
            message = f"no pod has a port called {port.targetPort}, to which port {port.port} leads; {ports}"
            return Why("NoSuchPort", message)
    return None


def _matches(labels: Mapping[str, str], selector: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()


def _makes(workload: Object[Any], selector: Mapping[str, str]) -> bool:
    template = workloads.pod_template(workload)
    labels = template.metadata.labels if template and template.metadata else None
    return _matches(labels or {}, selector)


def _makes_none(workload: Object[Any]) -> bool:
    return not workload.kind.acted_on or getattr(workload.view.spec, "replicas", None) == 0


def _namespace(obj: Object[Namespace], around: Surroundings) -> Why | None:
    phase = (obj.view.status.phase if obj.view.status else None) or "Active"
    return None if phase == "Active" else Why(phase, f"the namespace is {phase}")


def _node(obj: Object[Node], around: Surroundings) -> Why | None:
    conditions = (obj.view.status.conditions if obj.view.status else None) or ()
    ready = next((condition for condition in conditions if condition.type == "Ready"), None)
    if ready is not None and ready.status == "True":
        return None
    return Why((ready.reason if ready else None) or "NotReady", (ready.message if ready else None) or "")


_RULES: Mapping[str, Callable[[Object[Any], Surroundings], Why | None]] = {
    "deployments.apps": _deployment,
    "replicasets.apps": _replica_set,
    "replicationcontrollers": _replica_set,
    "statefulsets.apps": _stateful_set,
    "daemonsets.apps": _daemon_set,
    "jobs.batch": _job,
    "pods": _pod,
    "services": _service,
    "namespaces": _namespace,
    "nodes": _node,
}
