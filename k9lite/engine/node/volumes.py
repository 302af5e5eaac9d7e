"""The volumes of a pod as files in memory (Kubernetes: kubelet/volumemanager, pkg/volume)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lightkube.models.core_v1 import Container, EphemeralContainer, Volume

from k9lite.api import pods
from k9lite.engine.node import environment
from k9lite.engine.node.pod_state import PodState

FIRST_RETRY, LONGEST_RETRY = 0.5, 122.0  # seconds between attempts at one volume
PATIENCE = 123.0  # seconds until a round of the pod is given up

Files = dict[str, bytes]


class MountError(Exception):
    """A volume cannot be set up; the text says why."""


async def mount(state: PodState) -> bool:
    """Set up every volume of the pod, waiting for what is missing; False if it took too long."""
    volumes = pods.spec(state.view).volumes or ()
    waiting = [volume for volume in volumes if volume.name not in state.mounts]
    clock = state.node.clock
    deadline, pause = clock.now() + PATIENCE, FIRST_RETRY
    while True:
        waiting = [volume for volume in waiting if not _try(state, volume)]
        if not waiting:
            return True
        if clock.now() + pause > deadline:
            names = " ".join(volume.name for volume in waiting)
            state.tell(
                "Warning", "FailedMount",
                f"Unable to attach or mount volumes: unmounted volumes=[{names}], unattached volumes=[], "
                "failed to process volumes=[]: context deadline exceeded",
            )  # fmt: skip
            return False
        await clock.sleep(pause)
        pause = min(pause * 2, LONGEST_RETRY)


def container_mounts(state: PodState, container: Container | EphemeralContainer) -> dict[str, Files]:
    """Mount path -> the files under it, shared with every container that mounts the same volume."""
    mounts: dict[str, Files] = {}
    for one in container.volumeMounts or ():
        files = state.mounts.get(one.name, {})
        if one.subPath:
            prefix = one.subPath.strip("/") + "/"
            within = {path.removeprefix(prefix): data for path, data in files.items() if path.startswith(prefix)}
            exact = files.get(one.subPath.strip("/"))
            files = {"": exact} if exact is not None else within
        mounts[one.mountPath] = files
    return mounts


def _try(state: PodState, volume: Volume) -> bool:
    try:
        state.mounts[volume.name] = _contents(state, volume)
    except MountError as error:
        state.tell("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{volume.name}" : {error}')
        return False
    return True


def _contents(state: PodState, volume: Volume) -> Files:
    if volume.configMap is not None:
        source = volume.configMap
        return _entries(state, "configmap", source.name or "", source.items, bool(source.optional))
    if volume.secret is not None:
        secret = volume.secret
        return _entries(state, "secret", secret.secretName or "", secret.items, bool(secret.optional))
    if volume.downwardAPI is not None:
        return _downward(state, volume.downwardAPI.items or ())
    if volume.projected is not None:
        files: Files = {}
        for part in volume.projected.sources or ():
            files |= _projected(state, part)
        return files
    return {}


def _projected(state: PodState, source: Any) -> Files:
    if source.configMap is not None:
        part = source.configMap
        return _entries(state, "configmap", part.name or "", part.items, bool(part.optional))
    if source.secret is not None:
        part = source.secret
        return _entries(state, "secret", part.name or "", part.items, bool(part.optional))
    if source.downwardAPI is not None:
        return _downward(state, source.downwardAPI.items or ())
    if source.serviceAccountToken is not None:
        token = state.node.randomness.uuid("service account token", state.uid)
        return {source.serviceAccountToken.path: token.encode()}
    return {}


def _entries(state: PodState, word: str, name: str, items: Sequence[Any] | None, optional: bool) -> Files:
    data = environment.contents(state, word, name)
    if data is None:
        if optional:
            return {}
        raise MountError(f'{word} "{name}" not found')
    if items is None:
        return data
    return _chosen(data, {item.key: item.path for item in items}, optional)


def _chosen(data: Mapping[str, bytes], paths: Mapping[str, str], optional: bool) -> Files:
    missing = next((key for key in paths if key not in data), None)
    if missing is not None and not optional:
        raise MountError(f"references non-existent config key: {missing}")
    return {path: data[key] for key, path in paths.items() if key in data}


def _downward(state: PodState, items: Sequence[Any]) -> Files:
    files: Files = {}
    for item in items:
        try:
            if item.fieldRef is not None:
                files[item.path] = environment.field(state, item.fieldRef.fieldPath).encode()
            elif item.resourceFieldRef is not None:
                reference = item.resourceFieldRef
                value = environment.resource(
                    state, reference.containerName or "", reference.resource, reference.divisor
                )
                files[item.path] = value.encode()
        except environment.ConfigError as error:
            raise MountError(str(error)) from None
    return files
