"""Rules for security contexts of pods and containers."""

import re

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL = "([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_is_sysctl = re.compile(_SYSCTL).fullmatch


def container_context(path: str, context: Data) -> Errors:
    yield from values.user_or_group(path, context, "runAsUser", "runAsGroup")
    yield from values.optional_one_of(f"{path}.procMount", context.get("procMount"), ("Default", "Unmasked"))
    yield from _profile(path, context, "seccompProfile", "seccomp")
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            message = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            yield errors.invalid(path, context, message)
        if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
            message = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            yield errors.invalid(path, context, message)
    yield from _profile(path, context, "appArmorProfile", "AppArmor")


def pod_context(path: str, context: Data, spec: Data) -> Errors:
    yield from values.user_or_group(path, context, "fsGroup", "runAsUser", "runAsGroup")
    for index, group in enumerate(context.get("supplementalGroups") or ()):
        yield from values.between(f"{path}.supplementalGroups[{index}]", group, 0, 2**32 - 1)
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        message = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield errors.invalid(f"{path}.shareProcessNamespace", True, message)
    yield from _sysctls(f"{path}.sysctls", context.get("sysctls") or [], spec)
    for field, supported in (
        ("fsGroupChangePolicy", ("Always", "OnRootMismatch")),
        ("supplementalGroupsPolicy", ("Merge", "Strict")),
        ("seLinuxChangePolicy", ("MountOption", "Recursive")),
    ):
        yield from values.optional_one_of(f"{path}.{field}", context.get(field), supported)
    yield from _profile(path, context, "seccompProfile", "seccomp")
    yield from _profile(path, context, "appArmorProfile", "AppArmor")


def _profile(path: str, context: Data, field: str, called: str) -> Errors:
    if field not in context:
        return
    profile, path = context[field], f"{path}.{field}"
    kind = profile.get("type", "")
    if not kind:
        yield errors.required(f"{path}.type", f"type is required when {field} is set")
    elif kind not in _PROFILES:
        yield errors.not_supported(f"{path}.type", kind, _PROFILES)
    if kind == "Localhost":
        if not profile.get("localhostProfile"):
            message = f"must be set when {called} type is Localhost"
            yield errors.required(f"{path}.localhostProfile", message)
        else:
            yield from values.descending_path(f"{path}.localhostProfile", profile["localhostProfile"])
    elif "localhostProfile" in profile:
        message = f"can only be set when {called} type is Localhost"
        yield errors.invalid(f"{path}.localhostProfile", profile["localhostProfile"], message)


def _sysctls(path: str, given: list[Data], spec: Data) -> Errors:
    seen: set[str] = set()
    for index, sysctl in enumerate(given):
        item_path, name = f"{path}[{index}].name", sysctl.get("name", "")
        if not name:
            yield errors.required(item_path)
        elif len(name) > 253 or not _is_sysctl(name):
            yield errors.invalid(item_path, name, f"must have at most 253 characters and match regex ^{_SYSCTL}$")
        elif name in seen:
            yield errors.duplicate(item_path, name)
        if spec.get("hostNetwork") and name.startswith("net."):
            yield errors.invalid(item_path, name, "may not be specified when 'hostNetwork' is true")
        if spec.get("hostIPC") and name.startswith(("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")):
            yield errors.invalid(item_path, name, "may not be specified when 'hostIPC' is true")
        seen.add(name)
