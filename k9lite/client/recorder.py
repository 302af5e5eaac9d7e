"""Writes Events about objects, merging repeated ones as client-go's recorder does."""

from collections import OrderedDict
from typing import Any

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, PatchType

REMEMBERED = 4096  # identical events are merged while they are among the last so many
MAX_MESSAGE = 1024  # bytes, of an Event's message


class Recorder:
    """`component` (e.g. "kubelet") and `host` become the events' source."""

    def __init__(self, client: Client, clock: Clock, component: str, host: str = "") -> None:
        self._client, self._clock = client, clock
        self._component, self._host = component, host
        self._seen: OrderedDict[tuple[str, ...], tuple[str, int]] = OrderedDict()
        self._last_stamp = 0

    async def normal(self, obj: Object[Any], reason: str, message: str, cause: Cause, *, field: str = "") -> None:
        await self.record(obj, "Normal", reason, message, cause, field=field)

    async def warning(self, obj: Object[Any], reason: str, message: str, cause: Cause, *, field: str = "") -> None:
        await self.record(obj, "Warning", reason, message, cause, field=field)

    async def record(
        self, obj: Object[Any], type: str, reason: str, message: str, cause: Cause, *, field: str = ""
    ) -> None:
        """Say that `reason` happened to `obj` (`field`: its part, e.g. `spec.containers{web}`).

        An event that cannot be written is dropped, as in Kubernetes: it must not stop the work it tells of.
        """
        involved = {
            "kind": obj.kind.kind, "apiVersion": obj.kind.api_version, "name": obj.name, "uid": obj.uid,
            "resourceVersion": str(obj.revision), "namespace": obj.namespace, "fieldPath": field,
        }  # fmt: skip
        involved = {key: value for key, value in involved.items() if value}
        namespace = obj.namespace or "default"
        identity = (obj.uid, obj.kind.kind, field, type, reason, message)
        try:
            if not await self._repeat(identity, namespace, cause):
                name = await self._create(involved, namespace, type, reason, message, cause)
                self._remember(identity, name, 1)
        except StatusError:
            return

    async def _repeat(self, identity: tuple[str, ...], namespace: str, cause: Cause) -> bool:
        seen = self._seen.get(identity)
        if seen is None:
            return False
        name, count = seen
        patch = {"count": count + 1, "lastTimestamp": times.time(self._clock.now())}
        try:
            await self._client.patch(kinds.EVENT, name, patch, PatchType.MERGE, namespace, cause=cause)
        except StatusError as error:
            if error.reason != "NotFound":  # it expired; begin anew
                raise
            del self._seen[identity]
            return False
        self._remember(identity, name, count + 1)
        return True

    async def _create(
        self, involved: dict[str, str], namespace: str, type: str, reason: str, message: str, cause: Cause
    ) -> str:
        now = times.time(self._clock.now())
        source = {"component": self._component} | ({"host": self._host} if self._host else {})
        body: Data = {
            "metadata": {"name": f"{involved['name']}.{self._stamp():x}", "namespace": namespace},
            "involvedObject": involved, "type": type, "reason": reason, "message": message[:MAX_MESSAGE],
            "source": source, "firstTimestamp": now, "lastTimestamp": now, "count": 1, "eventTime": None,
            "reportingComponent": self._component, "reportingInstance": self._host,
        }  # fmt: skip
        await self._client.create(kinds.EVENT, body, namespace, cause=cause)
        return str(body["metadata"]["name"])

    def _remember(self, identity: tuple[str, ...], name: str, count: int) -> None:
        self._seen[identity] = (name, count)
        self._seen.move_to_end(identity)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _stamp(self) -> int:
        """Nanoseconds, never the same twice."""
        self._last_stamp = max(self._last_stamp + 1, int(self._clock.now() * 1e9))
        return self._last_stamp
