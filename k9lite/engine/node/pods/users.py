"""As whom containers run (Kubernetes: pkg/securitycontext, kubelet_pods.go, convertContainerStatusUser); pure."""

from typing import Any

from lightkube.models.core_v1 import Container, EphemeralContainer, PodSpec

from k9lite.api.object import Data


def setting(name: str, spec: PodSpec, container: Container | EphemeralContainer) -> Any:
    """A field of a container's security context, else of the pod's."""
    values = (getattr(one, name) for one in (container.securityContext, spec.securityContext) if one is not None)
    return next((value for value in values if value is not None), None)


def linux(spec: PodSpec, container: Container | EphemeralContainer) -> Data:
    """The user of a container's first process, for its status; simulated images put root in no further groups."""
    group, general = setting("runAsGroup", spec, container) or 0, spec.securityContext
    groups = [group]
    if general is not None:
        groups += [*(general.supplementalGroups or ()), *(() if general.fsGroup is None else (general.fsGroup,))]
    user = setting("runAsUser", spec, container) or 0
    return {"linux": {"uid": user, "gid": group, "supplementalGroups": list(dict.fromkeys(groups))}}
