"""How kinds differ in the hands of the API server (Kubernetes: pkg/registry/*/*/strategy.go), as tables."""

from collections.abc import Mapping
from typing import Any

from k9lite.api import pods
from k9lite.api.kinds import Kind
from k9lite.api.object import Data

# What a change of raises metadata.generation; kinds that are missing have no generation. Names that start with
# "metadata." are looked up there, others at the top level.
GENERATION: Mapping[str, tuple[str, ...]] = {
    "deployments.apps": ("spec", "metadata.annotations"),
    "replicasets.apps": ("spec",),
    "statefulsets.apps": ("spec",),
    "daemonsets.apps": ("spec",),
    "replicationcontrollers": ("spec",),
    "pods": ("spec",),
    "jobs.batch": ("spec",),
    "cronjobs.batch": ("spec",),
    "poddisruptionbudgets.policy": ("spec",),
    "ingresses.networking.k8s.io": ("spec",),
    "networkpolicies.networking.k8s.io": ("spec",),
    "ingressclasses.networking.k8s.io": ("spec",),
    "podtemplates": ("template",),
    "endpointslices.discovery.k8s.io": (
        "addressType",
        "endpoints",
        "ports",
        "metadata.labels",
        "metadata.annotations",
    ),
    "priorityclasses.scheduling.k8s.io": ("value", "globalDefault", "description", "preemptionPolicy"),
    "customresourcedefinitions.apiextensions.k8s.io": ("spec",),
    "flowschemas.flowcontrol.apiserver.k8s.io": ("spec",),
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": ("spec",),
    "validatingwebhookconfigurations.admissionregistration.k8s.io": ("webhooks",),
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": ("webhooks",),
    "validatingadmissionpolicies.admissionregistration.k8s.io": ("spec",),
    "mutatingadmissionpolicies.admissionregistration.k8s.io": ("spec",),
    "clocks.k9lite.dev": ("spec",),
    "faults.k9lite.dev": ("spec",),
    "images.k9lite.dev": ("spec",),
}

# The status of a new object, whatever its creator says of it; kinds that are missing keep what they were given.
INITIAL_STATUS: Mapping[str, Data] = {
    "namespaces": {"phase": "Active"},
    "persistentvolumes": {"phase": "Pending"},
    "persistentvolumeclaims": {"phase": "Pending"},
    "services": {"loadBalancer": {}},
    "ingresses.networking.k8s.io": {"loadBalancer": {}},
    "replicationcontrollers": {"replicas": 0},
    "replicasets.apps": {"replicas": 0},
    "statefulsets.apps": {"replicas": 0, "availableReplicas": 0},
    "daemonsets.apps": {
        "currentNumberScheduled": 0,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 0,
        "numberReady": 0,
    },
    "poddisruptionbudgets.policy": {
        "disruptionsAllowed": 0,
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "expectedPods": 0,
    },
    "horizontalpodautoscalers.autoscaling": {"desiredReplicas": 0, "currentMetrics": None},
    "deployments.apps": {},
    "jobs.batch": {},
    "cronjobs.batch": {},
    "resourcequotas": {},
    "certificatesigningrequests.certificates.k8s.io": {},
}

SCHEDULING_GATED: Data = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "SchedulingGated",
    "message": "Scheduling is blocked due to non-empty scheduling gates",
}

# An update of these must say which revision it replaces.
CONDITIONAL_UPDATE = frozenset(
    {
        "serviceaccounts",
        "leases.coordination.k8s.io",
        "poddisruptionbudgets.policy",
        "customresourcedefinitions.apiextensions.k8s.io",
        "apiservices.apiregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "volumeattachments.storage.k8s.io",
        "csidrivers.storage.k8s.io",
        "csinodes.storage.k8s.io",
        "runtimeclasses.node.k8s.io",
    }
)

