"""The pod that a DaemonSet makes for one node (pkg/controller/daemon/util/daemonset_util.go); pure."""

from collections.abc import Iterable
from typing import Any

import msgspec
from lightkube.models.apps_v1 import DaemonSet
from lightkube.models.core_v1 import Pod, PodSpec

from k9lite.api import pods
from k9lite.api.object import Data, Object, controller_reference
from k9lite.api.placement import node_affinity
from k9lite.api.placement.taints import NO_EXECUTE, NO_SCHEDULE

HASH_LABEL = "controller-revision-hash"
GENERATION_LABEL = "pod-template-generation"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"  # annotation of the DaemonSet

_TOLERATED = (
    ("not-ready", NO_EXECUTE),
    ("unreachable", NO_EXECUTE),
    ("disk-pressure", NO_SCHEDULE),
    ("memory-pressure", NO_SCHEDULE),
    ("pid-pressure", NO_SCHEDULE),
    ("unschedulable", NO_SCHEDULE),
)


def added_tolerations(spec: Data) -> list[Data]:
    """What each pod of a DaemonSet tolerates of its node, beside what its template says."""
    taints = [*_TOLERATED, *([("network-unavailable", NO_SCHEDULE)] if spec.get("hostNetwork") else [])]
    return [{"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": effect} for name, effect in taints]


def tolerations(spec: Data) -> list[Data]:
    """The template's tolerations with those that are added; one that says the same is replaced in place."""
    result = list(spec.get("tolerations") or ())
    for added in added_tolerations(spec):
        same = [index for index, toleration in enumerate(result) if _means_same(toleration, added)]
        for index in same:
            result[index] = added
        if not same:
            result.append(added)
    return result


def _means_same(toleration: Data, other: Data) -> bool:
    parts = ("key", "operator", "effect", "value")
    return all((toleration.get(part) or "") == (other.get(part) or "") for part in parts)


def _on_node(spec: Data, node: str) -> Data:
    """The affinity that lets the scheduler choose nothing but `node`; what else the template asks for stays."""
    affinity: Data = dict(spec.get("affinity") or {})
    node_part: Data = dict(affinity.get("nodeAffinity") or {})
    field = {"key": node_affinity.NAME, "operator": "In", "values": [node]}
    node_part["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return affinity | {"nodeAffinity": node_part}


def new_pod(owner: Object[DaemonSet], hash: str, node: str) -> Data:
    """The pod for `node`; the scheduler binds it."""
    template: Data = owner.data()["spec"]["template"]
    template_metadata: dict[str, Any] = template.get("metadata") or {}
    labels = {**(template_metadata.get("labels") or {}), HASH_LABEL: hash}
    if generation := owner.annotations.get(TEMPLATE_GENERATION):
        labels[GENERATION_LABEL] = generation
    metadata = {part: template_metadata[part] for part in ("annotations", "finalizers") if template_metadata.get(part)}
    spec: Data = template["spec"]
    return {
        "metadata": {
            **metadata,
            "generateName": f"{owner.name}-",
            "labels": labels,
            "ownerReferences": [controller_reference(owner)],
        },
        "spec": {**spec, "affinity": _on_node(spec, node), "tolerations": tolerations(spec)},
    }


def pod_spec(owner: Object[DaemonSet]) -> PodSpec:
    """The spec of its pods as the placement rules ask it: with every toleration, for no node in particular."""
    spec: Data = owner.data()["spec"]["template"]["spec"]
    return msgspec.convert({**spec, "tolerations": tolerations(spec)}, PodSpec)


def target_node(pod: Object[Pod]) -> str:
    """The node that `pod` runs on or is meant for; empty where nothing says."""
    spec = pods.spec(pod.view)
    if spec.nodeName:
        return spec.nodeName
    names = node_affinity.of(spec).names()
    return next(iter(names)) if names and len(names) == 1 else ""


def by_target(existing: Iterable[Object[Pod]]) -> dict[str, list[Object[Pod]]]:
    """Pods by the node that they are on or meant for."""
    result: dict[str, list[Object[Pod]]] = {}
    for pod in existing:
        result.setdefault(target_node(pod), []).append(pod)
    return result
