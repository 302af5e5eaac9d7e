"""Strategic merge patch: a merge patch that knows which lists merge, and by what key (util/strategicpatch).

Directives: `$patch` in a map or list item, `$retainKeys` in a map, `$setElementOrder/<list>` and
`$deleteFromPrimitiveList/<list>` beside a list.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from k9lite.api import errors, schema
from k9lite.api.errors import INVALID
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.patches.json_patch import REFUSED
from k9lite.api.schema.models import ANY
from k9lite.api.schema.scalars import json_name
from k9lite.api.schema.types import ListOf, Map, Struct, Type

PATCH, RETAIN_KEYS = "$patch", "$retainKeys"
ORDER, DELETE_FROM = "$setElementOrder/", "$deleteFromPrimitiveList/"

Items = list[Any]


def apply(kind: Kind[Any], data: Data, patch: Any) -> Data:
    """`data` with the patch; shares unchanged parts with both. BadRequest on malformed directives."""
    if not isinstance(patch, dict):
        raise errors.bad_request(
            f"json: cannot unmarshal {json_name(patch)} into Go value of type map[string]interface {{}}"
        )
    return _merge_maps(schema.of(kind), data, patch)


def _malformed(what: str) -> errors.StatusError:
    return errors.bad_request(f"invalid patch format of {what}")


def _failed(message: str) -> errors.StatusError:
    """What Kubernetes does not foresee is answered as an internal error without a reason."""
    return errors.StatusError("", message, code=500)


def _merge_maps(type_: Type, live: Data, patch: Data) -> Data:
    if PATCH in patch:
        if patch[PATCH] == "replace":
            replaced: Data = _without_nulls(patch)
            return replaced
        if patch[PATCH] == "delete":
            return {}
        raise errors.StatusError(INVALID, REFUSED)
    merged = _retained(live, patch)
    ordered = {key.removeprefix(ORDER) for key in patch if key.startswith(ORDER)}
    for name in ordered:
        _merge_ordered(_member(type_, name), name, merged, patch)
    # Deletions from a list of scalars come before additions to it.
    for key in sorted(patch, key=lambda key: not key.startswith(DELETE_FROM)):
        if key.startswith(DELETE_FROM):
            _delete_from(merged, key.removeprefix(DELETE_FROM), patch[key])
        elif key not in ordered and not key.startswith(ORDER) and key != RETAIN_KEYS:
            _merge_member(type_, merged, key, patch[key])
    return merged


def _member(type_: Type, name: str) -> Type:
    if isinstance(type_, Struct):
        field = type_.fields.get(name)
        return field.type if field else ANY
    return type_.value if isinstance(type_, Map) else ANY


def _merge_member(type_: Type, merged: Data, key: str, value: Any) -> None:
    if value is None:
        merged.pop(key, None)
        return
    live = merged.get(key)
    replaced = isinstance(type_, Struct) and key in type_.fields and type_.fields[key].replaced
    if isinstance(value, dict) and isinstance(live, dict):
        merged[key] = _without_nulls(value) if replaced else _merge_maps(_member(type_, key), live, value)
    elif isinstance(value, list) and isinstance(live, list):
        merged[key] = _merge_lists(_member(type_, key), live, value)
    else:
        merged[key] = _without_nulls(value)


def _retained(live: Data, patch: Data) -> Data:
    """A copy of `live`, with only the fields that the patch retains."""
    if RETAIN_KEYS not in patch:
        return dict(live)
    keys = patch[RETAIN_KEYS]
    if not isinstance(keys, list):
        raise _malformed("retainKeys")
    for key, value in patch.items():
        directive = key == RETAIN_KEYS or key.startswith((ORDER, DELETE_FROM))
        if value is not None and not directive and key not in keys:
            raise _malformed("retainKeys")
    return {key: value for key, value in live.items() if key in keys}


def _delete_from(merged: Data, name: str, values: Any) -> None:
    if not isinstance(values, list):
        raise _malformed("primitive list")
    if isinstance(merged.get(name), list):
        merged[name] = [item for item in merged[name] if item not in values]


def _merge_ordered(type_: Type, name: str, merged: Data, patch: Data) -> None:
    """Merge the list `name` and bring it into the order that the patch asks for."""
    order, items, live = patch[ORDER + name], patch.get(name), merged.get(name)
    if not isinstance(order, list) or not isinstance(items or [], list):
        raise _malformed("setElementOrder list")
    if items is None and not isinstance(live, list):
        return
    key_of = _key_of(type_)
    _check_order([item for item in items or () if not (isinstance(item, dict) and PATCH in item)], order, key_of)
    if not isinstance(live, list):
        result, live = _without_nulls(items), []
    else:
        result = live if items is None else _merge_lists(type_, live, items)
    merged[name] = _in_order(result, order, live, key_of)


def _check_order(items: Items, order: Items, key_of: Callable[[Any], Any]) -> None:
    """The items of a patch must be listed in the order it sets, in the same sequence."""
    rest = iter([key_of(item) for item in order])
    if order and not all(key_of(item) in rest for item in items):
        raise _failed(
            f"The order in patch list:\n{_go_text(items)}\n doesn't match $setElementOrder list:\n{_go_text(order)}\n"
        )


def _key_of(type_: Type) -> Callable[[Any], Any]:
    """What tells the items of a list apart."""
    merge_key = type_.merge_key if isinstance(type_, ListOf) else ""

    def key_of(item: Any) -> Any:
        if not merge_key:
            return msgspec.json.encode(item) if isinstance(item, dict | list) else item
        if not isinstance(item, dict) or merge_key not in item:
            raise _failed(f"map: {_go_text(item)} does not contain declared merge key: {merge_key}")
        return item[merge_key]

    return key_of


def _merge_lists(type_: Type, live: Items, patch: Items) -> Items:
    if not isinstance(type_, ListOf) or not (type_.merge_key or type_.merged):
        replaced: Items = _without_nulls(patch)
        return replaced
    key_of = _key_of(type_)
    if not type_.merge_key:
        united = list(dict.fromkeys([*live, *patch]))
        return _in_order(united, patch, live, key_of)
    live, patch = _without_special_items(type_.merge_key, live, patch, key_of)
    merged = list(live)
    places = {key_of(item): index for index, item in reversed(list(enumerate(merged)))}
    for item in patch:
        key = key_of(item)
        if key in places:
            merged[places[key]] = _merge_maps(type_.item, merged[places[key]], item)
        else:
            places[key] = len(merged)
            merged.append(_without_nulls(item))
    return _in_order(merged, patch, live, key_of)


def _without_special_items(
    merge_key: str, live: Items, patch: Items, key_of: Callable[[Any], Any]
) -> tuple[Items, Items]:
    """Obey the items that are directives: what is left of the live list, and of the patch."""
    plain: Items = []
    replace = False
    for item in patch:
        directive = item.get(PATCH) if isinstance(item, dict) else None
        if directive is None:
            plain.append(item)
        elif directive == "delete":
            key = key_of(item)
            live = [entry for entry in live if entry.get(merge_key) != key]
        elif directive == "replace":
            replace = True
        elif directive == "merge":
            raise _failed("merging lists cannot yet be specified in the patch")
        else:
            raise errors.StatusError(INVALID, REFUSED)
    return (_without_nulls(plain), []) if replace else (live, plain)


def _in_order(items: Items, patched: Items, live: Items, key_of: Callable[[Any], Any]) -> Items:
    """Items that are wanted, in the wanted order; each other one before the first wanted one it preceded live."""
    patched_at = _positions(patched, key_of)
    live_at = _positions(live, key_of)
    first = sorted((item for item in items if key_of(item) in patched_at), key=lambda item: patched_at[key_of(item)])
    others = sorted(
        (item for item in items if key_of(item) not in patched_at),
        key=lambda item: live_at.get(key_of(item), len(live)),
    )
    result: Items = []
    for item in first:
        place = live_at.get(key_of(item), -1)
        while others and live_at.get(key_of(others[0]), len(live)) < place:
            result.append(others.pop(0))
        result.append(item)
    return result + others


def _positions(items: Items, key_of: Callable[[Any], Any]) -> dict[Any, int]:
    return {key_of(item): index for index, item in reversed(list(enumerate(items)))}


def _without_nulls(value: Any) -> Any:
    """A new subtree: it deletes nothing, so nulls and directives in it mean nothing."""
    if isinstance(value, dict):
        return {
            key: _without_nulls(item)
            for key, item in value.items()
            if item is not None and key not in (PATCH, RETAIN_KEYS) and not key.startswith((ORDER, DELETE_FROM))
        }
    if isinstance(value, list):
        items = (item for item in value if not (isinstance(item, dict) and item.get(PATCH) == "delete"))
        return [_without_nulls(item) for item in items]
    return value


def _go_text(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_go_text, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
