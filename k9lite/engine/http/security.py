"""Who may speak to the API: holders of the token, and no web page that a browser was lured to."""

import hmac
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from k9lite.api.errors import FORBIDDEN, UNAUTHORIZED, StatusError
from k9lite.client.protocol import Client

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


def check_origin(request: web.BaseRequest) -> None:
    """Raise Forbidden for a request under another host name, or from a web page of another site."""
    host = _hostname(request.headers.get("Host", ""))
    if host not in LOCAL_HOSTS and not LOOPBACK.fullmatch(host):
        raise StatusError(FORBIDDEN, "forbidden: this host name is not served here")
    origin = request.headers.get("Origin")
    if origin is not None and _hostname(origin.rpartition("://")[2]) not in LOCAL_HOSTS:
        raise StatusError(FORBIDDEN, "forbidden: requests from web pages are not served")


async def authenticate(request: web.BaseRequest, client: Client, token: str) -> bool:
    """Whether the request bears the administrator's `token`, or one of a service account.

    Without either only public paths are served: Unauthorized is raised for every other one.
    """
    bearer = _bearer(request.headers.get("Authorization", ""))
    authenticated = hmac.compare_digest(bearer.encode(errors="surrogateescape"), token.encode())
    if not authenticated and bearer.isascii() and bearer.count(".") == 2:
        authenticated = await _is_of_service_account(client, bearer)
    if not authenticated and request.path not in PUBLIC_PATHS:
        raise StatusError(UNAUTHORIZED, "Unauthorized")
    return authenticated


async def _is_of_service_account(client: Client, bearer: str) -> bool:
    kind = client.kinds.of("authentication.k8s.io/v1", "TokenReview")
    if kind is None:
        return False
    review = await client.create(kind, {"spec": {"token": bearer}})
    return bool(review.data().get("status", {}).get("authenticated"))


def _bearer(header: str) -> str:
    """The token of an Authorization header; empty without one."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _hostname(host: str) -> str:
    """`127.0.0.1:6443` and `[::1]:6443` without their ports."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
