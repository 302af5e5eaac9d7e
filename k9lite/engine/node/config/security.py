"""As whom a container runs, and what it may write (Kubernetes: pkg/securitycontext, kuberuntime/security_context)."""

from lightkube.models.core_v1 import Container, EphemeralContainer

from k9lite.api import images, pods
from k9lite.engine.node.config.environment import ConfigError
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pods import users

# Official images run as root, but for these.
_OFFICIAL, _NOT_ROOT = "library/", {"library/haproxy", "library/memcached"}


def identity(state: PodState, container: Container | EphemeralContainer) -> tuple[int, int, bool]:
    """User, group, and whether the container's own file system is read-only. ConfigError where root is forbidden."""
    own, spec = container.securityContext, pods.spec(state.view)
    user, group = users.setting("runAsUser", spec, container), users.setting("runAsGroup", spec, container)
    if users.setting("runAsNonRoot", spec, container):
        where = f'(pod: "{state.pod.name}_{state.pod.namespace}({state.uid})", container: {container.name})'
        if user == 0:
            raise ConfigError(f"container's runAsUser breaks non-root policy {where}")
        if user is None and _runs_as_root(container.image or ""):
            raise ConfigError(f"container has runAsNonRoot and image will run as root {where}")
    return user or 0, group or 0, bool(own is not None and own.readOnlyRootFilesystem)


def _runs_as_root(image: str) -> bool:
    name = images.parse(image)
    return name is not None and name.path.startswith(_OFFICIAL) and name.path not in _NOT_ROOT
