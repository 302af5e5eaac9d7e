"""The API server: one synchronous method per verb, each of them one transaction."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from k9lite.aio.clock import Clock
from k9lite.aio.randomness import Randomness
from k9lite.api import errors, kinds, schema
from k9lite.api.cause import UNKNOWN, Cause
from k9lite.api.errors import INTERNAL_ERROR, StatusError
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Body, Data, Key, Object, to_data
from k9lite.client.protocol import (
    DEFAULT_WRITE,
    EVERYTHING,
    DeleteOptions,
    Event,
    ObjectList,
    PatchType,
    Selector,
    WriteOptions,
)
from k9lite.engine.apiserver import (
    binding,
    conversion,
    create,
    definitions,
    deletion,
    eviction,
    patching,
    reviews,
    scale,
    selection,
    status,
    tokens,
    update,
    writing,
)
from k9lite.engine.apiserver.admission import service_account
from k9lite.engine.apiserver.admission.webhooks.answers import Answers
from k9lite.engine.apiserver.context import Context, Ranges, Request
from k9lite.engine.store import encoding
from k9lite.engine.store.journal import Journal, Record
from k9lite.engine.store.store import Store

# What is done to an object by posting.
_POSTED: Mapping[tuple[str, str], Callable[[Context, Request, Data], Data]] = {
    ("pods", "binding"): binding.bind,
    ("pods", "eviction"): eviction.evict,
    ("serviceaccounts", "token"): tokens.request_token,
}

# At least as many random values as one write draws: after a restart none of them comes again.
DRAWN_PER_WRITE = 16


ATTEMPT_BITS = 20  # the values of writes that wait for webhooks lie beyond all others
Done = TypeVar("Done")


class ApiServer:
    """Everything a cluster's API does, in process.

    kinds: what it serves; a cluster's own, since custom resources join and leave it
    ranges: addresses and ports for services
    journal: keeps every write, and holds what was kept when the cluster last ran
    """

    def __init__(
        self,
        clock: Clock,
        randomness: Randomness,
        kinds: Kinds | None = None,
        ranges: Ranges | None = None,
        journal: Journal | None = None,
    ) -> None:
        served = kinds if kinds is not None else Kinds()
        store = Store(clock, journal=journal)
        self._context = Context(store, clock, randomness, served, ranges or Ranges())
        if journal is not None:
            self._restore(*journal.load())

    @property
    def kinds(self) -> Kinds:
        return self._context.kinds

    @property
    def clock(self) -> Clock:
        return self._context.clock

    @property
    def ranges(self) -> Ranges:
        return self._context.ranges

    @property
    def revision(self) -> int:
        """That of the newest write."""
        return self._context.store.revision

    def request(
        self,
        kind: Kind[Any],
        namespace: str,
        name: str = "",
        subresource: str = "",
        cause: Cause = UNKNOWN,
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Request:
        """A request as a client makes it: of any kind that is served, with a namespace where that kind has one."""
        if kind.model is None:
            kind = definitions.current(self._context, kind)
        stored = conversion.stored_kind(self._context, kind)
        place = namespace if kind.namespaced else ""
        return Request(stored, place, name, subresource, cause, options, None if stored is kind else kind, Answers())

    def attempt(self, act: Callable[[], Done], first: int) -> Done:
        """Do a write that was begun when `first` values had been drawn: all attempts draw the same ones. Unanswered."""
        context = self._context
        drawn, context.drawn = context.drawn, first << ATTEMPT_BITS
        try:
            return act()
        finally:
            context.drawn = drawn + DRAWN_PER_WRITE

    @property
    def drawn(self) -> int:
        """How many random values have been drawn so far."""
        return self._context.drawn

    async def settled(self) -> None:
        """Wait until everything written so far would survive the death of this process."""
        await self._context.store.settled()

    def get(self, kind: Kind[Any], key: Key) -> Object[Any]:
        request = self.request(kind, key.namespace, key.name)
        _check_convertible(request)
        return conversion.show(kind, writing.live(self._context, request))

    def has(self, kind: Kind[Any], key: Key) -> bool:
        return self._context.store.get(conversion.stored_kind(self._context, kind), key) is not None

    def select(
        self,
        kind: Kind[Any],
        selector: Selector = EVERYTHING,
        limit: int = 0,
        continue_token: str = "",
        at: int | None = None,
    ) -> ObjectList[Any]:
        kind = self.request(kind, "").spoken
        return selection.select(self._context, kind, selector, limit, continue_token, at)

    def watch(
        self, kind: Kind[Any], selector: Selector = EVERYTHING, *, since: int, bookmarks: bool = False
    ) -> AsyncIterator[Sequence[Event[Any]]]:
        return selection.watch(self._context, kind, selector, since, bookmarks)

    def create(self, request: Request, body: Body) -> Object[Any]:
        _check_convertible(request)
        kind, data = request.kind, to_data(body)
        if kind.stored:
            return conversion.show(request.spoken, create.create(self._context, request, data))
        data, _ = schema.decode(kind, data, "Ignore")
        if kind.kind == "Binding":
            name = data["metadata"].get("name", "")
            named = Request(kinds.POD, request.namespace, name, cause=request.cause, options=request.options)
            binding.bind(self._context, named, data)
            return _unstored(kind, data)
        return _unstored(kind, reviews.answer(self._context, kind.kind, data))

    def lacks_default_account(self, namespace: str) -> bool:
        """Whether a namespace that pods may be created in has no default service account yet."""
        return service_account.is_awaited(self._context, namespace)

    def update(self, request: Request, body: Body) -> Object[Any]:
        _check_served(request, "update")
        _check_convertible(request)
        if request.subresource == "scale":
            return scale.write(self._context, request, scale.decode(request, to_data(body)))
        return conversion.show(request.spoken, update.update(self._context, request, to_data(body)))

    def update_status(self, request: Request, read: Object[Any], new: Body) -> Object[Any]:
        return status.update_status(self._context, request, read, new)

    def patch(self, request: Request, change: Body | Sequence[Data], type: PatchType) -> Object[Any]:
        _check_served(request, "patch")
        _check_convertible(request)
        return conversion.show(request.spoken, patching.patch(self._context, request, change, type))

    def delete(self, request: Request, options: DeleteOptions) -> Object[Any]:
        return conversion.show(request.spoken, deletion.delete(self._context, request, options))

    def get_subresource(self, request: Request) -> Data:
        """A Scale, or the object itself for subresources that are a part of it."""
        _check_served(request, "get")
        if request.subresource == "scale":
            return scale.read(self._context, request)
        return conversion.show(request.spoken, writing.live(self._context, request)).data()

    def create_subresource(self, request: Request, body: Body) -> Data:
        act = _POSTED.get((request.kind.resource, request.subresource))
        if act is None:
            raise errors.unknown_path()
        return act(self._context, request, to_data(body))

    def key_set(self) -> Data:
        """The public key that service accounts' tokens are checked by, as a JSON Web Key Set."""
        return tokens.key_set(self._context)

    def _restore(self, revision: int, records: Sequence[Record]) -> None:
        """Begin where the cluster was when its journal was last written."""
        # Definitions come first: they make the kinds of the custom resources among the records.
        for definition in _restored(self.kinds, filter(_is_definition, records)):
            definitions.establish(self._context, definition)
        self._context.store.load(revision, _restored(self.kinds, records))
        self._context.drawn = self.revision * DRAWN_PER_WRITE


