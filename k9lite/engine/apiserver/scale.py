"""The scale subresource: the number of replicas, wherever the kind keeps it."""

from typing import Any

from lightkube.models import autoscaling_v1

from k9lite.api import errors, schema, selectors
from k9lite.api.kinds import Kind, ScalePaths
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver import update, writing
from k9lite.engine.apiserver.context import Context, Request

SCALE = Kind("autoscaling", "v1", "Scale", "scales", True, model=autoscaling_v1.Scale)
BUILT_IN = ScalePaths(".spec.replicas", ".status.replicas")
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def decode(request: Request, body: Data) -> Data:
    """The Scale that `body` is. DecodingError."""
    options = request.options
    data, warnings = schema.decode(
        SCALE, body, options.validation, duplicates=options.duplicates, problems=options.problems
    )
    request.warn(*warnings)
    return data


def read(context: Context, request: Request) -> Data:
    """The Scale of the object that `request` names."""
    return of(writing.live(context, request))


def write(context: Context, request: Request, scale: Data) -> Object[Any]:
    """Set the replicas that `scale` asks for; the scaled object."""
    live = writing.live(context, request)
    replicas = scale.get("spec", {}).get("replicas", 0)
    if replicas < 0:
        negative = errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise errors.invalid_object("autoscaling", "Scale", request.name, [negative])
    data = live.data()
    _set(data, (request.kind.scale_paths or BUILT_IN).spec_replicas, replicas)
    given = scale.get("metadata", {})
    data["metadata"]["resourceVersion"] = given.get("resourceVersion") or str(live.revision)
    data["metadata"]["uid"] = given.get("uid") or live.uid
    return update.change(context, request, live, data)


def of(scaled: Object[Any]) -> Data:
    """The Scale of an object."""
    kind, obj = scaled.kind, writing.bare(scaled)
    paths = kind.scale_paths or BUILT_IN
    status = {"replicas": _get(obj, paths.status_replicas) or 0, "selector": _selector(kind, obj)}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: obj["metadata"][name] for name in _KEPT if name in obj["metadata"]},
        "spec": {"replicas": _get(obj, paths.spec_replicas) or 0},
        "status": {name: value for name, value in status.items() if value != ""},
    }


def _selector(kind: Kind[Any], obj: Data) -> str:
    """The selector of what is scaled, as text; custom resources keep it as text themselves."""
    if kind.scale_paths is not None:
        path = kind.scale_paths.selector
        return str(_get(obj, path) or "") if path else ""
    selector = obj["spec"].get("selector")
    plain = kind.kind == "ReplicationController"
    return (selectors.equal_labels(selector) if plain else selectors.label_selector(selector)).text()


def _get(data: Any, path: str) -> Any:
    """The value at a path such as `.spec.replicas`."""
    for name in path.split(".")[1:]:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _set(data: Data, path: str, value: Any) -> None:
    *outer, last = path.split(".")[1:]
    for name in outer:
        data = data.setdefault(name, {})
    data[last] = value
