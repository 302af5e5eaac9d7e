"""Nothing beyond what the quotas of a namespace leave room for (plugin ResourceQuota).

What is let in is charged to the quotas in the same transaction; their controller only counts what goes.
"""

from collections.abc import Mapping
from typing import Any

from k9lite.api import quantity, quotas
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding

# Whose updates are looked at too: they may come to take more.
_UPDATED = {("services", ""), ("persistentvolumeclaims", ""), ("pods", "resize")}


def admit(context: Context, request: Request, new: Data, old: Data | None = None) -> None:
    """Charge what `new` takes beyond `old`; Forbidden where a quota leaves no room for it."""
    resource = request.kind.resource
    if old is not None and (resource, request.subresource) not in _UPDATED:
        return
    kind = context.kinds.of("v1", "ResourceQuota")
    if kind is None or not request.namespace:
        return
    limiting = [
        (quota, names)
        for quota in sorted(context.store.collection(kind).all(request.namespace), key=_name)
        if (names := _names(quota, resource)) and quotas.matches(quota.data()["spec"], resource, new)
    ]
    if resource == "pods":
        for quota, names in limiting:
            if unsaid := quotas.unsaid(names, new):
                raise refuse(request, new, f"failed quota: {quota.name}: {unsaid}")
    more = _more(resource, new, old, context.clock.now()) if limiting else {}
    charges = [(quota, _charge(request, new, quota, more)) for quota, names in limiting if more.keys() & names]
    if not request.options.dry_run:
        for quota, used in charges:
            _write(context, request, quota, used)


def _name(quota: Object[Any]) -> str:
    return quota.name


def _hard(quota: Object[Any]) -> dict[str, str]:
    """What the quota's controller has seen of its limits: before that they do not hold."""
    return quota.data().get("status", {}).get("hard") or {}


def _names(quota: Object[Any], resource: str) -> set[str]:
    return {name for name in _hard(quota) if quotas.charged(name) == resource}


def _more(resource: str, new: Data, old: Data | None, now: float) -> quotas.Usage:
    """What `new` takes that `old` does not, without what stays as it is."""
    before = quotas.usage(resource, old, now) if old is not None else {}
    taken = {
        name: quantity.minus(amount, before.get(name, "0")) for name, amount in quotas.usage(resource, new, now).items()
    }
    return {name: amount for name, amount in taken.items() if quantity.parse(amount)}


def _charge(request: Request, new: Data, quota: Object[Any], more: quotas.Usage) -> quotas.Usage:
    """What is used of the quota with `more`; Forbidden where that is too much."""
    hard, used = _hard(quota), quota.data()["status"].get("used") or {}
    asked = {name: more[name] for name in hard if name in more}
    after = quotas.add(used, asked)
    beyond = [
        name
        for name, amount in asked.items()
        if quantity.parse(amount) > 0 and quantity.parse(after[name]) > quantity.parse(hard[name])
    ]
    if beyond:
        told = [
            f"{title}: {_text(amounts, beyond)}"
            for title, amounts in (("requested", asked), ("used", used), ("limited", hard))
        ]
        raise refuse(request, new, f"exceeded quota: {quota.name}, {', '.join(told)}")
    return after


def _text(amounts: Mapping[str, str], names: list[str]) -> str:
    return ",".join(f"{name}={amounts.get(name, '0')}" for name in sorted(names))


def _write(context: Context, request: Request, quota: Object[Any], used: quotas.Usage) -> None:
    data: Data = encoding.decode(quota.raw)
    data["status"] = data["status"] | {"used": used}
    context.store.put(quota.kind, quota.key, encoding.tail(data), request.cause, quota.managed)
