"""The client behind the user's actions: it passes everything on, and remembers how each write is taken back."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from k9lite.api import kinds
from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.tui.writes import undo
from k9lite.tui.writes.kubectl import command
from k9lite.tui.writes.operations import USER, by_user
from k9lite.tui.writes.undo import ActionLog, Write

NOT_NOTED = {kinds.CLOCK}  # time is turned back by its own keys


class _Noting:
    """Only what is written by the user is of interest; what reads is passed on as it is."""

    def __init__(self, client: Client, action_log: ActionLog) -> None:
        self._client, self._action_log = client, action_log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def patch(
        self,
        kind: Kind[Any],
        name: str,
        patch: Any,
        type: PatchType,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        **more: Any,
    ) -> Any:
        write = partial(self._client.patch, kind, name, patch, type, namespace, cause=cause, **more)
        said = command("patch", kind, name, namespace, patch, type=type, **more)
        return await self._change(kind, name, namespace, cause, write, said)

    async def update(
        self, kind: Kind[Any], body: Any, namespace: str = "", *, cause: Cause = UNKNOWN, **more: Any
    ) -> Any:
        write = partial(self._client.update, kind, body, namespace, cause=cause, **more)
        name = body["metadata"]["name"]
        return await self._change(
            kind, name, namespace, cause, write, command("update", kind, name, namespace, body, **more)
        )

    async def create(
        self, kind: Kind[Any], body: Any, namespace: str = "", *, cause: Cause = UNKNOWN, **more: Any
    ) -> Any:
        made = await self._client.create(kind, body, namespace, cause=cause, **more)
        if cause.actor == USER:
            said = command("create", kind, made.name, namespace, body)
            self._note(cause, lambda back: undo.remove(self._client, made, back), said)
        return made

    async def delete(
        self,
        kind: Kind[Any],
        name: str,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DeleteOptions(),  # noqa: B008  # frozen
    ) -> Any:
        before = await self._client.get(kind, name, namespace) if cause.actor == USER else None
        gone = await self._client.delete(kind, name, namespace, cause=cause, options=options)
        if before is not None:
            said = command("delete", kind, name, namespace, options)
            self._note(cause, lambda back: undo.bring_back(self._client, before, back), said)
        return gone

    async def create_subresource(
        self,
        kind: Kind[Any],
        name: str,
        subresource: str,
        body: Any,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        **more: Any,
    ) -> Any:
        done = await self._client.create_subresource(kind, name, subresource, body, namespace, cause=cause, **more)
        if cause.actor == USER:
            self._action_log.note(Write(cause.action, undo.impossible("an evicted pod does not come back")))
        return done

    async def _change(
        self, kind: Kind[Any], name: str, namespace: str, cause: Cause, write: Callable[[], Awaitable[Any]], said: str
    ) -> Any:
        if cause.actor != USER or kind in NOT_NOTED:
            return await write()
        before = await self._client.get(kind, name, namespace)
        done = await write()
        after: Object[Any] = await self._client.get(kind, name, namespace)
        self._note(cause, lambda back: undo.put_back(self._client, before, after, back), said)
        return done

    def _note(self, cause: Cause, undo: Callable[[Cause], Awaitable[None]], said: str) -> None:
        back = by_user(f"undo: {cause.action}")
        self._action_log.note(Write(cause.action, lambda: undo(back), said))


def noting(client: Client, action_log: ActionLog) -> Client:
    """`client`, with what the user writes through it remembered in `action_log`."""
    return cast(Client, _Noting(client, action_log))
