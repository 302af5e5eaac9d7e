"""The objects of one kind, indexed by namespace, with the log of their changes."""

from collections import defaultdict
from typing import Any

from k9lite.api.object import Key, Object
from k9lite.engine.store.log import Change, Log

Objects = dict[Key, Object[Any]]


class Collection:
    """What one kind holds now; `at` tells what it held at an earlier revision."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._objects: Objects = {}
        self._by_namespace: defaultdict[str, Objects] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, key: Key) -> Object[Any] | None:
        return self._objects.get(key)

    def all(self, namespace: str = "") -> list[Object[Any]]:
        """The objects of a namespace, or of all, in no order."""
        return list(self._select(namespace).values())

    def restore(self, obj: Object[Any]) -> None:
        """Take in an object that was there before anybody could watch."""
        self._objects[obj.key] = self._by_namespace[obj.namespace][obj.key] = obj

    def take(self, key: Key, change: Change) -> None:
        """Make `change` the newest one."""
        obj = change.event.object
        if change.event.type == "DELETED":
            del self._objects[key]
            del self._by_namespace[key.namespace][key]
            if not self._by_namespace[key.namespace]:
                del self._by_namespace[key.namespace]
        else:
            self._objects[key] = self._by_namespace[key.namespace][key] = obj
        self.log.append(change)

    def at(self, revision: int, namespace: str = "", name: str = "") -> list[Object[Any]]:
        """The objects as they were at `revision`, in the order of their keys; Expired when history is too short.

        Of one namespace, of one name, or all.
        """
        objects = self._select(namespace, name)
        changes = self.log.after(self.log.position(revision))
        if changes:
            objects = dict(objects)
        for change in reversed(changes):
            key = change.event.object.key
            if (namespace and key.namespace != namespace) or (name and key.name != name):
                continue
            if change.old is None:
                objects.pop(key, None)
            else:
                objects[key] = change.old
        return sorted(objects.values(), key=_order)

    def _select(self, namespace: str, name: str = "") -> Objects:
        objects = self._by_namespace.get(namespace, {}) if namespace else self._objects
        if not name:
            return objects
        keys = (Key(one, name) for one in ([namespace] if namespace else self._by_namespace))
        return {key: objects[key] for key in keys if key in objects}


def _order(obj: Object[Any]) -> str:
    # etcd orders by path: namespace "a-b" comes before "a", since "-" comes before "/".
    return f"{obj.meta.namespace}/{obj.meta.name}"
