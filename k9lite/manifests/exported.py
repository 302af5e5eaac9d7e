"""Manifests that were exported from a cluster (`kubectl get -o yaml`): what in them is the API server's.

Most of it the API server writes anew, whatever a manifest says, so it is left out. What names one state of one object
is refused as `kubectl apply` has it refused, unless it fits; pure.
"""

from typing import Any

from k9lite.api.errors import STALE
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.yaml_reader.document import Document
from k9lite.yaml_reader.problem import Problem, Repair

_WRITTEN_ANEW = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "selfLink",
    "resourceVersion",
    "uid",
)
_REMOVE = "remove this line: the file was exported from a cluster"


def without(kind: Kind[Any], data: Data) -> Data:
    """`data`, which is changed, without what the API server writes itself."""
    for field in _WRITTEN_ANEW:
        data["metadata"].pop(field, None)
    if kind.has_subresource("status"):
        data.pop("status", None)
    return data


def mistakes(document: Document, live: Object[Any] | None) -> list[Problem]:
    """What of an export keeps it from being applied; `live`: the object in the cluster, None where there is none."""
    metadata = document.data["metadata"]
    revision, uid = metadata.get("resourceVersion"), metadata.get("uid")
    found = []
    if live is None:
        if revision:
            message = "resourceVersion should not be set on objects to be created"
            found.append(document.problem("metadata.resourceVersion", message, _REMOVE, Repair("remove the line")))
        return found
    if revision and str(revision) not in ("0", str(live.revision)):
        found.append(document.problem("metadata.resourceVersion", STALE, _REMOVE, Repair("remove the line")))
    if uid and uid != live.uid:
        message = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.uid}"
        found.append(document.problem("metadata.uid", message, _REMOVE, Repair("remove the line")))
    return found
