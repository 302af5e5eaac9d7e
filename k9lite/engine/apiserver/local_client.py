"""The Client of a cluster that lives in this process: the API server's verbs, without HTTP in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from k9lite.api import kinds
from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.errors import INTERNAL_ERROR, StatusError, is_not_found
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Key, Object, to_data
from k9lite.client.protocol import (
    DEFAULT_DELETE,
    DEFAULT_WRITE,
    EVERYTHING,
    DeleteOptions,
    Event,
    ObjectList,
    PatchType,
    Selector,
    WriteOptions,
)
from k9lite.client.streams import PodStreams
from k9lite.engine.apiserver.admission.webhooks.answers import Answer, Unanswered
from k9lite.engine.apiserver.admission.webhooks.calls import Caller
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

T = TypeVar("T")
R = TypeVar("R")

# A verb never waits. So that many writes in a row leave the loop to others now and then, every so manieth one yields;
# counted rather than timed, so that a run can be replayed.
WRITES_PER_TURN = 16

# How often, and after how many seconds, a pod's creation asks for a default service account that is not there yet.
ACCOUNT_ATTEMPTS, ACCOUNT_RETRY = 10, 0.15
NO_CALLER = "this client reaches no webhooks"


class LocalClient:
    """Implements `client.protocol.Client`.

    webhooks: who asks admission webhooks; without one they cannot be reached
    durable: answer writes only when they would survive the death of this process; for users, not for controllers
    """

    def __init__(
        self, server: ApiServer, streams: PodStreams, *, durable: bool = False, webhooks: Caller | None = None
    ) -> None:
        self._webhooks = webhooks
        self._durable = durable
        self._server = server
        self._clock = server.clock
        self._streams = streams
        self._writes = 0

    @property
    def kinds(self) -> Kinds:
        return self._server.kinds

    @property
    def streams(self) -> PodStreams:
        return self._streams

    def key_set(self) -> Data:
        """The public key that service accounts' tokens are checked by, as a JSON Web Key Set."""
        return self._server.key_set()

    async def get(self, kind: Kind[T], name: str, namespace: str = "") -> Object[T]:
        return self._server.get(kind, Key(namespace, name))

    async def list(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        limit: int = 0,
        continue_token: str = "",
        at: int | None = None,
    ) -> ObjectList[T]:
        return self._server.select(kind, selector, limit, continue_token, at)

    def watch(
        self, kind: Kind[T], selector: Selector = EVERYTHING, *, since: int, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[T]]]:
        return self._server.watch(kind, selector, since=since, bookmarks=bookmarks)

    async def create(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        await self._turn()
        if kind is kinds.POD:
            await self._default_account(namespace)
        request = self._server.request(kind, namespace, "", "", cause, options)
        return await self._kept(await self._answered(request, lambda: self._server.create(request, body)))

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
        await self._turn()
        data = to_data(body)
        name = data.get("metadata", {}).get("name", "")
        request = self._server.request(kind, namespace, name, subresource, cause, options)
        return await self._kept(await self._answered(request, lambda: self._server.update(request, data)))

    async def update_status(self, obj: Object[T], status: Body, *, cause: Cause = UNKNOWN) -> Object[T]:
        await self._turn()
        request = self._server.request(obj.kind, obj.namespace, obj.name, "status", cause)
        return await self._kept(self._server.update_status(request, obj, status))

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
        await self._turn()
        request = self._server.request(kind, namespace, name, subresource, cause, options)
        return await self._kept(await self._answered(request, lambda: self._server.patch(request, patch, type)))

    async def delete(
        self,
        kind: Kind[T],
        name: str,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Object[T]:
        await self._turn()
        request = self._server.request(kind, namespace, name, "", cause, _of(options))
        return await self._kept(await self._answered(request, lambda: self._server.delete(request, options)))

    async def delete_collection(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Sequence[Object[T]]:
        gone = []
        for obj in self._server.select(kind, selector).items:
            try:
                gone.append(await self.delete(kind, obj.name, obj.namespace, cause=cause, options=options))
            except StatusError as error:
                if not is_not_found(error):  # somebody else was faster
                    raise
        return gone

    async def get_subresource(self, kind: Kind[Any], name: str, subresource: str, namespace: str = "") -> Data:
        return self._server.get_subresource(self._server.request(kind, namespace, name, subresource))

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
        await self._turn()
        request = self._server.request(kind, namespace, name, subresource, cause, options)
        return await self._kept(self._server.create_subresource(request, body))

    async def _answered(self, request: Request, act: Callable[[], R]) -> R:
        """Do a write; where webhooks have a say, ask them and begin anew, until nothing is left to ask."""
        first, warnings = self._server.drawn, request.options.warnings
        told = len(warnings or ())
        try:
            return act()
        except Unanswered:
            del (warnings or [])[told:]
        while True:
            try:
                return self._server.attempt(act, first)
            except Unanswered as unanswered:
                call = unanswered.call
            answer = Answer({}, NO_CALLER) if self._webhooks is None else await self._webhooks.ask(call)
            assert request.answers is not None
            request.answers.put(call, answer)
            del (warnings or [])[told:]

    async def _default_account(self, namespace: str) -> None:
        """A moment's patience with a namespace so new that its service account is still to come."""
        for _ in range(ACCOUNT_ATTEMPTS - 1):
            if not self._server.lacks_default_account(namespace):
                return
            await self._clock.sleep(ACCOUNT_RETRY)

    async def _kept(self, answer: R) -> R:
        """The answer, once what it says is on disk. StatusError when it is true in memory only."""
        if self._durable:
            try:
                await self._server.settled()
            except OSError as error:
                raise StatusError(
                    INTERNAL_ERROR, f"{error}; it is true in memory only until that is put right"
                ) from None
        return answer

    async def _turn(self) -> None:
        self._writes += 1
        if self._writes % WRITES_PER_TURN == 0:
            await asyncio.sleep(0)


def _of(options: DeleteOptions) -> WriteOptions:
    return WriteOptions(dry_run=True) if options.dry_run else DEFAULT_WRITE
