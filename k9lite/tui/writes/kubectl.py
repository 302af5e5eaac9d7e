"""The kubectl command that does the same as a write; pure."""

import json
import shlex
from collections.abc import Callable
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.object import Object, to_data
from k9lite.client.protocol import DeleteOptions, PatchType
from k9lite.tui.writes.operations import RESTARTED_AT

_TYPES = {PatchType.JSON: "json", PatchType.MERGE: "merge", PatchType.STRATEGIC: "strategic"}


def command(
    verb: str,
    kind: Kind[Any],
    name: str,
    namespace: str,
    body: Any,
    *,
    type: PatchType | None = None,
    subresource: str = "",
    **more: Any,
) -> str:
    """`body`: the patch, the object, or the DeleteOptions."""
    place = ["-n", namespace] if kind.namespaced and namespace else []
    target = f"{resource(kind)}/{name}"
    if subresource == "scale":
        return _line("scale", target, f"--replicas={body['spec']['replicas']}", *place)
    if verb == "delete":
        return _line("delete", target, *place, *_delete_flags(body))
    if verb == "patch":
        short = _short(target, body)
        flags = [f"--type={_TYPES.get(type, 'merge') if type else 'merge'}", "-p", json.dumps(body)]
        return _line(*short, *place) if short else _line("patch", target, *place, *flags)
    text = json.dumps({"apiVersion": kind.api_version, "kind": kind.kind} | to_data(body))
    return f"kubectl {'create' if verb == 'create' else 'replace'} -f - {' '.join(place)} <<< {shlex.quote(text)}"


def resource(kind: Kind[Any]) -> str:
    """As kubectl takes it: with its group where it has one beyond the core's."""
    return f"{kind.plural}.{kind.group}" if "." in kind.group else kind.singular


def look(verb: str, obj: Object[Any], *flags: str) -> str:
    """E.g. `kubectl describe deployment/web -n default`."""
    place = ["-n", obj.namespace] if obj.namespace else []
    return _line(verb, f"{resource(obj.kind)}/{obj.name}", *place, *flags)


def _line(*words: str) -> str:
    return shlex.join(("kubectl", *words))


def _delete_flags(options: DeleteOptions) -> list[str]:
    flags = ["--grace-period=0", "--force"] if options.grace == 0 else []
    return [*flags, f"--cascade={options.propagation.lower()}"] if options.propagation else flags


def _short(target: str, patch: Any) -> list[str] | None:
    """The command of its own that kubectl has for a patch that does nothing else."""
    for path, words in _SHORT.items():
        if (value := _only(patch, path)) is not _NOTHING:
            return words(target, value)
    return None


def _only(data: Any, path: str) -> Any:
    """What stands at `path`, if nothing stands beside it."""
    for step in path.split("."):
        if not isinstance(data, dict) or set(data) != {step}:
            return _NOTHING
        data = data[step]
    return data


def _set_image(target: str, containers: Any) -> list[str] | None:
    if len(containers) != 1 or set(containers[0]) != {"name", "image"}:
        return None
    return ["set", "image", target, f"{containers[0]['name']}={containers[0]['image']}"]


def _restart(target: str, annotations: Any) -> list[str] | None:
    return ["rollout", "restart", target] if set(annotations) == {RESTARTED_AT} else None


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{name}-" if value is None else f"{name}={value}" for name, value in values.items()]


_NOTHING = object()
_SHORT: dict[str, Callable[[str, Any], list[str] | None]] = {
    "spec.unschedulable": lambda target, value: ["cordon" if value else "uncordon", target.partition("/")[2]],
    "spec.paused": lambda target, value: ["rollout", "pause" if value else "resume", target],
    "spec.template.metadata.annotations": _restart,
    "spec.template.spec.containers": _set_image,
    "metadata.labels": lambda target, values: ["label", "--overwrite", target, *_pairs(values)],
    "metadata.annotations": lambda target, values: ["annotate", "--overwrite", target, *_pairs(values)],
}
