"""An APIService for every group and version that the server serves itself (kube-aggregator)."""

from collections.abc import Iterator

from k9lite.api.kinds import K9LITE_GROUP, Kinds
from k9lite.api.object import Data
from k9lite.api.system_objects import SystemObject

AUTOMANAGED = {"kube-aggregator.kubernetes.io/automanaged": "onstart"}
# The higher, the earlier: which group's kind is meant by a name that several have.
PRIORITIES = {
    "": 18000,
    "apps": 17800,
    "events.k8s.io": 17750,
    "authentication.k8s.io": 17700,
    "authorization.k8s.io": 17600,
    "autoscaling": 17500,
    "batch": 17400,
    "certificates.k8s.io": 17300,
    "networking.k8s.io": 17200,
    "policy": 17100,
    "rbac.authorization.k8s.io": 17000,
    "storage.k8s.io": 16800,
    "apiextensions.k8s.io": 16700,
    "admissionregistration.k8s.io": 16700,
    "scheduling.k8s.io": 16600,
    "coordination.k8s.io": 16500,
    "node.k8s.io": 16300,
    "discovery.k8s.io": 16200,
    "flowcontrol.apiserver.k8s.io": 16100,
    "resource.k8s.io": 15900,
}
OWN = {K9LITE_GROUP: 1000}
VERSIONS = {("", "v1"): 1, ("autoscaling", "v2"): 30, ("flowcontrol.apiserver.k8s.io", "v1"): 21}
VERSION = 15


def api_services(served: Kinds, now: str) -> Iterator[SystemObject]:
    """Those of all built-in kinds; `now` is when they became available."""
    kind = served.of("apiregistration.k8s.io/v1", "APIService")
    if kind is None:
        return
    for group, version in sorted({(one.group, one.version) for one in served if one.model is not None}):
        priority = (PRIORITIES | OWN).get(group)
        if priority is not None:  # the aggregator does not register its own group
            yield SystemObject(kind, "", _api_service(group, version, priority, now))


def _api_service(group: str, version: str, priority: int, now: str) -> Data:
    condition = {
        "type": "Available",
        "status": "True",
        "lastTransitionTime": now,
        "reason": "Local",
        "message": "Local APIServices are always available",
    }
    spec = {
        "version": version,
        "groupPriorityMinimum": priority,
        "versionPriority": VERSIONS.get((group, version), VERSION),
    }
    return {
        "metadata": {"name": f"{version}.{group}", "labels": AUTOMANAGED},
        "spec": spec | ({"group": group} if group else {}),
        "status": {"conditions": [condition]},
    }
