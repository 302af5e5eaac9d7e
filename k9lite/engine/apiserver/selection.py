"""GET on a collection: which objects a list or watch shows, and lists that come in pieces."""

import base64
import binascii
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from k9lite.api import errors, selectors
from k9lite.api.errors import EXPIRED, TIMEOUT, StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.api.selectors import FieldMatcher, LabelMatcher
from k9lite.client.protocol import Event, ObjectList, Selector
from k9lite.engine.apiserver import conversion
from k9lite.engine.apiserver.context import Context
from k9lite.engine.store.store import Admits

_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_VERSION = "meta.k8s.io/v1"
_NOW = -1  # as a token's revision: go on with what there is by then


class _Continue(msgspec.Struct, frozen=True):
    """Where a list goes on: `start` is the path of the last object that was sent."""

    v: str
    rv: int
    start: str


def admits(kind: Kind[Any], selector: Selector) -> Admits:
    """Whether a stored object is among what `selector` asks for of `kind`; BadRequest where it cannot be read."""
    return _admits(kind, selector, *_matchers(kind, selector))


def _matchers(kind: Kind[Any], selector: Selector) -> tuple[LabelMatcher, FieldMatcher]:
    return selectors.parse_labels(selector.labels), selectors.parse_fields(selector.fields, kind)


def _admits(kind: Kind[Any], selector: Selector, labels: LabelMatcher, fields: FieldMatcher) -> Admits:
    namespace = selector.namespace if kind.namespaced else ""
    name, has_fields = fields.name, fields.on(kind)

    def matches(obj: Object[Any]) -> bool:
        return (
            (not name or obj.meta.name == name)
            and (not namespace or obj.meta.namespace == namespace)
            and labels.matches(obj.meta.labels)
            and (not fields.requirements or has_fields(shown(obj)))
        )

    def shown(obj: Object[Any]) -> Object[Any] | Data:
        # As plain data: an old Event lacks, as one of the new version, what that version's model requires.
        return obj if obj.kind is kind else conversion.show(kind, obj).data()

    def everything(obj: Object[Any]) -> bool:
        return True

    return matches if namespace or not labels.everything or fields.requirements else everything


def select(
    context: Context,
    kind: Kind[Any],
    selector: Selector,
    limit: int = 0,
    continue_token: str = "",
    at: int | None = None,
) -> ObjectList[Any]:
    """What `selector` asks for, as it is now, as it was at a revision, or when the list that is continued began."""
    labels, fields = _matchers(kind, selector)
    admitted = _admits(kind, selector, labels, fields)
    begin = _decode(continue_token) if continue_token else None
    stored = conversion.stored_kind(context, kind)
    newest = context.store.revision
    if at is not None and at > newest:
        raise StatusError(TIMEOUT, f"Too large resource version: {at}, current: {newest}", retry_after=1)
    revision = begin.rv if begin and begin.rv != _NOW else newest if at is None else at
    namespace = selector.namespace if kind.namespaced else ""
    try:
        objects = context.store.at(stored, revision, namespace, fields.name)
    except StatusError:
        if begin is None:
            raise
        rest = _encode(_Continue(_VERSION, _NOW, begin.start))
        raise StatusError(EXPIRED, _TOO_OLD, continue_token=rest) from None
    found = [obj for obj in objects if (begin is None or _path(obj) > begin.start) and admitted(obj)]
    shown = [conversion.show(kind, obj) for obj in (found[:limit] if limit else found)]
    if not limit or len(found) <= limit:
        return ObjectList(shown, revision)
    token = _encode(_Continue(_VERSION, revision, _path(found[limit - 1])))
    # With a selector Kubernetes does not know how many are left, and says nothing.
    remaining = None if selector.labels or selector.fields else len(found) - limit
    return ObjectList(shown, revision, token, remaining)


async def watch(
    context: Context, kind: Kind[Any], selector: Selector, since: int, bookmarks: bool
) -> AsyncGenerator[Sequence[Event[Any]], None]:
    """Every change after `since` to what `selector` asks for."""
    stored = conversion.stored_kind(context, kind)
    changes = context.store.watch(stored, since, admits(kind, selector), bookmarks=bookmarks)
    async with aclosing(changes):
        async for batch in changes:
            same = kind is stored and kind.model is not None  # custom kinds change while they are watched
            yield batch if same else [Event(one.type, conversion.show(kind, one.object)) for one in batch]


def _path(obj: Object[Any]) -> str:
    return f"{obj.meta.namespace}/{obj.meta.name}"


def _encode(token: _Continue) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")


def _decode(text: str) -> _Continue:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Continue)
    except (binascii.Error, ValueError) as error:
        raise errors.bad_request(f"continue key is not valid: {error}") from None
