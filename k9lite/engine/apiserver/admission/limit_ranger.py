"""LimitRanges give containers default requests and limits, and bound them (plugin LimitRanger)."""

from collections.abc import Iterator
from decimal import Decimal

from k9lite.api import quantity
from k9lite.api.object import Data
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request

ANNOTATION = "kubernetes.io/limit-ranger"


def fill_in(context: Context, request: Request, pod: Data) -> None:
    """Give the containers of `pod` the defaults of the namespace's limit ranges."""
    if items := _items(context, request.namespace):
        _fill_in(pod, items)


def check_pod(context: Context, request: Request, pod: Data) -> None:
    """Forbidden when a container or the pod is out of bounds."""
    _refuse(request, pod, [problem for item in _items(context, request.namespace) for problem in _of_pod(pod, item)])


def check_claim(context: Context, request: Request, claim: Data) -> None:
    """Forbidden when a volume claim asks for too much or too little storage."""
    asked = (claim["spec"].get("resources") or {}).get("requests") or {}
    items = [item for item in _items(context, request.namespace) if item["type"] == "PersistentVolumeClaim"]
    _refuse(request, claim, [problem for item in items for problem in _storage_bounds(item, asked)])


def check_claim_change(context: Context, request: Request, new: Data, old: Data) -> None:
    """The same for a claim that changes."""
    if not request.subresource:
        check_claim(context, request, new)


def _items(context: Context, namespace: str) -> list[Data]:
    kind = context.kinds.of("v1", "LimitRange")
    if kind is None:
        return []
    ranges = sorted(context.store.collection(kind).all(namespace), key=lambda found: found.name)
    return [item for found in ranges for item in found.data()["spec"].get("limits", ())]


def _refuse(request: Request, data: Data, problems: list[str]) -> None:
    if problems:
        raise refuse(request, data, problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")


def _containers(spec: Data) -> list[tuple[str, Data]]:
    """(what messages call it, container), init containers first."""
    init = [(f"init container {one['name']}", one) for one in spec.get("initContainers") or ()]
    return [*init, *((f"container {one['name']}", one) for one in spec["containers"])]


def _fill_in(pod: Data, items: list[Data]) -> None:
    notes = []
    for title, container in _containers(pod["spec"]):
        for part, field in (("requests", "defaultRequest"), ("limits", "default")):
            defaults = _merged(item.get(field, {}) for item in items if item["type"] == "Container")
            held = container.setdefault("resources", {}).get(part, {})
            missing = {name: amount for name, amount in sorted(defaults.items()) if name not in held}
            if missing:
                container["resources"][part] = held | missing
                notes.append(f"{', '.join(missing)} {part[:-1]} for {title}")
    if notes:
        annotations = pod["metadata"].setdefault("annotations", {})
        annotations[ANNOTATION] = "LimitRanger plugin set: " + "; ".join(notes)


def _merged(defaults: Iterator[dict[str, str]]) -> dict[str, str]:
    """Of several limit ranges the last one counts."""
    merged: dict[str, str] = {}
    for one in defaults:
        merged |= one
    return merged


def _of_pod(pod: Data, item: Data) -> Iterator[str]:
    spec = pod["spec"]
    if item["type"] == "Container":
        for _, container in _containers(spec):
            resources = container.get("resources", {})
            yield from _bounds(item, resources.get("requests", {}), resources.get("limits", {}))
    elif item["type"] == "Pod":
        yield from _bounds(item, _totals(spec, "requests"), _totals(spec, "limits"))


def _storage_bounds(item: Data, asked: dict[str, str]) -> Iterator[str]:
    """Claims have requests alone, which both bounds are about."""
    for name, least in sorted(item.get("min", {}).items()):
        yield from _outside("minimum", name, item["type"], least, asked.get(name), None)
    for name, most in sorted(item.get("max", {}).items()):
        told = f"maximum {name} usage per {item['type']} is {most}"
        if name not in asked:
            yield f"{told}.  No request is specified"
        elif quantity.parse(asked[name]) > quantity.parse(most):
            yield f"{told}, but request is {quantity.canonical(asked[name])}"


def _totals(spec: Data, part: str) -> dict[str, str]:
    """What the containers of a pod ask for together; a resource that one of them leaves open is not counted."""
    held = [container.get("resources", {}).get(part, {}) for container in spec["containers"]]
    names = set.intersection(*(set(one) for one in held))
    return {name: str(sum(quantity.parse(one[name]) for one in held)) for name in sorted(names)}


def _bounds(item: Data, requests: dict[str, str], limits: dict[str, str]) -> Iterator[str]:
    kind = item["type"]
    for name, least in sorted(item.get("min", {}).items()):
        yield from _outside("minimum", name, kind, least, requests.get(name), limits.get(name))
    for name, most in sorted(item.get("max", {}).items()):
        yield from _outside("maximum", name, kind, most, requests.get(name), limits.get(name))
    for name, ratio in sorted(item.get("maxLimitRequestRatio", {}).items()):
        yield from _ratio(name, kind, ratio, requests.get(name), limits.get(name))


def _outside(bound: str, name: str, kind: str, value: str, request: str | None, limit: str | None) -> Iterator[str]:
    told = f"{bound} {name} usage per {kind} is {value}"
    asked, word = (request, "request") if bound == "minimum" else (limit, "limit")
    if asked is None:
        yield f"{told}.  No {word} is specified"
    for title, amount in (("request", request), ("limit", limit)):
        if amount is not None and _beyond(bound, quantity.parse(amount), quantity.parse(value)):
            yield f"{told}, but {title} is {quantity.canonical(amount)}"


def _beyond(bound: str, amount: Decimal, value: Decimal) -> bool:
    return amount < value if bound == "minimum" else amount > value


def _ratio(name: str, kind: str, ratio: str, request: str | None, limit: str | None) -> Iterator[str]:
    told = f"{name} max limit to request ratio per {kind} is {ratio}"
    if not request or not limit or not quantity.parse(request):
        yield f"{told}, but no request is specified or request is 0."
        return
    held = quantity.parse(limit) / quantity.parse(request)
    if held > quantity.parse(ratio):
        yield f"{told}, but provided ratio is {held:.6f}"
