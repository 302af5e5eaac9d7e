"""The Client protocol: everything that can be asked of a cluster, whether it lives in this process or elsewhere."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Object
from k9lite.client.streams import PodStreams

T = TypeVar("T")


class PatchType(StrEnum):
    """The content types of PATCH."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    APPLY = "application/apply-patch+yaml"


class Event(msgspec.Struct, Generic[T], frozen=True):
    """One change of a watch; DELETED carries the last state, BOOKMARK an object with nothing but a revision."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Object[T]


@dataclass(frozen=True, slots=True)
class ObjectList(Generic[T]):
    """A list as it was at `revision`; `continue_token` is set when a limit left `remaining` objects out."""

    items: list[Object[T]]
    revision: int
    continue_token: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a write is to be done.

    manager: field manager, for managedFields
    force: let server-side apply take fields from others
    dry_run: do everything but store
    validation: what happens to unknown and duplicate fields: Strict refuses, Warn tells, Ignore drops
    duplicates: paths of fields that the text of the body had twice
    problems: what else a strict reader of that text would refuse
    warnings: a list that collects the server's warnings
    """

    manager: str = ""
    force: bool = False
    dry_run: bool = False
    validation: Literal["Strict", "Warn", "Ignore"] = "Strict"
    duplicates: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: list[str] | None = None


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """As in meta/v1; `grace` in seconds, `propagation` Background, Foreground or Orphan; None is the kind's default."""

    grace: int | None = None
    propagation: Literal["Background", "Foreground", "Orphan"] | None = None
    uid: str | None = None
    revision: str | None = None
    dry_run: bool = False


DEFAULT_WRITE = WriteOptions()
DEFAULT_DELETE = DeleteOptions()


@dataclass(frozen=True, slots=True)
class Selector:
    """What a list or watch is limited to; label and field selectors in their text form, empty for everything."""

    namespace: str = ""
    labels: str = ""
    fields: str = ""


EVERYTHING = Selector()


class Client(Protocol):
    """A cluster's API. Every refusal is a `StatusError` with Kubernetes' own reason and message.

    `namespace` is ignored for cluster-scoped kinds. Bodies are JSON data or typed models; they are not kept.
    """

    @property
    def kinds(self) -> Kinds:
        """The kinds this cluster serves; kept up to date as custom resources come and go."""

    @property
    def streams(self) -> PodStreams:
        """Logs, exec, attach and connections into pods."""

    async def get(self, kind: Kind[T], name: str, namespace: str = "") -> Object[T]:
        """NotFound when there is none."""

    async def list(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        limit: int = 0,
        continue_token: str = "",
        at: int | None = None,
    ) -> ObjectList[T]:
        """All objects that the selector admits, ordered by namespace and name; `at`: as it was at that revision.

        Raises Expired when history does not reach back so far.
        """

    def watch(
        self, kind: Kind[T], selector: Selector = EVERYTHING, *, since: int, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[T]]]:
        """Every change after revision `since`, in order, in batches; endless.

        Raises Expired when `since` is older than history or the reader was too slow: list again, then watch.
        Close it (`aclose`) or cancel its reader to end it.
        """

    async def create(
        self,
        kind: Kind[T],
        body: Body,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object[T]:
        """AlreadyExists, Invalid, Forbidden..."""

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
        """Replace an object or one of its subresources; Conflict when its resourceVersion is not the newest."""

    async def update_status(self, obj: Object[T], status: Body, *, cause: Cause = UNKNOWN) -> Object[T]:
        """Replace the status of `obj`; Conflict when it has changed since it was read. The way controllers report."""

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
        """Change an object; with PatchType.APPLY create it where it is missing (server-side apply)."""

    async def delete(
        self,
        kind: Kind[T],
        name: str,
        namespace: str = "",
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Object[T]:
        """The last state: of an object that is gone, or of one that now terminates (`deleting`)."""

    async def delete_collection(
        self,
        kind: Kind[T],
        selector: Selector = EVERYTHING,
        *,
        cause: Cause = UNKNOWN,
        options: DeleteOptions = DEFAULT_DELETE,
    ) -> Sequence[Object[T]]:
        """Delete all that the selector admits."""

    async def get_subresource(self, kind: Kind[Any], name: str, subresource: str, namespace: str = "") -> Data:
        """E.g. `scale`."""

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
        """`binding`, `eviction`, `token`: things that are done to an object by posting."""