# A PUT to a name of these that is not there creates it.
CREATED_BY_UPDATE = frozenset(
    {
        "endpoints",
        "events",
        "limitranges",
        "services",
        "leases.coordination.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    }
)

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

# These leave their dependents alone where a delete does not say what to do with them.
ORPHANING = frozenset({"replicationcontrollers", "jobs.batch"})

# Objects that nobody may delete, by resource: their names, and what is said instead.
PERMANENT: Mapping[str, tuple[frozenset[str], str]] = {
    "namespaces": (frozenset({"default", "kube-system", "kube-public"}), "this namespace may not be deleted"),
    "priorityclasses.scheduling.k8s.io": (
        frozenset({"system-cluster-critical", "system-node-critical"}),
        "this is a system priority class and cannot be deleted",
    ),
}


def prepare_for_create(kind: Kind[Any], data: Data) -> None:
    """Give a new object, whose name and uid are known, the status, generation and selector it starts with."""
    metadata = data["metadata"]
    metadata.pop("generation", None)
    if tracks_generation(kind):
        metadata["generation"] = 1
    if kind.resource == "pods":
        data["status"] = {"phase": "Pending", "qosClass": pods.qos_class(data["spec"])}
        if data["spec"].get("schedulingGates"):
            data["status"]["conditions"] = [dict(SCHEDULING_GATED)]
    elif kind.resource in INITIAL_STATUS:
        data["status"] = dict(INITIAL_STATUS[kind.resource])
    elif kind.model is None and kind.has_subresource("status"):
        data.pop("status", None)
    if kind.resource == "daemonsets.apps":
        _count_templates(data, 1)
    if kind.resource == "jobs.batch" and not data["spec"].get("manualSelector"):
        _select_own_pods(data)
    if kind.resource == "namespaces":
        spec = data.setdefault("spec", {})
        if "kubernetes" not in spec.setdefault("finalizers", []):
            spec["finalizers"].append("kubernetes")


def _count_templates(daemon_set: Data, number: int) -> None:
    """Say how many templates a DaemonSet has had: a field of its internal form, an annotation of this one."""
    annotations = daemon_set["metadata"].get("annotations") or {}
    daemon_set["metadata"]["annotations"] = annotations | {TEMPLATE_GENERATION: str(number)}


def _templates_counted(daemon_set: Data) -> int:
    text = (daemon_set["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION, "")
    return int(text) if text.isdecimal() else 1


def _select_own_pods(job: Data) -> None:
    """Label the pods of a job with its name and uid, and select them by its uid.

    A job without labels of its own gets those of its pods.
    """
    metadata, spec = job["metadata"], job["spec"]
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    for name, value in (("job-name", metadata.get("name", "")), ("controller-uid", metadata["uid"])):
        labels.setdefault(name, value)
        labels.setdefault(f"batch.kubernetes.io/{name}", value)
    if not metadata.get("labels"):
        metadata["labels"] = dict(labels)
    selected = spec.setdefault("selector", {}).setdefault("matchLabels", {})
    selected.setdefault("batch.kubernetes.io/controller-uid", metadata["uid"])


def prepare_for_update(kind: Kind[Any], new: Data, old: Data) -> None:
    """Keep what an update of the main resource must not touch, and count its generation."""
    if kind.has_subresource("status"):
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    if kind.resource == "namespaces":  # only the finalize subresource changes these
        spec = new.setdefault("spec", {})
        spec.pop("finalizers", None)
        if "finalizers" in old.get("spec", {}):
            spec["finalizers"] = old["spec"]["finalizers"]
    if kind.resource == "daemonsets.apps":
        changed = new["spec"]["template"] != old["spec"]["template"]
        _count_templates(new, _templates_counted(old) + changed)
    if "generation" in old["metadata"] and _changed(kind, new, old):
        new["metadata"]["generation"] = old["metadata"]["generation"] + 1


def tracks_generation(kind: Kind[Any]) -> bool:
    return kind.model is None or kind.resource in GENERATION


def _changed(kind: Kind[Any], new: Data, old: Data) -> bool:
    if kind.model is None:
        names = {*new, *old} - {"apiVersion", "kind", "metadata", "status"}
        return any(new.get(name) != old.get(name) for name in names)
    return any(_part(new, path) != _part(old, path) for path in GENERATION.get(kind.resource, ()))


def _part(data: Data, path: str) -> Any:
    outer, _, inner = path.partition(".")
    value = data.get(outer)
    return (value or {}).get(inner) if inner else value
