"""Tolerations and priority of pods (plugins DefaultTolerationSeconds and Priority)."""

from typing import Any

from k9lite.api import kinds
from k9lite.api.object import Data, Key
from k9lite.engine.apiserver.admission.namespace_lifecycle import refuse
from k9lite.engine.apiserver.context import Context, Request

TOLERATION_SECONDS = 300
_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def tolerate_node_failure(context: Context, request: Request, pod: Data) -> None:
    """A pod stays on a node that fails for five minutes, unless it says how long itself."""
    tolerations = pod["spec"].get("tolerations") or []
    missing = [key for key in _TOLERATED if not any(_tolerates(toleration, key) for toleration in tolerations)]
    if missing:
        added = [
            {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TOLERATION_SECONDS}
            for key in missing
        ]
        pod["spec"]["tolerations"] = [*tolerations, *added]


def _tolerates(toleration: Data, key: str) -> bool:
    return toleration.get("key", "") in (key, "") and toleration.get("effect", "") in ("NoExecute", "")


def set_priority(context: Context, request: Request, pod: Data) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName")
    if name:
        found = context.store.get(kinds.PRIORITY_CLASS, Key("", name))
        if found is None:
            raise refuse(request, pod, f"no PriorityClass with name {name} was found")
        chosen: Any = found.view
    else:
        chosen = _default_class(context)
        if chosen is not None:
            spec["priorityClassName"] = chosen.metadata.name
    value = chosen.value if chosen is not None else 0
    policy = (chosen.preemptionPolicy if chosen is not None else None) or "PreemptLowerPriority"
    if spec.get("priority", value) != value:
        raise refuse(
            request,
            pod,
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
            f"priority admission controller computed {value} from the given PriorityClass name",
        )
    if spec.get("preemptionPolicy", policy) != policy:
        raise refuse(
            request,
            pod,
            f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be provided in pod spec; "
            f"priority admission controller computed {policy} from the given PriorityClass name",
        )
    spec["priority"], spec["preemptionPolicy"] = value, policy


def keep_priority(context: Context, request: Request, new: Data, old: Data) -> None:
    """A change that is silent about the priority keeps it."""
    for name in ("priority", "preemptionPolicy"):
        if name in old["spec"]:
            new["spec"].setdefault(name, old["spec"][name])


def keep_tolerations(context: Context, request: Request, new: Data, old: Data) -> None:
    """A change that is silent about failing nodes tolerates them as a new pod does."""
    tolerate_node_failure(context, request, new)


def _default_class(context: Context) -> Any:
    """The class of pods that name none: the lowest of those marked as global default."""
    classes = [obj.view for obj in context.store.collection(kinds.PRIORITY_CLASS).all()]
    return min((one for one in classes if one.globalDefault), key=lambda one: one.value, default=None)
