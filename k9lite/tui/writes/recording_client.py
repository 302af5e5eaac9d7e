"""The client behind the user's actions. It passes every call on, and records how each write is taken back."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from k9lite.api import kinds
from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.errors import StatusError, is_conflict, is_not_found
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Object, to_data
from k9lite.client.protocol import (
    DEFAULT_DELETE,
    DEFAULT_WRITE,
    EVERYTHING,
    Client,
    DeleteOptions,
    Event,
    ObjectList,
    PatchType,
    Selector,
    WriteOptions,
)
from k9lite.client.streams import PodStreams
from k9lite.tui.writes import undo
from k9lite.tui.writes.kubectl import command
from k9lite.tui.writes.operations import USER, by_user
from k9lite.tui.writes.undo import ActionLog, Write

T = TypeVar("T")
UNRECORDED = {kinds.CLOCK}  # time is turned back by its own keys


class RecordingClient:
    """A Client over `client`. Writes whose cause is the user are recorded in `action_log`, other calls only pass.

    A change is sent on the condition that the object is still as it was read; after a conflict it is read and sent
    again. So the recorded difference is the user's alone, whatever controllers write meanwhile.
    """

    def __init__(self, client: Client, action_log: ActionLog) -> None:
        self._client, self._action_log = client, action_log

    @property
    def kinds(self) -> Kinds:
        return self._client.kinds

    @property
    def streams(self) -> PodStreams:
        return self._client.streams

    async def get(self, kind: Kind[T], name: str, namespace: str = "") -> Object[T]:
        return await self._client.get(kind, name, namespace)

    async def list(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        limit: int = 0,
        continue_token: str = "",
        at: int | None = None,
    ) -> ObjectList[T]:
        return await self._client.list(kind, selector, limit=limit, continue_token=continue_token, at=at)

    def watch(
        self, kind: Kind[T], selector: Selector = EVERYTHING, *, since: int, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[T]]]:
        return self._client.watch(kind, selector, since=since, bookmarks=bookmarks)

    async def get_subresource(self, kind: Kind[Any], name: str, subresource: str, namespace: str = "") -> Data:
        return await self._client.get_subresource(kind, name, subresource, namespace)

    async def create(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        created = await self._client.create(kind, body, namespace, cause=cause, options=options)
        if _is_recorded(kind, cause, options.dry_run):
            self._record_creation(created, cause, command("create", kind, created.name, namespace, body))
        return created

    async def update(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        subresource: str = "",
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        data = to_data(body)
        name = data["metadata"]["name"]

        async def write(revision: int | None) -> Object[T]:
            conditional = data if revision is None else _at_revision(data, revision)
            return await self._client.update(
                kind, conditional, namespace, subresource=subresource, cause=cause, options=options
            )

        if not _is_recorded(kind, cause, options.dry_run):
            return await write(None)
        line = command("update", kind, name, namespace, data, subresource=subresource)
        return await self._change(kind, name, namespace, cause, line, write, subresource, _revision_in(data))

    async def update_status(self, obj: Object[T], status: Body, *, cause: Cause = UNKNOWN) -> Object[T]:
        updated = await self._client.update_status(obj, status, cause=cause)
        if _is_recorded(obj.kind, cause):
            self._record(cause, lambda back: undo.put_back_status(self._client, obj, updated, back))
        return updated

    async def patch(
        self,
        kind: Kind[T],
        name: str,
        patch: Body | Sequence[Data],
        type: PatchType,
        namespace: str = "",
        *,
        subresource: str = "",
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        async def write(revision: int | None) -> Object[T]:
            conditional = patch if revision is None else _at_revision(patch, revision)
            return await self._client.patch(
                kind, name, conditional, type, namespace, subresource=subresource, cause=cause, options=options
            )

        if not _is_recorded(kind, cause, options.dry_run):
            return await write(None)
        line = command("patch", kind, name, namespace, patch, type=type, subresource=subresource)
        return await self._change(kind, name, namespace, cause, line, write, subresource, _revision_in(patch))

    async def delete(
        self,
        kind: Kind[T],
        name: str,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Object[T]:
        if not _is_recorded(kind, cause, options.dry_run):
            return await self._client.delete(kind, name, namespace, cause=cause, options=options)
        before = await self._client.get(kind, name, namespace)
        deleted = await self._client.delete(kind, name, namespace, cause=cause, options=options)
        self._record_deletion(before, cause, command("delete", kind, name, namespace, options))
        return deleted

    async def delete_collection(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Sequence[Object[T]]:
        deleted = await self._client.delete_collection(kind, selector, cause=cause, options=options)
        if _is_recorded(kind, cause, options.dry_run):
            for obj in deleted:
                self._record_deletion(obj, cause, command("delete", kind, obj.name, obj.namespace, options))
        return deleted

    async def create_subresource(
        self,
        kind: Kind[Any],
        name: str,
        subresource: str,
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Data:
        answer = await self._client.create_subresource(
            kind, name, subresource, body, namespace, cause=cause, options=options
        )
        if _is_recorded(kind, cause, options.dry_run):
            reason = "an evicted pod does not come back" if subresource == "eviction" else f"{subresource} has no undo"
            self._action_log.note(Write(cause.action, undo.impossible(reason)))
        return answer

    async def _change(
        self,
        kind: Kind[T],
        name: str,
        namespace: str,
        cause: Cause,
        line: str,
        write: Callable[[int | None], Awaitable[Object[T]]],
        subresource: str,
        required: str | None,
    ) -> Object[T]:
        """Write, and record the way back. `required`: the resourceVersion that the caller asks for, if any."""
        while True:
            before = await self._existing(kind, name, namespace)
            conditional = before is not None and required is None
            try:
                answer = await write(before.revision if before is not None and conditional else None)
                break
            except StatusError as error:
                if not (conditional and is_conflict(error) and await self._was_outrun(before)):
                    raise
        if before is None:
            self._record_creation(answer, cause, line)
            return answer
        after = await self._written(before, answer) if subresource else answer
        self._record(cause, lambda back: undo.put_back(self._client, before, after, back), line)
        return answer

    async def _existing(self, kind: Kind[T], name: str, namespace: str) -> Object[T] | None:
        try:
            return await self._client.get(kind, name, namespace)
        except StatusError as error:
            if is_not_found(error):
                return None
            raise

    async def _was_outrun(self, before: Object[Any] | None) -> bool:
        """Whether the object has changed since `before` was read. A conflict of field managers has another cause."""
        if before is None:
            return False
        existing = await self._existing(before.kind, before.name, before.namespace)
        return existing is None or existing.revision != before.revision

    async def _written(self, before: Object[T], answer: Object[Any]) -> Object[T]:
        """The object right after a write to its subresource, which answers with something else, such as a Scale."""
        selector = Selector(before.namespace, fields=f"metadata.name={before.name}")
        return (await self._client.list(before.kind, selector, at=answer.revision)).items[0]

    def _record_creation(self, created: Object[Any], cause: Cause, line: str) -> None:
        self._record(cause, lambda back: undo.remove(self._client, created, back), line)

    def _record_deletion(self, before: Object[Any], cause: Cause, line: str) -> None:
        self._record(cause, lambda back: undo.bring_back(self._client, before, back), line)

    def _record(self, cause: Cause, undo: Callable[[Cause], Awaitable[None]], line: str = "") -> None:
        """`line`: the kubectl command that does the same."""
        back = by_user(f"undo: {cause.action}")
        self._action_log.note(Write(cause.action, lambda: undo(back), line))


def _is_recorded(kind: Kind[Any], cause: Cause, dry_run: bool = False) -> bool:
    return cause.actor == USER and kind not in UNRECORDED and not dry_run


def _revision_in(body: Any) -> str | None:
    """The resourceVersion that a body or a patch requires."""
    return body.get("metadata", {}).get("resourceVersion") if isinstance(body, dict) else None


def _at_revision(body: Any, revision: int) -> Any:
    """A body or a patch that is refused with a conflict unless the object is at `revision`."""
    if isinstance(body, dict):
        return body | {"metadata": body.get("metadata", {}) | {"resourceVersion": str(revision)}}
    return [{"op": "add", "path": "/metadata/resourceVersion", "value": str(revision)}, *body]
