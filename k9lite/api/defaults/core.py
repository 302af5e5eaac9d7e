"""Defaults of services, namespaces, configuration, storage, access and extension (pkg/apis/*/v1/defaults.go)."""

import base64

from k9lite.api.defaults import fill, pod
from k9lite.api.object import Data

_AFFINITY_SECONDS = 10800  # of session affinity by client IP: three hours
_METADATA_NAME_LABEL = "kubernetes.io/metadata.name"


def service(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.empty(spec, {"sessionAffinity": "None", "type": "ClusterIP"})
    _session_affinity(spec)
    for port in spec.get("ports") or ():
        fill.empty(port, {"protocol": "TCP"})
        if not port.get("targetPort") and "port" in port:
            port["targetPort"] = port["port"]
    kind = spec["type"]
    external = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if external:
        fill.empty(spec, {"externalTrafficPolicy": "Cluster"})
    if kind in ("ClusterIP", "NodePort", "LoadBalancer"):
        fill.absent(spec, {"internalTrafficPolicy": "Cluster"})
    if kind == "LoadBalancer":
        fill.absent(spec, {"allocateLoadBalancerNodePorts": True})
        for ingress in ((data.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ():
            if ingress.get("ip"):
                fill.absent(ingress, {"ipMode": "VIP"})


def _session_affinity(spec: Data) -> None:
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client_ip = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if "timeoutSeconds" not in client_ip:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": _AFFINITY_SECONDS}}


def namespace(data: Data) -> None:
    metadata = data.setdefault("metadata", {})
    if metadata.get("name"):
        metadata.setdefault("labels", {})[_METADATA_NAME_LABEL] = metadata["name"]
    fill.empty(data.setdefault("status", {}), {"phase": "Active"})


def node(data: Data) -> None:
    status = data.get("status") or {}
    if "capacity" in status and "allocatable" not in status:
        status["allocatable"] = dict(status["capacity"])


def endpoints(data: Data) -> None:
    for subset in data.get("subsets") or ():
        fill.each(subset.get("ports"), {"protocol": "TCP"})


def secret(data: Data) -> None:
    fill.empty(data, {"type": "Opaque"})
    for key, text in (data.pop("stringData", None) or {}).items():  # write-only: becomes data at once
        data.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()


def persistent_volume(data: Data) -> None:
    fill.empty(data.setdefault("status", {}), {"phase": "Pending"})
    spec = data.setdefault("spec", {})
    fill.empty(spec, {"persistentVolumeReclaimPolicy": "Retain"})
    fill.absent(spec, {"volumeMode": "Filesystem"})
    pod.volume_source(spec)


def persistent_volume_claim(data: Data) -> None:
    fill.empty(data.setdefault("status", {}), {"phase": "Pending"})
    fill.absent(data.setdefault("spec", {}), {"volumeMode": "Filesystem"})


def limit_range(data: Data) -> None:
    """For containers: the default limit is the maximum, the default request the default limit, else the minimum."""
    for item in data.setdefault("spec", {}).get("limits") or ():
        if item.get("type") == "Container":
            limits = {**item.get("max", {}), **item.get("default", {})}
            requests = {**item.get("min", {}), **limits, **item.get("defaultRequest", {})}
            for name, amounts in (("default", limits), ("defaultRequest", requests)):
                if amounts:
                    item[name] = amounts


DEFAULTS = {
    "Service": service,
    "Namespace": namespace,
    "Node": node,
    "Endpoints": endpoints,
    "Secret": secret,
    "PersistentVolume": persistent_volume,
    "PersistentVolumeClaim": persistent_volume_claim,
    "LimitRange": limit_range,
}


# -- storage, scheduling, access -------------------------------------------------------------------------


def storage_class(data: Data) -> None:
    fill.absent(data, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"})


def csi_driver(data: Data) -> None:
    spec = data.setdefault("spec", {})
    fill.absent(
        spec,
        {
            "attachRequired": True,
            "podInfoOnMount": False,
            "storageCapacity": False,
            "requiresRepublish": False,
            "seLinuxMount": False,
            "fsGroupPolicy": "ReadWriteOnceWithFSType",
        },
    )
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]


def priority_class(data: Data) -> None:
    fill.absent(data, {"preemptionPolicy": "PreemptLowerPriority"})


_RBAC_GROUP = "rbac.authorization.k8s.io"


def role_binding(data: Data) -> None:
    """Of both kinds: the group of what is bound, and of whom it is bound to."""
    role = data.get("roleRef")
    if role is not None:
        fill.empty(role, {"apiGroup": _RBAC_GROUP})
    for subject in data.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            fill.empty(subject, {"apiGroup": _RBAC_GROUP})


STORAGE = {"StorageClass": storage_class, "CSIDriver": csi_driver}
SCHEDULING = {"PriorityClass": priority_class}
RBAC = {"RoleBinding": role_binding, "ClusterRoleBinding": role_binding}
