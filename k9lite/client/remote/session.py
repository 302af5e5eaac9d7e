"""One HTTP session with an API server: paths, requests, and refusals as StatusErrors."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec

from k9lite.api.errors import CODES, Cause, StatusError
from k9lite.api.kinds import Kind
from k9lite.client.remote.kubeconfig import Endpoint

USER_AGENT = "k9lite"
LONGEST_LINE = 8 * 2**20  # bytes, of one event of a watch
CONNECTING = 10.0  # seconds

_REASONS = {code: reason for reason, code in reversed(CODES.items())}


class Session:
    """Opened lazily, closed with `close`. Connection troubles are ConnectionError."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._http: aiohttp.ClientSession | None = None

    def http(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector: aiohttp.BaseConnector
            if self.endpoint.unix_socket:
                connector = aiohttp.UnixConnector(self.endpoint.unix_socket, limit=0)
            else:
                connector = aiohttp.TCPConnector(ssl=self.endpoint.tls() or True, limit=0)
            headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
            if self.endpoint.token:
                headers["Authorization"] = f"Bearer {self.endpoint.token}"
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTING)
            self._http = aiohttp.ClientSession(
                self.endpoint.url, connector=connector, headers=headers, timeout=timeout, read_bufsize=LONGEST_LINE
            )
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> bytes:
        """The body of the answer. Raises StatusError for a refusal."""
        data = None if body is None else msgspec.json.encode(body)
        headers = {} if data is None else {"Content-Type": content_type}
        try:
            async with self.http().request(method, path, params=query, data=data, headers=headers) as response:
                raw = await response.read()
                if response.status >= 400:
                    raise refusal(response.status, raw)
                return raw
        except aiohttp.ClientError as error:
            raise ConnectionError(f"{self.endpoint.url}: {error}") from error


def refusal(code: int, raw: bytes) -> StatusError:
    """The StatusError in an answer, or one made of whatever it says."""
    try:
        status = msgspec.json.decode(raw)
        reason, message = status["reason"], status["message"]
    except (msgspec.DecodeError, KeyError, TypeError):
        reason, status = _REASONS.get(code, "InternalError"), {}
        message = raw[:1000].decode(errors="replace").strip() or f"HTTP {code}"
    details = status.get("details") or {}
    causes = [Cause(c.get("reason", ""), c.get("message", ""), c.get("field", "")) for c in details.get("causes") or ()]
    return StatusError(
        reason,
        message,
        name=details.get("name", ""),
        group=details.get("group", ""),
        kind=details.get("kind", ""),
        uid=details.get("uid", ""),
        causes=causes,
        retry_after=details.get("retryAfterSeconds", 0),
        code=code,
    )


def path_of(kind: Kind[Any], namespace: str = "", name: str = "", subresource: str = "") -> str:
    """The path of a collection, an object or a subresource."""
    parts = ["/apis", kind.group, kind.version] if kind.group else ["/api", kind.version]
    if kind.namespaced and namespace:
        parts += ["namespaces", quote(namespace, safe="")]
    parts.append(kind.plural)
    if name:
        parts.append(quote(name, safe=""))
    return "/".join([*parts, subresource] if subresource else parts)
