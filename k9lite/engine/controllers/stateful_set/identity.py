"""What makes a pod the n-th of its StatefulSet: name, labels, host name, claims (stateful_set_utils.go); pure."""

import re
from collections.abc import Mapping
from typing import Any

from lightkube.models.apps_v1 import StatefulSet
from lightkube.models.core_v1 import Pod

from k9lite.api.object import Data, Object, controller_reference

REVISION_LABEL = "controller-revision-hash"
POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
POD_INDEX_LABEL = "apps.kubernetes.io/pod-index"

_NAME = re.compile(r"(?P<parent>.*)-(?P<ordinal>[0-9]+)", re.ASCII | re.DOTALL)


def ordinal_of(pod: str, parent: str) -> int | None:
    """The ordinal in the pod's name; None for a name that no pod of the StatefulSet `parent` has."""
    match = _NAME.fullmatch(pod)
    return int(match["ordinal"]) if match is not None and match["parent"] == parent else None


def revision_of(pod: Object[Pod]) -> str:
    """The name of the ControllerRevision that the pod was made from."""
    return pod.labels.get(REVISION_LABEL, "")


def identity_labels(stateful_set: str, ordinal: int) -> dict[str, str]:
    return {POD_NAME_LABEL: f"{stateful_set}-{ordinal}", POD_INDEX_LABEL: str(ordinal)}


def claim_name(template: str, pod: str) -> str:
    return f"{template}-{pod}"


def claim_templates(owner: Object[StatefulSet]) -> list[Data]:
    return list(owner.data()["spec"].get("volumeClaimTemplates") or ())


def new_pod(owner: Object[StatefulSet], template: Data, revision: str, ordinal: int) -> Data:
    """The pod of that ordinal, made from the `template` of the ControllerRevision `revision`."""
    spec = owner.data()["spec"]
    name = f"{owner.name}-{ordinal}"
    metadata = {part: value for part in ("annotations", "finalizers") if (value := _metadata(template).get(part))}
    labels = {**(_metadata(template).get("labels") or {}), **identity_labels(owner.name, ordinal)}
    pod_spec: Data = {**template["spec"], "hostname": name}
    if spec.get("serviceName"):
        pod_spec["subdomain"] = spec["serviceName"]
    if claims := claim_templates(owner):
        pod_spec["volumes"] = _with_claims(claims, name, pod_spec.get("volumes") or [])
    return {
        "metadata": {
            **metadata,
            "name": name,
            "generateName": f"{owner.name}-",
            "labels": labels | {REVISION_LABEL: revision},
            "ownerReferences": [controller_reference(owner)],
        },
        "spec": pod_spec,
    }


def _metadata(template: Data) -> Mapping[str, Any]:
    return template.get("metadata") or {}


def _with_claims(claims: list[Data], pod: str, volumes: list[Data]) -> list[Data]:
    """The volumes of a pod: one for each claim, in place of volumes that bear the same name."""
    names = [claim["metadata"]["name"] for claim in claims]
    claimed = [{"name": name, "persistentVolumeClaim": {"claimName": claim_name(name, pod)}} for name in names]
    return claimed + [volume for volume in volumes if volume["name"] not in names]


def new_claims(owner: Object[StatefulSet], pod: str) -> list[Data]:
    """The claims of the pod of that name, with the labels that the StatefulSet selects by."""
    selected = (owner.data()["spec"]["selector"].get("matchLabels")) or {}
    claims = []
    for template in claim_templates(owner):
        metadata = template["metadata"]
        claims.append(
            {
                "metadata": {
                    **{part: metadata[part] for part in ("annotations", "finalizers") if part in metadata},
                    "name": claim_name(metadata["name"], pod),
                    "labels": {**(metadata.get("labels") or {}), **selected},
                },
                "spec": template["spec"],
            }
        )
    return claims
