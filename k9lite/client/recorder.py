"""Writes Events about objects, in the background and in order, merging repeated ones as client-go's recorder does."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError, is_not_found
from k9lite.api.object import Data, Object
from k9lite.client.correlator import Correlator, Subject
from k9lite.client.protocol import Client, PatchType

About = Object[Any] | Mapping[str, str]  # an object, or an ObjectReference as JSON data


class _Entry(NamedTuple):
    """An Event that waits to be written: with a count of more than 1 it is already in the cluster."""

    body: Data
    cause: Cause


class Recorder:
    """`component` (e.g. "kubelet") and `host` become the events' source.

    `normal` and `warning` only note what is to be written; `run`, started once as a task, writes it.
    """

    def __init__(self, client: Client, clock: Clock, component: str, host: str = "") -> None:
        self._client, self._clock = client, clock
        self._source = (component, host)
        self._correlator = Correlator()
        self._waiting: deque[_Entry] = deque()
        self._wake = asyncio.Event()
        self._last_stamp = 0

    @property
    def idle(self) -> bool:
        """Whether everything recorded has been written."""
        return not self._waiting

    def normal(self, about: About, reason: str, message: str, cause: Cause, *, field: str = "") -> None:
        self.record(about, "Normal", reason, message, cause, field=field)

    def warning(self, about: About, reason: str, message: str, cause: Cause, *, field: str = "") -> None:
        self.record(about, "Warning", reason, message, cause, field=field)

    def record(self, about: About, type: str, reason: str, message: str, cause: Cause, *, field: str = "") -> None:
        """Say that `reason` happened to `about`, or to `field` of it, e.g. `spec.containers{web}`."""
        involved = reference(about) if isinstance(about, Object) else dict(about)
        identity = tuple(involved.get(part, "") for part in ("kind", "namespace", "name", "uid", "apiVersion"))
        now = self._clock.now()
        subject = Subject(self._source, identity, field, type, reason, message)
        verdict = self._correlator.correlate(subject, f"{involved['name']}.{self._stamp(now):x}", now)
        if verdict is None:
            return
        component, host = self._source
        namespace = involved.get("namespace") or "default"
        body: Data = {
            "metadata": {"name": verdict.event.name, "namespace": namespace},
            "involvedObject": involved | ({"fieldPath": field} if field else {}),
            "type": type,
            "reason": reason,
            "message": verdict.message,
            "source": {"component": component} | ({"host": host} if host else {}),
            "firstTimestamp": times.time(verdict.event.first_seen),
            "lastTimestamp": times.time(now),
            "count": verdict.event.count,
            "reportingComponent": component,
            "reportingInstance": host,
        }
        self._waiting.append(_Entry(body, cause))
        self._wake.set()

    async def run(self) -> None:
        """Write what is recorded until cancelled.

        An event that is refused is dropped, as in Kubernetes: it must not stop the work it tells of.
        """
        while True:
            while self._waiting:
                try:
                    await self._write(self._waiting[0])
                except (StatusError, ConnectionError, TimeoutError):
                    pass
                finally:
                    self._waiting.popleft()
            self._wake.clear()
            await self._wake.wait()

    async def _write(self, entry: _Entry) -> None:
        body = entry.body
        name, namespace = body["metadata"]["name"], body["metadata"]["namespace"]
        if body["count"] > 1:
            patch = {part: body[part] for part in ("count", "lastTimestamp", "message")}
            try:
                await self._client.patch(kinds.EVENT, name, patch, PatchType.STRATEGIC, namespace, cause=entry.cause)
                return
            except StatusError as error:
                if not is_not_found(error):  # it expired, or its creation was refused: write it anew
                    raise
        await self._client.create(kinds.EVENT, body, namespace, cause=entry.cause)

    def _stamp(self, now: float) -> int:
        """Nanoseconds, never the same twice."""
        self._last_stamp = max(self._last_stamp + 1, int(now * 1e9))
        return self._last_stamp


def reference(obj: Object[Any]) -> dict[str, str]:
    """The ObjectReference of `obj` as it is now."""
    parts = {
        "kind": obj.kind.kind,
        "namespace": obj.namespace,
        "name": obj.name,
        "uid": obj.uid,
        "apiVersion": obj.kind.api_version,
        "resourceVersion": str(obj.revision),
    }
    return {name: value for name, value in parts.items() if value}
