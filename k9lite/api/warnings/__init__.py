"""What the API server accepts but finds odd: the texts that clients print as `Warning: ...` (pkg/api/*/warnings.go).

pods: pods and templates; services: services and ingresses; storage: volumes and claims; nodes: labels of nodes.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.names import quoted
from k9lite.api.object import Data
from k9lite.api.warnings import nodes, pods, services, storage

Check = Callable[[Data, bool], Iterator[str]]

# What everybody who reads or writes a kind is told.
_DEPRECATED = {
    ("", "v1", "Endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ("", "v1", "ComponentStatus"): "v1 ComponentStatus is deprecated in v1.19+",
}
_MOUNTABLE = "kubernetes.io/enforce-mountable-secrets"
_MOUNTABLE_TEXT = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
_PATH = re.compile(r"(?:metadata|spec|scheduling)(?:\.\w+|\[[^\]]*\])*")


def deprecation(kind: Kind[Any]) -> str:
    """What is said to everybody who uses a kind in this version; empty where that is fine."""
    return kind.deprecation or _DEPRECATED.get((kind.group, kind.version, kind.kind), "")


def of(kind: Kind[Any], new: Data, old: Data | None = None) -> list[str]:
    """Warnings about a new object, or about the change of `old` to `new`."""
    if kind.model is None:
        return list(_finalizers(new, old))
    check = _CHECKS.get((kind.group, kind.kind))
    if check is None or (old is not None and not _is_news(kind, new, old)):
        return []
    return list(check(new, old is None))


def path(text: str) -> str:
    """The field that a warning is about, as a path of the API; empty where it names none."""
    match = _PATH.match(text)
    return match[0] if match else ""


def _is_news(kind: Kind[Any], new: Data, old: Data) -> bool:
    """Nobody is told twice about what did not change; pods are changed by machines."""
    return kind.kind != "Pod" and new.get("spec") != old.get("spec")


def _finalizers(new: Data, old: Data | None) -> Iterator[str]:
    """Of a custom resource: new finalizers whose names may be those of somebody else's, too."""
    before = ((old or {}).get("metadata") or {}).get("finalizers") or ()
    for finalizer in (new.get("metadata") or {}).get("finalizers") or ():
        if "/" not in finalizer and finalizer not in before:
            yield (
                f"metadata.finalizers: {quoted(finalizer)}: prefer a domain-qualified finalizer name including a "
                "path (/) to avoid accidental conflicts with other finalizer writers"
            )


def _account(data: Data, is_new: bool) -> Iterator[str]:
    return storage.annotations("metadata.annotations", data.get("metadata") or {}, {_MOUNTABLE: _MOUNTABLE_TEXT})


def _runtime_class(data: Data, is_new: bool) -> Iterator[str]:
    return nodes.selector("scheduling.nodeSelector", (data.get("scheduling") or {}).get("nodeSelector") or ())


_template = pods.template_in("spec", "template")
_CHECKS: dict[tuple[str, str], Check] = {
    ("", "Pod"): pods.pod,
    ("", "PodTemplate"): pods.template_in("template"),
    ("", "ReplicationController"): _template,
    ("apps", "Deployment"): _template,
    ("apps", "ReplicaSet"): _template,
    ("apps", "StatefulSet"): pods.stateful_set,
    ("apps", "DaemonSet"): _template,
    ("batch", "Job"): _template,
    ("batch", "CronJob"): pods.template_in("spec", "jobTemplate", "spec", "template"),
    ("", "Service"): services.service,
    ("networking.k8s.io", "Ingress"): services.ingress,
    ("", "PersistentVolume"): storage.volume,
    ("", "PersistentVolumeClaim"): storage.claim,
    ("", "ServiceAccount"): _account,
    ("node.k8s.io", "RuntimeClass"): _runtime_class,
}
