"""The API server: one synchronous method per verb, each of them one transaction."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from k9lite.aio.clock import Clock
from k9lite.aio.randomness import Randomness
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Key, Object, to_data
from k9lite.client.protocol import EVERYTHING, DeleteOptions, Event, ObjectList, PatchType, Selector
from k9lite.engine.apiserver import binding, create, deletion, patching, scale, update
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store.store import Store


class ApiServer:
    """Everything a cluster's API does, in process.

    kinds: what it serves; a cluster's own, since custom resources join and leave it
    """

    def __init__(self, clock: Clock, randomness: Randomness, kinds: Kinds | None = None) -> None:
        self._context = Context(Store(clock), clock, randomness, kinds if kinds is not None else Kinds())

    @property
    def kinds(self) -> Kinds:
        return self._context.kinds

    def get(self, kind: Kind[Any], key: Key) -> Object[Any]:
        found = self._context.store.get(kind, key)
        if found is None:
            raise Request(kind, key.namespace, key.name).not_found()
        return found

    def list(self, kind: Kind[Any], selector: Selector = EVERYTHING) -> ObjectList[Any]:
        revision = self._context.store.revision
        return ObjectList(self._context.store.collection(kind).at(revision, selector.namespace), revision)

    def watch(
        self, kind: Kind[Any], selector: Selector, since: int, *, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[Any]]]:
        def admits(obj: Object[Any]) -> bool:
            return not selector.namespace or obj.namespace == selector.namespace

        return self._context.store.watch(kind, since, admits, bookmarks=bookmarks)

    def create(self, request: Request, body: Body) -> Object[Any]:
        return create.create(self._context, request, to_data(body))

    def update(self, request: Request, body: Body) -> Object[Any]:
        return update.update(self._context, request, to_data(body))

    def update_status(self, request: Request, live: Object[Any], status: Body) -> Object[Any]:
        return update.update_status(self._context, request, live, status)

    def patch(self, request: Request, change: Any, type: PatchType) -> Object[Any]:
        return patching.patch(self._context, request, msgspec.to_builtins(change, str_keys=True), type)

    def delete(self, request: Request, options: DeleteOptions) -> Object[Any]:
        return deletion.delete(self._context, request, options)

    def get_subresource(self, request: Request) -> Data:
        return scale.read(self._context, request)

    def create_subresource(self, request: Request, data: Data) -> Data:
        return POSTED[request.subresource](self._context, request, data)


POSTED = {"binding": binding.bind}
