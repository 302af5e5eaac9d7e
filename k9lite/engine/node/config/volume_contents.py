"""What a volume's sources put into it (Kubernetes: pkg/volume/{configmap,secret,projected,downwardapi,image})."""

from collections.abc import Mapping, Sequence
from typing import Any

from lightkube.models.core_v1 import EmptyDirVolumeSource, HostPathVolumeSource, Volume

from k9lite.api import pods, quantity, times
from k9lite.engine.node.config import environment
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.runtimes.host_files import HostPathError
from k9lite.engine.node.runtimes.volume_files import MOST_BYTES, VolumeFiles

RENEWED_AFTER = 0.8  # of a token's life, kubelets ask for another
_MISSING_KEY = {
    "configmap": "configmap references non-existent config key: ",
    "secret": "references non-existent secret key: ",
}


class MountError(Exception):
    """A volume cannot be set up; the text says why."""


def changes(volume: Volume) -> bool:
    """Whether what is in the volume follows something else; what containers write to others stays theirs."""
    return any((volume.configMap, volume.secret, volume.downwardAPI, volume.projected))


def refers(volume: Volume, word: str, name: str) -> bool:
    """Whether the volume shows the configmap or secret (`word`) called `name`."""
    sources: list[Any] = [volume, *((volume.projected.sources or ()) if volume.projected else ())]
    for source in sources:
        part = source.configMap if word == "configmap" else source.secret
        if part is not None and name == (getattr(part, "name", None) or getattr(part, "secretName", None)):
            return True
    return False


async def contents(state: PodState, volume: Volume) -> VolumeFiles:
    """The files of `volume` as they are to be now. MountError."""
    if volume.configMap is not None:
        return _referred(
            state, "configmap", volume.configMap.name or "", volume.configMap, volume.configMap.defaultMode
        )
    if volume.image is not None:
        inside = state.node.runtime.image_files(volume.image.reference or "")
        return VolumeFiles({path.lstrip("/"): data for path, data in inside.items()})
    if volume.hostPath is not None:
        return _of_host(state, volume.hostPath)
    if volume.secret is not None:
        files = _referred(state, "secret", volume.secret.secretName or "", volume.secret, volume.secret.defaultMode)
    elif volume.downwardAPI is not None:
        files = _downward(state, volume.downwardAPI.items or (), volume.downwardAPI.defaultMode)
    elif volume.projected is not None:
        files = VolumeFiles()
        for part in volume.projected.sources or ():
            files.add(await _projected(state, volume.name, part, volume.projected.defaultMode))
    else:
        return _empty(volume.emptyDir)
    files.memory = True
    return files


def _of_host(state: PodState, source: HostPathVolumeSource) -> VolumeFiles:
    try:
        return state.node.host_files.volume(source.path, source.type or "")
    except HostPathError as error:
        raise MountError(str(error)) from None


def _empty(source: EmptyDirVolumeSource | None) -> VolumeFiles:
    """In memory the volume is a file system of that size; on disk the kubelet evicts who exceeds it."""
    if source is None or source.medium != "Memory":
        return VolumeFiles()
    limit = int(quantity.parse(source.sizeLimit or "0"))
    return VolumeFiles(memory=True, limit=min(limit or MOST_BYTES, MOST_BYTES))


async def _projected(state: PodState, volume: str, source: Any, mode: int | None) -> VolumeFiles:
    if source.configMap is not None:
        return _referred(state, "configmap", source.configMap.name or "", source.configMap, mode)
    if source.secret is not None:
        return _referred(state, "secret", source.secret.name or "", source.secret, mode)
    if source.downwardAPI is not None:
        return _downward(state, source.downwardAPI.items or (), mode)
    files = VolumeFiles()
    if source.serviceAccountToken is not None:
        files.put(source.serviceAccountToken.path, await _token(state, volume, source.serviceAccountToken), mode)
    return files


def _referred(state: PodState, word: str, name: str, source: Any, mode: int | None) -> VolumeFiles:
    """The entries of a configmap or secret: all, or those that `source` chooses."""
    files = VolumeFiles()
    data = environment.contents(state, word, name)
    if data is None:
        if source.optional:
            return files
        raise MountError(f'{word} "{name}" not found')
    if source.items is None:
        for key, value in data.items():
            files.put(key, value, mode)
        return files
    _choose(files, data, source, word, mode)
    return files


def _choose(files: VolumeFiles, data: Mapping[str, bytes], source: Any, word: str, mode: int | None) -> None:
    for item in source.items:
        if item.key in data:
            files.put(item.path, data[item.key], mode if item.mode is None else item.mode)
        elif not source.optional:
            raise MountError(_MISSING_KEY[word] + item.key)


def _downward(state: PodState, items: Sequence[Any], mode: int | None) -> VolumeFiles:
    files = VolumeFiles()
    for item in items:
        try:
            if item.fieldRef is not None:
                value = environment.field(state, item.fieldRef.fieldPath)
            else:
                what = item.resourceFieldRef
                value = environment.resource(state, what.containerName or "", what.resource, what.divisor)
        except environment.ConfigError as error:
            raise MountError(str(error)) from None
        files.put(item.path, value.encode(), mode if item.mode is None else item.mode)
    return files


async def _token(state: PodState, volume: str, source: Any) -> bytes:
    """A token for the pod's service account, the same until most of its life is over."""
    key, now = f"{volume}/{source.path}", state.node.clock.now()
    held = state.tokens.get(key)
    if held is None or now >= held[1]:
        pod = {"kind": "Pod", "apiVersion": "v1", "name": state.pod.name, "uid": state.uid}
        spec = {"expirationSeconds": source.expirationSeconds or 3600, "boundObjectRef": pod}
        if source.audience:
            spec["audiences"] = [source.audience]
        account = pods.spec(state.view).serviceAccountName or "default"
        status = await state.node.lookup.token(account, state.pod.namespace, {"spec": spec})
        ends = times.timestamp(status["expirationTimestamp"]) or now
        held = state.tokens[key] = status["token"].encode(), now + RENEWED_AFTER * (ends - now)
    return held[0]
