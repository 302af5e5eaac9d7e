"""Defaults of what makes pods from templates (pkg/apis/{apps,batch,autoscaling}/*/defaults.go)."""

from k9lite.api.defaults import core, fill, pod
from k9lite.api.object import Data

_ROLLING_DEPLOYMENT = {"maxUnavailable": "25%", "maxSurge": "25%"}
_ROLLING_DAEMON_SET = {"maxUnavailable": 1, "maxSurge": 0}
_CPU_UTILIZATION = 80


def deployment(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600})
    strategy = spec.setdefault("strategy", {})
    fill.empty(strategy, {"type": "RollingUpdate"})
    if strategy["type"] == "RollingUpdate":
        fill.absent(strategy.setdefault("rollingUpdate", {}), _ROLLING_DEPLOYMENT)
    pod.template(spec.setdefault("template", {}))


def replica_set(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"replicas": 1})
    if "template" in spec:
        pod.template(spec["template"])


def replication_controller(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"replicas": 1})
    if "template" in spec:
        pod.template(spec["template"])
        labels = spec["template"]["metadata"].get("labels")
        if labels:
            fill.empty(spec, {"selector": dict(labels)})
            fill.empty(data.setdefault("metadata", {}), {"labels": dict(labels)})


def stateful_set(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"replicas": 1, "revisionHistoryLimit": 10})
    fill.empty(spec, {"podManagementPolicy": "OrderedReady"})
    strategy = spec.setdefault("updateStrategy", {})
    fill.empty(strategy, {"type": "RollingUpdate"})
    if strategy["type"] == "RollingUpdate":
        fill.absent(strategy.setdefault("rollingUpdate", {}), {"partition": 0})
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    fill.empty(retention, {"whenDeleted": "Retain", "whenScaled": "Retain"})
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        core.persistent_volume_claim(claim)
    pod.template(spec.setdefault("template", {}))


def daemon_set(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"revisionHistoryLimit": 10})
    strategy = spec.setdefault("updateStrategy", {})
    fill.empty(strategy, {"type": "RollingUpdate"})
    if strategy["type"] == "RollingUpdate":
        fill.absent(strategy.setdefault("rollingUpdate", {}), _ROLLING_DAEMON_SET)
    pod.template(spec.setdefault("template", {}))


def job(data: Data) -> None:
    spec = data.setdefault("spec", {})
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    fill.absent(
        spec,
        {
            "parallelism": 1,
            "completionMode": "NonIndexed",
            "suspend": False,
            "manualSelector": False,
            "podReplacementPolicy": "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed",
            "backoffLimit": 2**31 - 1 if "backoffLimitPerIndex" in spec else 6,
        },
    )
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or ():
        fill.each(rule.get("onPodConditions"), {"status": "True"})
    pod.template(spec.setdefault("template", {}))
    labels = spec["template"]["metadata"].get("labels")
    is_prepared = bool(spec.get("selector") or spec["manualSelector"])  # else the server is yet to add labels
    if labels and is_prepared:
        fill.empty(data.setdefault("metadata", {}), {"labels": dict(labels)})


def cron_job(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.empty(spec, {"concurrencyPolicy": "Allow"})
    fill.absent(spec, {"suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1})
    # The other defaults of a job are filled in when the job is made.
    template = spec.setdefault("jobTemplate", {})
    template.setdefault("metadata", {})
    pod.template(template.setdefault("spec", {}).setdefault("template", {}))


def horizontal_pod_autoscaler(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(spec, {"minReplicas": 1})
    if data.get("apiVersion") == "autoscaling/v1":
        return  # its metric depends on annotations: the conversion to v2 fills it in
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": _CPU_UTILIZATION}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior:
        _scaling_rules(behavior, "scaleUp", {"stabilizationWindowSeconds": 0}, _SCALE_UP)
        _scaling_rules(behavior, "scaleDown", {}, _SCALE_DOWN)


_SCALE_UP = [
    {"type": "Pods", "value": 4, "periodSeconds": 15},
    {"type": "Percent", "value": 100, "periodSeconds": 15},
]
_SCALE_DOWN = [{"type": "Percent", "value": 100, "periodSeconds": 15}]


def _scaling_rules(behavior: Data, name: str, table: fill.Table, policies: list[Data]) -> None:
    rules = behavior.setdefault(name, {})
    fill.absent(rules, {"selectPolicy": "Max", **table})
    if not rules.get("policies"):
        rules["policies"] = [dict(policy) for policy in policies]


CORE = {"ReplicationController": replication_controller}
APPS = {
    "Deployment": deployment,
    "ReplicaSet": replica_set,
    "StatefulSet": stateful_set,
    "DaemonSet": daemon_set,
}
BATCH = {"Job": job, "CronJob": cron_job}
AUTOSCALING = {"HorizontalPodAutoscaler": horizontal_pod_autoscaler}
