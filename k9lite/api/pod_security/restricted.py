"""The checks that the restricted level adds: what hardens a pod."""

from k9lite.api.object import Data
from k9lite.api.pod_security.baseline import OWN_USERS, SECCOMP, added_capabilities, seccomp
from k9lite.api.pod_security.containers import (
    Check,
    Violation,
    containers,
    has_own_users,
    is_windows,
    named,
    noun,
    part,
    quoted,
    security,
    setters,
)

WINDOWS = 25  # the minor version since which pods for Windows need not set what only Linux has
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PORTS_BELOW_1024 = frozenset({"NET_BIND_SERVICE"})


def _privilege_escalation(pod: Data, minor: int) -> Violation | None:
    if is_windows(pod) and minor >= WINDOWS:
        return None
    names = [one["name"] for one in containers(pod) if security(one).get("allowPrivilegeEscalation") is not False]
    detail = f"{named(names)} must set securityContext.allowPrivilegeEscalation=false"
    return Violation("allowPrivilegeEscalation != false", detail) if names else None


def _capabilities(pod: Data, minor: int) -> Violation | None:
    if is_windows(pod) and minor >= WINDOWS:
        return None
    names = [one["name"] for one in containers(pod) if "ALL" not in (part(one, "capabilities", "drop") or ())]
    missing = f'{named(names)} must set securityContext.capabilities.drop=["ALL"]' if names else ""
    details = [detail for detail in (missing, added_capabilities(pod, _PORTS_BELOW_1024)) if detail]
    return Violation("unrestricted capabilities", "; ".join(details)) if details else None


def _volumes(pod: Data, minor: int) -> Violation | None:
    types = {
        volume["name"]: sorted(volume.keys() - {"name"})
        for volume in pod["spec"].get("volumes") or ()
        if not volume.keys() & _VOLUMES
    }
    if not types:
        return None
    forbidden = sorted({type for held in types.values() for type in held})
    verb = "uses" if len(types) == 1 else "use"
    word = noun("restricted volume type", len(forbidden))
    detail = f"{noun('volume', len(types))} {quoted(types)} {verb} {word} {quoted(forbidden)}"
    return Violation("restricted volume types", detail)


def _run_as_non_root(pod: Data, minor: int) -> Violation | None:
    if has_own_users(pod) and minor >= OWN_USERS:
        return None
    reason = "runAsNonRoot != true"
    if who := setters(pod, lambda holder: part(holder, "runAsNonRoot") is False):
        return Violation(reason, f"{who} must not set securityContext.runAsNonRoot=false")
    if part(pod["spec"], "runAsNonRoot"):
        return None
    names = [one["name"] for one in containers(pod) if part(one, "runAsNonRoot") is None]
    return Violation(reason, f"pod or {named(names)} must set securityContext.runAsNonRoot=true") if names else None


def _run_as_user(pod: Data, minor: int) -> Violation | None:
    if has_own_users(pod) and minor >= OWN_USERS:
        return None
    who = setters(pod, lambda holder: part(holder, "runAsUser") == 0)
    return Violation("runAsUser=0", f"{who} must not set runAsUser=0") if who else None


def _seccomp(pod: Data, minor: int) -> Violation | None:
    if is_windows(pod) and minor >= WINDOWS:
        return None
    if (explicit := seccomp(pod, minor)) is not None:
        return explicit
    if part(pod["spec"], "seccompProfile", "type") in SECCOMP:
        return None
    names = [one["name"] for one in containers(pod) if part(one, "seccompProfile") is None]
    choice = 'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return Violation("seccompProfile", f"pod or {named(names)} must set {choice}") if names else None


# The minor version since which a check exists, the baseline checks that it replaces, and the check.
CHECKS: tuple[tuple[int, tuple[str, ...], Check], ...] = (
    (8, (), _privilege_escalation),
    (22, ("capabilities_baseline",), _capabilities),
    (0, ("hostPathVolumes",), _volumes),
    (0, (), _run_as_non_root),
    (23, (), _run_as_user),
    (19, ("seccompProfile_baseline",), _seccomp),
)
