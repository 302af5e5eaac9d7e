"""Every pod runs as a service account, and finds its token in a volume (plugin ServiceAccount)."""

from k9lite.api import kinds
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request

DEFAULT = "default"
MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN_SECONDS = 3607  # an hour and a bit: kubelets renew it well before
MIRROR_POD = "kubernetes.io/config.mirror"


def admit(context: Context, request: Request, pod: Data) -> None:
    if MIRROR_POD in pod["metadata"].get("annotations", {}):
        return
    spec = pod["spec"]
    name = spec.get("serviceAccountName") or DEFAULT
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    account = context.store.get(kinds.SERVICE_ACCOUNT, Key(request.namespace, name))
    if account is None:
        why = f'error looking up service account {request.namespace}/{name}: serviceaccount "{name}" not found'
        raise refuse(request, pod, why)
    view = account.view
    if view.imagePullSecrets and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": secret.name} for secret in view.imagePullSecrets]
    automount = spec.get("automountServiceAccountToken", view.automountServiceAccountToken)
    if automount is not False:
        _mount_token(context, request, spec)


def is_awaited(context: Context, namespace: str) -> bool:
    """Whether the default account of a namespace is still to come: its controller makes one for every namespace."""
    if context.store.get(kinds.SERVICE_ACCOUNT, Key(namespace, DEFAULT)) is not None:
        return False
    found = context.store.get(kinds.NAMESPACE, Key("", namespace))
    return found is not None and not found.deleting


def _mount_token(context: Context, request: Request, spec: Data) -> None:
    """Mount a token volume into every container that has nothing at its place."""
    volumes = spec.setdefault("volumes", [])
    present = next((volume["name"] for volume in volumes if volume["name"].startswith("kube-api-access-")), None)
    volume = present or f"kube-api-access-{context.suffix('token volume', request.namespace)}"
    mounted = False
    for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        mounts = container.setdefault("volumeMounts", [])
        if not any(mount.get("mountPath") == MOUNT_PATH for mount in mounts):
            mounts.append({"name": volume, "readOnly": True, "mountPath": MOUNT_PATH})
            mounted = True
    if mounted and present is None:
        volumes.append(_token_volume(volume))
    if not volumes:
        del spec["volumes"]


def _token_volume(name: str) -> Data:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 0o644}}
