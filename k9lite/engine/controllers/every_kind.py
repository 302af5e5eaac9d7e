"""Follows every kind of the cluster whose objects can come and go, custom ones included."""

from collections.abc import Callable
from typing import Any

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.client.informer import Handler, Informers
from k9lite.client.protocol import Client

Change = Callable[[Kind[Any], Object[Any] | None, Object[Any] | None], None]

IGNORED = {kinds.EVENT.plural}  # there are many, and nothing depends on them


def is_followed(kind: Kind[Any]) -> bool:
    return {"list", "watch", "delete"} <= set(kind.verbs) and kind.plural not in IGNORED


class EveryKind:
    """Calls `changed(kind, old, new)` as the handlers of informers are called."""

    def __init__(self, client: Client, informers: Informers, changed: Change) -> None:
        self._client, self._informers, self._changed = client, informers, changed
        self._handlers: dict[Kind[Any], Handler[Any]] = {}
        self._follow()
        definitions = client.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        if definitions is not None:
            informers.of(definitions).add_handler(lambda old, new: self._follow())

    def _follow(self) -> None:
        """Start informers of new kinds; stop those of kinds that are no longer served."""
        served = [kind for kind in self._client.kinds if is_followed(kind)]
        for kind in served:
            if kind not in self._handlers:
                self._begin(kind)
        for gone in self._handlers.keys() - set(served):
            del self._handlers[gone]
            self._informers.drop(gone)

    def _begin(self, kind: Kind[Any]) -> None:
        def handler(old: Object[Any] | None, new: Object[Any] | None) -> None:
            self._changed(kind, old, new)

        self._handlers[kind] = handler
        self._informers.of(kind).add_handler(handler)
