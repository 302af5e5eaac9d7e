"""A client that acts for one cause: what a `reconcile` is handed to read and to write with."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from k9lite.api.cause import Cause
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Object
from k9lite.client.protocol import (
    DEFAULT_DELETE,
    DEFAULT_WRITE,
    EVERYTHING,
    Client,
    DeleteOptions,
    ObjectList,
    PatchType,
    Selector,
    WriteOptions,
)

T = TypeVar("T")


def _ignore(obj: Object[Any]) -> None:
    """Nobody asks which objects were written."""


class CausedClient:
    """The verbs of `client`; each write carries `cause`, and each object that a write returns goes to `on_write`.

    The verbs mean what they mean in the Client protocol.
    """

    def __init__(self, client: Client, cause: Cause, on_write: Callable[[Object[Any]], None] = _ignore) -> None:
        self._client = client
        self._on_write = on_write
        self.cause = cause

    @property
    def kinds(self) -> Kinds:
        """The kinds that the cluster serves."""
        return self._client.kinds

    async def get(self, kind: Kind[T], name: str, namespace: str = "") -> Object[T]:
        return await self._client.get(kind, name, namespace)

    async def list(self, kind: Kind[T], selector: Selector = EVERYTHING) -> ObjectList[T]:
        return await self._client.list(kind, selector)

    async def create(
        self, kind: Kind[T], body: Body, namespace: str = "", *, options: WriteOptions = DEFAULT_WRITE
    ) -> Object[T]:
        return self._written(await self._client.create(kind, body, namespace, cause=self.cause, options=options))

    async def update(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        return self._written(
            await self._client.update(kind, body, namespace, subresource=subresource, cause=self.cause, options=options)
        )

    async def update_status(self, obj: Object[T], status: Body) -> Object[T]:
        return self._written(await self._client.update_status(obj, status, cause=self.cause))

    async def patch(
        self,
        kind: Kind[T],
        name: str,
        patch: Body | Sequence[Data],
        type: PatchType,
        namespace: str = "",
        *,
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        return self._written(
            await self._client.patch(
                kind, name, patch, type, namespace, subresource=subresource, cause=self.cause, options=options
            )
        )

    async def delete(
        self, kind: Kind[T], name: str, namespace: str = "", *, options: DeleteOptions = DEFAULT_DELETE
    ) -> Object[T]:
        return self._written(await self._client.delete(kind, name, namespace, cause=self.cause, options=options))

    async def create_subresource(
        self, kind: Kind[Any], name: str, subresource: str, body: Body, namespace: str = ""
    ) -> Data:
        return await self._client.create_subresource(kind, name, subresource, body, namespace, cause=self.cause)

    def _written(self, obj: Object[T]) -> Object[T]:
        self._on_write(obj)
        return obj
