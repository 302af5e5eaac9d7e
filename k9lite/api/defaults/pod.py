"""Defaults of pods and of the pods in templates (pkg/apis/core/v1/defaults.go)."""

from collections.abc import Iterator

from k9lite.api import images
from k9lite.api.defaults import fill
from k9lite.api.object import Data

_SPEC = {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler"}
_CONTAINER = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_HTTP_GET = {"path": "/", "scheme": "HTTP"}
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_FIELD_REF = {"apiVersion": "v1"}
_RESOURCE_FIELD_REF = {"divisor": "0"}
_FILE_MODE = 0o644
_TOKEN_SECONDS = 3600
_CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")


def image_pull_policy(image: str) -> str:
    """Always for the tag `latest`, said or implied; a name that makes no sense is never pulled anyway."""
    name = images.parse(image)
    return "Always" if name is not None and name.is_latest else "IfNotPresent"


def template(data: Data) -> None:
    """A PodTemplateSpec: no more than its spec is defaulted, or old ReplicaSets would look changed."""
    data.setdefault("metadata", {})
    pod_spec(data.setdefault("spec", {}))


def pod_spec(spec: Data) -> None:
    fill.empty(spec, _SPEC)
    if "securityContext" not in spec:
        spec["securityContext"] = {}
    if "terminationGracePeriodSeconds" not in spec:
        spec["terminationGracePeriodSeconds"] = 30
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:  # one field with two names
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for container in _containers(spec):
        _container(container)
    for volume in spec.get("volumes") or ():
        _volume(volume)


def pod(data: Data) -> None:
    """A Pod itself, which gets some more than a template does."""
    spec = data.setdefault("spec", {})
    pod_spec(spec)
    host_network = spec.get("hostNetwork", False)
    for container in _containers(spec):
        resources = container.get("resources")
        if resources and "limits" in resources:
            _requests_from_limits(resources)
        if host_network:
            for port in container.get("ports") or ():
                if not port.get("hostPort") and "containerPort" in port:
                    port["hostPort"] = port["containerPort"]
    if spec.get("resources", {}).get("limits"):
        _requests_from_limits(spec["resources"])
    if "enableServiceLinks" not in spec:
        spec["enableServiceLinks"] = True


def _requests_from_limits(resources: Data) -> None:
    limits = resources["limits"]
    if limits:
        resources["requests"] = limits | resources.get("requests", {})


def _containers(spec: Data) -> Iterator[Data]:
    for name in _CONTAINER_LISTS:
        yield from spec.get(name) or ()


def _container(container: Data) -> None:
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = image_pull_policy(container.get("image", ""))
    fill.empty(container, _CONTAINER)
    if "resources" not in container:
        container["resources"] = {}
    for port in container.get("ports") or ():
        if not port.get("protocol"):
            port["protocol"] = "TCP"
    for variable in container.get("env") or ():
        if "fieldRef" in (source := variable.get("valueFrom") or {}):
            fill.empty(source["fieldRef"], _FIELD_REF)
        if "resourceFieldRef" in source:
            fill.absent(source["resourceFieldRef"], _RESOURCE_FIELD_REF)
    for name in _PROBES:
        if name in container:
            _probe(container[name])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict) and "httpGet" in hook:
            fill.empty(hook["httpGet"], _HTTP_GET)
    security = container.get("securityContext") or {}
    if "procMount" in security and not security["procMount"]:
        security["procMount"] = "Default"


def _probe(probe: Data) -> None:
    fill.empty(probe, _PROBE)
    if "httpGet" in probe:
        fill.empty(probe["httpGet"], _HTTP_GET)
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


# source of a volume -> its defaults; the first four are files with a mode
_VOLUME_SOURCES: dict[str, fill.Table] = {
    "configMap": {"defaultMode": _FILE_MODE},
    "secret": {"defaultMode": _FILE_MODE},
    "downwardAPI": {"defaultMode": _FILE_MODE},
    "projected": {"defaultMode": _FILE_MODE},
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4", "readOnly": False},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}


def volume_source(holder: Data) -> None:
    """Defaults of the one volume source that `holder` (a Volume, a PersistentVolume's spec) names."""
    for name, table in _VOLUME_SOURCES.items():
        if name in holder:
            fill.absent(holder[name], table)


def _volume(volume: Data) -> None:
    if len(volume) <= ("name" in volume):
        volume["emptyDir"] = {}
        return
    volume_source(volume)
    downward = [volume.get("downwardAPI") or {}]
    for source in (volume.get("projected") or {}).get("sources") or ():
        downward.append(source.get("downwardAPI") or {})
        if "serviceAccountToken" in source:
            fill.absent(source["serviceAccountToken"], {"expirationSeconds": _TOKEN_SECONDS})
    for source in downward:
        for item in source.get("items") or ():
            if "fieldRef" in item:
                fill.empty(item["fieldRef"], _FIELD_REF)
            if "resourceFieldRef" in item:
                fill.absent(item["resourceFieldRef"], _RESOURCE_FIELD_REF)
    if "ephemeral" in volume:
        claim = (volume["ephemeral"].get("volumeClaimTemplate") or {}).get("spec")
        if claim is not None:
            fill.absent(claim, {"volumeMode": "Filesystem"})
    if "image" in volume and not volume["image"].get("pullPolicy"):
        volume["image"]["pullPolicy"] = image_pull_policy(volume["image"].get("reference", ""))


def pod_template(data: Data) -> None:
    """A PodTemplate object."""
    template(data.setdefault("template", {}))


DEFAULTS = {"Pod": pod, "PodTemplate": pod_template}
