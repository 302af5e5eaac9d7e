"""What a pod's RuntimeClass adds to it: overhead, and where it may run (plugin RuntimeClass)."""

from typing import Any

from k9lite.api import quantity
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request


def admit(context: Context, request: Request, pod: Data) -> None:
    """Complete `pod` in place; Forbidden when its class is not there, or says otherwise than the pod."""
    spec, given = pod["spec"], _class(context, request, pod)
    overhead = (given.get("overhead") or {}).get("podFixed") or {}
    if spec.get("overhead") and not overhead:
        why = "Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise refuse(request, pod, f"pod rejected: {why}")
    if overhead:
        if spec.get("overhead") and _amounts(spec["overhead"]) != _amounts(overhead):
            raise refuse(request, pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        spec["overhead"] = dict(overhead)
    scheduling = given.get("scheduling") or {}
    if scheduling.get("nodeSelector"):
        _select_nodes(request, pod, scheduling["nodeSelector"])
    if scheduling.get("tolerations"):
        held = spec.get("tolerations") or []
        spec["tolerations"] = [*held, *(one for one in scheduling["tolerations"] if one not in held)]


def _class(context: Context, request: Request, pod: Data) -> Data:
    """The class that the pod names; nothing where it names none."""
    name = pod["spec"].get("runtimeClassName")
    kind = context.kinds.of("node.k8s.io/v1", "RuntimeClass")
    if not name or kind is None:
        return {}
    found = context.store.get(kind, Key("", name))
    if found is None:
        raise refuse(request, pod, f'pod rejected: RuntimeClass "{name}" not found')
    return found.data()


def _select_nodes(request: Request, pod: Data, wanted: dict[str, str]) -> None:
    held = pod["spec"].get("nodeSelector") or {}
    for key, value in wanted.items():
        if held.get(key, value) != value:
            place = f"nodeSelector[{key}]"
            why = f"conflict: runtimeClass.scheduling.{place} = {value}; pod.spec.{place} = {held[key]}"
            raise refuse(request, pod, why)
    pod["spec"]["nodeSelector"] = held | wanted


def _amounts(quantities: dict[str, str]) -> dict[str, Any]:
    return {name: quantity.parse(value) for name, value in quantities.items()}
