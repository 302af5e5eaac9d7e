"""Rules for where the containers of a pod mount its volumes."""

from collections.abc import Mapping

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")


def mounts(path: str, container: Data, known: Mapping[str, Data]) -> Errors:
    """The volumeMounts of a container."""
    places: set[str] = set()
    devices = container.get("volumeDevices") or ()
    device_names, device_paths = {d.get("name") for d in devices}, {d.get("devicePath") for d in devices}
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        item_path, name, place = f"{path}.volumeMounts[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield errors.required(f"{item_path}.name")
        if name not in known:
            yield errors.not_found_value(f"{item_path}.name", name)
        if not place:
            yield errors.required(f"{item_path}.mountPath")
        if place in places:
            yield errors.invalid(f"{item_path}.mountPath", place, "must be unique")
        places.add(place)
        if name in device_names:
            yield errors.invalid(f"{item_path}.name", name, "must not already exist in volumeDevices")
        if place in device_paths:
            yield errors.invalid(f"{item_path}.mountPath", place, "must not already exist as a path in volumeDevices")
        yield from _sub_path(f"{path}.volumeMounts", item_path, mount)
        propagation = mount.get("mountPropagation")
        yield from values.optional_one_of(f"{path}.volumeMounts.mountPropagation", propagation, _PROPAGATIONS)


def _sub_path(path: str, item_path: str, mount: Data) -> Errors:
    if mount.get("subPath"):
        yield from values.descending_path(f"{path}.subPath", mount["subPath"])
    if mount.get("subPathExpr"):
        if mount.get("subPath"):
            message = "subPathExpr and subPath are mutually exclusive"
            yield errors.invalid(f"{item_path}.subPathExpr", mount["subPathExpr"], message)
        yield from values.descending_path(f"{path}.subPathExpr", mount["subPathExpr"])


def devices(path: str, container: Data, known: Mapping[str, Data]) -> Errors:
    """The volumeDevices of a container: raw block devices."""
    seen_names: set[str] = set()
    seen_paths: set[str] = set()
    for index, device in enumerate(container.get("volumeDevices") or ()):
        item_path, name, place = f"{path}.volumeDevices[{index}]", device.get("name", ""), device.get("devicePath", "")
        if not name:
            yield errors.required(f"{item_path}.name")
        if name and name in seen_names:
            yield errors.invalid(f"{item_path}.name", name, "must be unique")
        if name not in known:
            yield errors.not_found_value(f"{item_path}.name", name)
        elif not {"persistentVolumeClaim", "ephemeral"} & known[name].keys():
            message = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            yield errors.invalid(f"{item_path}.name", name, message)
        if not place:
            yield errors.required(f"{item_path}.devicePath")
        if place in seen_paths:
            yield errors.invalid(f"{item_path}.devicePath", place, "must be unique")
        seen_names.add(name)
        seen_paths.add(place)
