"""The rows of what runs pods: deployments, replica sets, stateful sets, daemon sets, jobs, cron jobs, autoscalers."""

from typing import Any

import msgspec
from lightkube.models.apps_v1 import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from lightkube.models.autoscaling_v1 import Scale
from lightkube.models.autoscaling_v2 import HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget
from lightkube.models.batch_v1 import CronJob, Job
from lightkube.models.core_v1 import PodTemplateSpec, ReplicationController

from k9lite.api import autoscalers, times
from k9lite.api.kinds import HORIZONTAL_POD_AUTOSCALER
from k9lite.api.object import Object
from k9lite.api.selectors import label_selector
from k9lite.tables.ages import age, duration
from k9lite.tables.column import NONE, UNKNOWN, UNSET, Cell, Column, number, pairs, table

WIDE = "Containers,Images,Selector"


def _containers(template: PodTemplateSpec | None) -> list[Cell]:
    containers = (template.spec.containers or ()) if template and template.spec else ()
    return [",".join(c.name for c in containers), ",".join(c.image or "" for c in containers)]


def _selector(selector: Any) -> str:
    return (label_selector(selector).text() or NONE) if selector is not None else NONE


def _deployment(obj: Object[Deployment], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    return [
        obj.name,
        f"{(status and status.readyReplicas) or 0}/{(spec and spec.replicas) or 0}",
        (status and status.updatedReplicas) or 0,
        (status and status.availableReplicas) or 0,
        age(obj.meta.creationTimestamp, now),
        *_containers(spec.template if spec else None),
        _selector(spec.selector if spec else None),
    ]


def _replicas(obj: Object[ReplicaSet] | Object[ReplicationController], selector: str, now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    return [
        obj.name,
        (spec and spec.replicas) or 0,
        (status and status.replicas) or 0,
        (status and status.readyReplicas) or 0,
        age(obj.meta.creationTimestamp, now),
        *_containers(spec.template if spec else None),
        selector,
    ]


def _replica_set(obj: Object[ReplicaSet], now: float) -> list[Cell]:
    return _replicas(obj, _selector(obj.view.spec.selector if obj.view.spec else None), now)


def _replication_controller(obj: Object[ReplicationController], now: float) -> list[Cell]:
    return _replicas(obj, pairs(obj.view.spec.selector if obj.view.spec else None), now)


def _stateful_set(obj: Object[StatefulSet], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    return [
        obj.name,
        f"{(status and status.readyReplicas) or 0}/{(spec and spec.replicas) or 0}",
        age(obj.meta.creationTimestamp, now),
        *_containers(spec.template if spec else None),
    ]


def _daemon_set(obj: Object[DaemonSet], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    template = spec.template if spec else None
    return [
        obj.name,
        status.desiredNumberScheduled if status else 0,
        status.currentNumberScheduled if status else 0,
        status.numberReady if status else 0,
        (status and status.updatedNumberScheduled) or 0,
        (status and status.numberAvailable) or 0,
        pairs(template.spec.nodeSelector if template and template.spec else None),
        age(obj.meta.creationTimestamp, now),
        *_containers(template),
        _selector(spec.selector if spec else None),
    ]


def _job_status(obj: Object[Job]) -> str:
    conditions = {c.type for c in (obj.view.status.conditions or () if obj.view.status else ()) if c.status == "True"}
    for text in ("Complete", "Failed"):
        if text in conditions:
            return text
    if obj.deleting:
        return "Terminating"
    return next(
        (text for text in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if text in conditions), "Running"
    )


def _job_completions(job: Job) -> str:
    done = (job.status and job.status.succeeded) or 0
    if job.spec and job.spec.completions is not None:
        return f"{done}/{job.spec.completions}"
    parallelism = (job.spec and job.spec.parallelism) or 0
    return f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"


def _job(obj: Object[Job], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    start = times.timestamp(status.startTime) if status else None
    end = times.timestamp(status.completionTime) if status else None
    return [
        obj.name,
        _job_status(obj),
        _job_completions(obj.view),
        "" if start is None else duration((now if end is None else end) - start),
        age(obj.meta.creationTimestamp, now),
        *_containers(spec.template if spec else None),
        _selector(spec.selector if spec else None),
    ]


def _cron_job(obj: Object[CronJob], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    last = status.lastScheduleTime if status else None
    job = spec.jobTemplate.spec if spec and spec.jobTemplate else None
    return [
        obj.name,
        spec.schedule if spec else "",
        (spec and spec.timeZone) or NONE,
        UNSET if spec is None or spec.suspend is None else str(spec.suspend),
        len(status.active or ()) if status else 0,
        NONE if last is None else age(last, now),
        age(obj.meta.creationTimestamp, now),
        *_containers(job.template if job else None),
        _selector(job.selector if job else None),
    ]


def _controller_revision(obj: Object[ControllerRevision], now: float) -> list[Cell]:
    owner = obj.meta.controller
    group = owner.apiVersion.rpartition("/")[0] if owner else ""
    controller = f"{owner.kind.lower()}{'.' + group if group else ''}/{owner.name}" if owner else NONE
    return [obj.name, controller, obj.view.revision, age(obj.meta.creationTimestamp, now)]


def _autoscaler(obj: Object[HorizontalPodAutoscaler], now: float) -> list[Cell]:
    view = obj.view if obj.kind is HORIZONTAL_POD_AUTOSCALER else _as_v2(obj)
    spec, status = view.spec, view.status
    target = spec.scaleTargetRef if spec else None
    return [
        obj.name,
        f"{target.kind}/{target.name}" if target else NONE,
        _targets(spec.metrics if spec else None, status.currentMetrics if status else None),
        UNSET if spec is None or spec.minReplicas is None else str(spec.minReplicas),
        spec.maxReplicas if spec else 0,
        (status and status.currentReplicas) or 0,
        age(obj.meta.creationTimestamp, now),
    ]


def _as_v2(obj: Object[Any]) -> HorizontalPodAutoscaler:
    """The view of an autoscaler of autoscaling/v1 by the version whose columns are shown for both."""
    return HORIZONTAL_POD_AUTOSCALER.decode(msgspec.json.encode(autoscalers.to_v2(obj.data())))


def _targets(metrics: list[MetricSpec] | None, current: list[MetricStatus] | None) -> str:
    targets = [_target(m, current[i] if current and i < len(current) else None) for i, m in enumerate(metrics or ())]
    more = f" + {len(targets) - 2} more..." if len(targets) > 2 else ""
    return ", ".join(targets[:2]) + more if targets else NONE


def _target(metric: MetricSpec, current: MetricStatus | None) -> str:
    """One metric: what it is now, and what it should be."""
    source = getattr(metric, metric.type[:1].lower() + metric.type[1:], None)
    value = getattr(current, metric.type[:1].lower() + metric.type[1:], None) if current else None
    now = getattr(value, "current", None)
    target: MetricTarget | None = getattr(source, "target", None)
    prefix = f"{source.name}: " if source is not None and metric.type in ("Resource", "ContainerResource") else ""
    if target is None:
        return f"{prefix}{UNKNOWN}/<auto>"
    if target.averageUtilization is not None:
        use = f"{now.averageUtilization}%" if now and now.averageUtilization is not None else UNKNOWN
        return f"{prefix}{use}/{target.averageUtilization}%"
    if target.averageValue is not None:
        average = " (avg)" if metric.type in ("Object", "External") else ""
        return f"{prefix}{(now and now.averageValue) or UNKNOWN}/{target.averageValue}{average}"
    return f"{prefix}{(now and now.value) or UNKNOWN}/{target.value or '<auto>'}"


def _scale(obj: Object[Scale], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    desired, available = (spec and spec.replicas) or 0, (status and status.replicas) or 0
    return [obj.name, desired, available, age(obj.meta.creationTimestamp, now)]


SCALE = table(_scale, number("Desired"), number("Available"), "Age")
DEPLOYMENT = table(
    _deployment,
    Column("Ready", description="Ready pods of those wanted."),
    Column("Up-to-date", "integer", description="Pods that run the newest template."),
    Column("Available", "integer", description="Pods that have been ready for long enough."),
    "Age",
    wide=WIDE,
)
REPLICA_SET = table(_replica_set, number("Desired"), number("Current"), number("Ready"), "Age", wide=WIDE)
REPLICATION_CONTROLLER = table(
    _replication_controller, number("Desired"), number("Current"), number("Ready"), "Age", wide=WIDE
)
STATEFUL_SET = table(_stateful_set, "Ready", "Age", wide="Containers,Images")
DAEMON_SET = table(
    _daemon_set,
    *(number(name) for name in ("Desired", "Current", "Ready", "Up-to-date", "Available")),
    "Node Selector",
    "Age",
    wide=WIDE,
)
JOB = table(_job, "Status", "Completions", "Duration", "Age", wide=WIDE)
CRON_JOB = table(_cron_job, "Schedule", "Timezone", "Suspend", number("Active"), "Last Schedule", "Age", wide=WIDE)
CONTROLLER_REVISION = table(_controller_revision, "Controller", number("Revision"), "Age")
AUTOSCALER = table(_autoscaler, "Reference", "Targets", "MinPods", number("MaxPods"), number("Replicas"), "Age")
