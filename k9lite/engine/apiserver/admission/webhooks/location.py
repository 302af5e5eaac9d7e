"""Where a webhook is: at a URL, or behind a service of the cluster."""

import base64
from typing import Any
from urllib.parse import urlsplit

from k9lite.api import kinds
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver.admission.webhooks.answers import Call
from k9lite.engine.apiserver.context import Context

HTTPS_PORT = 443
DEFAULT_TIMEOUT = 10  # seconds


class Unreachable(Exception):  # a state, told in an answer
    """Why a webhook cannot be asked."""


def call(context: Context, webhook: Data, review: Data, key: bytes) -> Call:
    """The question `review` to `webhook`. Unreachable when its service is not there."""
    client = webhook.get("clientConfig") or {}
    timeout = webhook.get("timeoutSeconds", DEFAULT_TIMEOUT)
    version = next((one for one in webhook.get("admissionReviewVersions") or () if one in ("v1", "v1beta1")), "v1")
    body = {"kind": "AdmissionReview", "apiVersion": f"admission.k8s.io/{version}", "request": review}
    bundle = base64.b64decode(client.get("caBundle") or "").decode(errors="replace")
    if client.get("service") is not None:
        host, port, name, path = _service(context, client["service"], timeout)
    else:
        parts = urlsplit(client.get("url") or "")
        host = name = parts.hostname or ""
        port, path = parts.port or HTTPS_PORT, parts.path or "/"
    place = f"{name}:{port}" if client.get("service") is not None or port != HTTPS_PORT else name
    url = f"https://{place}{path}?timeout={timeout}s"
    return Call(key, url, host, port, name, f"{path}?timeout={timeout}s", bundle, body, timeout)


def _service(context: Context, reference: Data, timeout: int) -> tuple[str, int, str, str]:
    """Address, port, the name in the certificate, and path."""
    namespace, name = reference["namespace"], reference["name"]
    found = context.store.get(kinds.SERVICE, Key(namespace, name))
    server, port = f"{name}.{namespace}.svc", reference.get("port", HTTPS_PORT)
    path = "/" + (reference.get("path") or "").lstrip("/")
    url = f"https://{server}:{port}{path}?timeout={timeout}s"
    if found is None:
        raise Unreachable(f'failed to call webhook: Post "{url}": service "{name}" not found')
    spec: Any = found.data().get("spec") or {}
    if not any(one.get("port") == port for one in spec.get("ports") or ()):
        raise Unreachable(f'failed to call webhook: Post "{url}": no service port {port} found for service "{name}"')
    return str(spec.get("clusterIP") or ""), port, server, path
