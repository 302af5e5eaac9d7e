"""What a request's path names: a collection, an object, or one of its subresources."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from k9lite.api.kinds import Kind, Kinds

# Parts of a namespace object itself; anything else behind a namespace's name is a kind of objects in it.
NAMESPACE_PARTS = {"status", "finalize"}
WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Route:
    """`name` and `subresource` are empty where the path does not go that far; `namespace` for all namespaces.

    watch: the path itself asks for a watch (`/api/v1/watch/pods`), as clients of old do
    """

    kind: Kind[Any]
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    watch: bool = False


class BadPath(ValueError):
    """A path that no client means: `..`, empty parts, encoded slashes."""


def parse(path: str, kinds: Kinds) -> Route | None:
    """The route of a raw (still percent-encoded) path below /api or /apis; None when nothing is served there."""
    parts = path.strip("/").split("/")
    if "%" in path:
        parts = [unquote(part) for part in parts]
    if any(part in ("", ".", "..") or "/" in part or "%" in part for part in parts):
        raise BadPath(path)
    match parts:
        case ["api", version, *rest]:
            return _below(kinds, "", version, rest)
        case ["apis", group, version, *rest]:
            return _below(kinds, group, version, rest)
    return None


def _below(kinds: Kinds, group: str, version: str, rest: list[str]) -> Route | None:
    if rest[:1] != [WATCH]:
        return _resource(kinds, group, version, rest)
    route = _resource(kinds, group, version, rest[1:])
    return None if route is None or route.subresource or "watch" not in route.kind.verbs else replace(route, watch=True)


def _resource(kinds: Kinds, group: str, version: str, rest: list[str]) -> Route | None:
    namespace = ""
    if (
        len(rest) >= 3
        and rest[0] == "namespaces"
        and not (group == "" and len(rest) == 3 and rest[2] in NAMESPACE_PARTS)
    ):
        namespace, rest = rest[1], rest[2:]
    if not rest or len(rest) > 3:
        return None
    kind = kinds.resource(group, version, rest[0])
    if kind is None or (namespace and not kind.namespaced):
        return None
    name, subresource = (*rest[1:], "", "")[:2]
    if name and kind.namespaced and not namespace:
        return None
    return Route(kind, namespace, name, subresource)
