"""Pods as the template of their controller wants them; pure."""

from typing import Any

from k9lite.api.object import Data, Object, controller_reference


def new_pod(owner: Object[Any]) -> Data:
    """A pod as the template of its owner wants it."""
    template: Data = owner.data()["spec"]["template"]
    metadata = {
        part: template["metadata"][part]
        for part in ("labels", "annotations", "finalizers")
        if part in template["metadata"]
    }
    metadata |= {"generateName": f"{owner.name}-", "ownerReferences": [controller_reference(owner)]}
    return {"metadata": metadata, "spec": template["spec"]}
