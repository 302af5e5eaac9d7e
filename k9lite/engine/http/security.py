"""Who may speak to the API: holders of the token, and no web page that a browser was lured to."""

import hmac
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from k9lite.api.errors import FORBIDDEN, UNAUTHORIZED, StatusError

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LOCAL_HOSTS = {
    "127.0.0.1",
    "localhost",
    "[::1]",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
}
LOOPBACK = re.compile(r"127(?:\.\d{1,3}){3}")  # where pods reach it; no web page can pass off its own name as this
# What a real cluster, too, tells anybody.
PUBLIC_PATHS = {"/healthz", "/livez", "/readyz", "/version"}


def check(request: web.BaseRequest, token: str) -> bool:
    """Raise the StatusError for a request that may not be served; whether it comes from a holder of the token."""
    host = _hostname(request.headers.get("Host", ""))
    if host not in LOCAL_HOSTS and not LOOPBACK.fullmatch(host):
        raise StatusError(FORBIDDEN, "forbidden: this host name is not served here")
    origin = request.headers.get("Origin")
    if origin is not None and _hostname(origin.rpartition("://")[2]) not in LOCAL_HOSTS:
        raise StatusError(FORBIDDEN, "forbidden: requests from web pages are not served")
    authorized = _authorized(request.headers.get("Authorization", ""), token)
    if not authorized and request.path not in PUBLIC_PATHS:
        raise StatusError(UNAUTHORIZED, "Unauthorized")
    return authorized


def _authorized(header: str, token: str) -> bool:
    scheme, _, given = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(errors="surrogateescape"), token.encode()
    )


def _hostname(host: str) -> str:
    """`127.0.0.1:6443` and `[::1]:6443` without their ports."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
