"""What the API server fills in where a manifest is silent (Kubernetes: pkg/apis/*/v1/defaults.go); pure, in place.

Only what decoding does: values that depend on other objects (service account, cluster IP, priority) come later, from
admission. Go's structs cannot tell an empty string or 0 from an absent field, and neither do these rules, except where
the API has a pointer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from k9lite.api.defaults import core, networking, pod, registrations, workloads
from k9lite.api.kinds import Kind
from k9lite.api.object import Data

_BY_GROUP: Mapping[str, Mapping[str, Callable[[Data], None]]] = {
    "": core.DEFAULTS | pod.DEFAULTS | workloads.CORE,
    "apps": workloads.APPS,
    "batch": workloads.BATCH,
    "autoscaling": workloads.AUTOSCALING,
    "discovery.k8s.io": networking.DISCOVERY,
    "networking.k8s.io": networking.NETWORKING,
    "storage.k8s.io": core.STORAGE,
    "scheduling.k8s.io": core.SCHEDULING,
    "rbac.authorization.k8s.io": core.RBAC,
    "apiextensions.k8s.io": registrations.EXTENSIONS,
    "apiregistration.k8s.io": registrations.REGISTRATION,
    "admissionregistration.k8s.io": registrations.ADMISSION,
    "flowcontrol.apiserver.k8s.io": registrations.FLOW_CONTROL,
}


def apply(kind: Kind[Any], data: Data) -> None:
    """Fill in the defaults of a decoded object of `kind`, in place."""
    default = _BY_GROUP.get(kind.group, {}).get(kind.kind)
    if default is not None:
        default(data)