def _restored(kinds: Kinds, records: Iterable[Record]) -> Iterator[Object[Any]]:
    """The objects that were kept, as far as their kinds are known."""
    for record in records:
        kind = kinds.resource(record.group, record.version, record.plural)
        if kind is not None:
            yield Object(kind, record.raw, record.revision, managed=record.managed)


def _is_definition(record: Record) -> bool:
    return f"{record.plural}.{record.group}" == definitions.RESOURCE


def _check_convertible(request: Request) -> None:
    """InternalError where a webhook would have to turn an object into another version of it: nobody calls that."""
    kind = request.asked
    if kind is not None and kind.converted_by_webhook:
        why = f"conversion webhook for {kind.api_version}, Kind={kind.kind} failed: k9lite does not call webhooks"
        raise StatusError(INTERNAL_ERROR, f"Internal error occurred: {why}")


def _check_served(request: Request, verb: str) -> None:
    """NotFound for a subresource that the kind has not, MethodNotAllowed for a verb that it does not know."""
    if not request.subresource:
        return
    found = next((sub for sub in request.kind.subresources if sub.name == request.subresource), None)
    if found is None:
        raise errors.unknown_path()
    if verb not in found.verbs:
        raise errors.method_not_allowed(request.kind.group, request.kind.plural, verb)


def _unstored(kind: Kind[Any], data: Data) -> Object[Any]:
    """An answer that is nowhere stored, as an object."""
    return Object(kind, encoding.encode(data | {"apiVersion": kind.api_version, "kind": kind.kind}), 0)
