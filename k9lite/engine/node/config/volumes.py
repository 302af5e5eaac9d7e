"""The volumes of a pod as files in memory (Kubernetes: kubelet/volumemanager)."""

from collections.abc import Mapping

from lightkube.models.core_v1 import Container, EphemeralContainer, Volume, VolumeMount

from k9lite.api import pods
from k9lite.api.errors import StatusError
from k9lite.engine.node.config import environment
from k9lite.engine.node.config.volume_contents import MountError, changes, contents
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.runtimes.volume_files import MountedFiles, VolumeFiles

FIRST_RETRY, LONGEST_RETRY = 0.5, 122.0  # seconds between attempts at one volume
PATIENCE = 123.0  # seconds until a round of the pod is given up


async def mount(state: PodState) -> bool:
    """Set up every volume of the pod, waiting for what is missing; False if it took too long."""
    volumes = pods.spec(state.view).volumes or ()
    waiting = [volume for volume in volumes if volume.name not in state.mounts]
    if state.outdated:
        await _refresh(state)
    clock = state.node.clock
    deadline, pause = clock.now() + PATIENCE, FIRST_RETRY
    while True:
        waiting = [volume for volume in waiting if not await _try(state, volume)]
        if not waiting:
            return True
        if clock.now() + pause > deadline:
            names = " ".join(volume.name for volume in waiting)
            state.tell(
                "Warning",
                "FailedMount",
                f"Unable to attach or mount volumes: unmounted volumes=[{names}], unattached volumes=[], "
                "failed to process volumes=[]: context deadline exceeded",
            )
            return False
        await clock.sleep(pause)
        pause = min(pause * 2, LONGEST_RETRY)


def container_mounts(
    state: PodState, container: Container | EphemeralContainer, variables: Mapping[str, str]
) -> dict[str, MountedFiles]:
    """Mount path -> the files under it, shared with every container that mounts the same volume.

    A part (`subPath`) of a volume that follows something else is as it was when the container started, ever after;
    in others its folder is made where it is missing. ConfigError.
    """
    changing = {volume.name for volume in pods.spec(state.view).volumes or () if changes(volume)}
    mounts: dict[str, MountedFiles] = {}
    for one in container.volumeMounts or ():
        files = state.mounts.get(one.name, VolumeFiles())
        path = sub_path(one, variables)
        if not path:
            mounts[one.mountPath] = files
        else:
            mounts[one.mountPath] = files.copy_of(path) if one.name in changing else files.part(path)
    return mounts


def images(state: PodState, container: Container | EphemeralContainer) -> list[tuple[str, str | None]]:
    """The images that a container needs, with their pull policies: those of its volumes, then its own."""
    mounted = {one.name for one in container.volumeMounts or ()}
    sources = [one.image for one in pods.spec(state.view).volumes or () if one.image and one.name in mounted]
    needed = [(one.reference or "", one.pullPolicy) for one in sources]
    return [*needed, (container.image or "", container.imagePullPolicy)]


def sub_path(mount: VolumeMount, variables: Mapping[str, str]) -> str:
    """The path within the volume that `mount` shows; empty for all of it. ConfigError."""
    path = mount.subPath or ""
    if mount.subPathExpr:
        missing = [name for name in environment.references(mount.subPathExpr) if not variables.get(name)]
        if missing:
            raise environment.ConfigError(f"missing value for {', '.join(sorted(set(missing)))}")
        path = environment.expand(mount.subPathExpr, variables)
    if path.startswith("/"):
        raise environment.ConfigError(f"error SubPath `{path}` must not be an absolute path")
    if ".." in path.split("/"):
        raise environment.ConfigError(f"unable to provision SubPath `{path}`: must not contain '..'")
    return path


async def _try(state: PodState, volume: Volume) -> bool:
    try:
        state.mounts[volume.name] = await contents(state, volume)
    except (MountError, StatusError) as error:
        state.tell("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{volume.name}" : {error}')
        return False
    return True


async def _refresh(state: PodState) -> None:
    """Bring what is mounted up to date; what cannot be read any more stays as it was."""
    state.outdated = False
    for volume in pods.spec(state.view).volumes or ():
        if volume.name in state.mounts and changes(volume):
            before = state.mounts[volume.name]
            if await _try(state, volume):
                before.become(state.mounts[volume.name])
            state.mounts[volume.name] = before
