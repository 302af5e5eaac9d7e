"""What is different between two objects, field by field, for people: `spec.template.spec.containers[web].image`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from k9lite.api.object import Data

# What tells the items of a list apart, where all of them have it; other lists are compared by position.
_IDENTITY = ("name", "type", "key", "ip", "uid", "mountPath", "containerPort", "port", "topologyKey")
# What only the server writes.
_SILENT = {
    "metadata.managedFields",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.uid",
    "metadata.creationTimestamp",
    "metadata.selfLink",
    "metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]",
}


class Change(NamedTuple):
    """One difference; `old` or `new` is None where the field is added or removed, with all that is in it."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        if self.old is None:
            return f"+ {self.path}: {_text(self.new)}"
        if self.new is None:
            return f"- {self.path}: {_text(self.old)}"
        return f"~ {self.path}: {_text(self.old)} -> {_text(self.new)}"


def changes(old: Data | None, new: Data | None) -> list[Change]:
    """The differences, in the order of the fields; without what only the server writes."""
    return list(_changes("", old or {}, new or {}))


def _changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new or path in _SILENT:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _changes(_joined(path, name), old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(path, old, new)
    else:
        yield Change(path, old, new)


def _list_changes(path: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    olds, news = _by_identity(old, new)
    if olds == news:
        yield Change(path, list(olds), list(news))  # the same items, but in another order
    for key in {**olds, **news}:
        yield from _changes(f"{path}[{key}]", olds.get(key), news.get(key))


def _by_identity(old: list[Any], new: list[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    for name in _IDENTITY:
        if all(isinstance(item, dict) and isinstance(item.get(name), str | int) for item in (*old, *new)):
            olds, news = ({item[name]: item for item in items} for items in (old, new))
            if len(olds) == len(old) and len(news) == len(new):
                return olds, news
    return dict(enumerate(old)), dict(enumerate(new))


def _joined(path: str, name: str) -> str:
    if "." in name or "/" in name:
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
