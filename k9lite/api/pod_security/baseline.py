"""The checks of the baseline level: what gives a pod known ways to its node."""

from collections.abc import Iterator, Mapping

from k9lite.api.object import Data
from k9lite.api.pod_security.containers import (
    Check,
    Violation,
    containers,
    has_own_users,
    named,
    noun,
    part,
    quoted,
    security,
    setters,
)

OWN_USERS = SAFE_PROC_MOUNT = 34  # minor versions in which rules changed
HOSTS_OF_PROBES = 34
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_SAFE_SYSCTLS: Mapping[str, int] = {  # name -> minor version since which it is allowed
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
}
_LINUX_TYPES: Mapping[str, int] = {
    "": 0,
    "container_t": 0,
    "container_init_t": 0,
    "container_kvm_t": 0,
    "container_engine_t": 31,
}
SECCOMP = ("RuntimeDefault", "Localhost")


def _app_armor(pod: Data, minor: int) -> Violation | None:
    types: set[str] = set()

    def is_bad(holder: Data) -> bool:
        type = part(holder, "appArmorProfile", "type")
        if type in (None, *SECCOMP):
            return False
        types.add(type)
        return True

    details = []
    if who := setters(pod, is_bad):
        details.append(f"{who} must not set AppArmor profile type to {quoted(sorted(types))}")
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    forbidden = sorted(
        f'{key}="{value}"'
        for key, value in annotations.items()
        if key.startswith(_APP_ARMOR) and value not in ("", "runtime/default") and not value.startswith("localhost/")
    )
    if forbidden:
        details.append(f"{noun('annotation', len(forbidden))} {', '.join(forbidden)}")
    count = len(types) + len(forbidden)
    return Violation(noun("forbidden AppArmor profile", count), ", ".join(details)) if details else None


def _capabilities(pod: Data, minor: int) -> Violation | None:
    detail = added_capabilities(pod, _CAPABILITIES)
    return Violation("non-default capabilities", detail) if detail else None


def added_capabilities(pod: Data, allowed: frozenset[str]) -> str:
    """Which containers add capabilities beyond those that are allowed; empty when none does."""
    added = {one["name"]: set(part(one, "capabilities", "add") or ()) - allowed for one in containers(pod)}
    names = [name for name, forbidden in added.items() if forbidden]
    forbidden = sorted(set().union(*added.values()))
    return f"{named(names)} must not include {quoted(forbidden)} in securityContext.capabilities.add" if names else ""


def _host_namespaces(pod: Data, minor: int) -> Violation | None:
    shared = [f"{field}=true" for field in ("hostNetwork", "hostPID", "hostIPC") if pod["spec"].get(field)]
    return Violation("host namespaces", ", ".join(shared)) if shared else None


def _host_path_volumes(pod: Data, minor: int) -> Violation | None:
    names = [volume["name"] for volume in pod["spec"].get("volumes") or () if volume.get("hostPath") is not None]
    return Violation("hostPath volumes", f"{noun('volume', len(names))} {quoted(names)}") if names else None


def _host_ports(pod: Data, minor: int) -> Violation | None:
    ports = {
        one["name"]: {port["hostPort"] for port in one.get("ports") or () if port.get("hostPort")}
        for one in containers(pod)
    }
    names = [name for name, held in ports.items() if held]
    held = sorted(map(str, set().union(*ports.values())))
    if not names:
        return None
    verb = "uses" if len(names) == 1 else "use"
    return Violation("hostPort", f"{named(names)} {verb} {noun('hostPort', len(held))} {', '.join(held)}")


def _hosts_of_probes(pod: Data, minor: int) -> Violation | None:
    if minor < HOSTS_OF_PROBES:
        return None
    hosts = {one["name"]: set(_hosts(one)) for one in containers(pod)}
    names = sorted(name for name, held in hosts.items() if held)
    if not names:
        return None
    held = sorted(set().union(*hosts.values()))
    verb = "uses" if len(names) == 1 else "use"
    return Violation(
        "probe or lifecycle host", f"{named(names)} {verb} {noun('probe or lifecycle host', len(held))} {quoted(held)}"
    )


def _hosts(container: Data) -> Iterator[str]:
    handlers = [container.get(name) for name in ("livenessProbe", "readinessProbe", "startupProbe")]
    handlers += (container.get("lifecycle") or {}).values()
    for handler in handlers:
        for action in ("httpGet", "tcpSocket"):
            if isinstance(handler, dict) and (host := (handler.get(action) or {}).get("host")):
                yield host


def _privileged(pod: Data, minor: int) -> Violation | None:
    names = [one["name"] for one in containers(pod) if security(one).get("privileged")]
    return Violation("privileged", f"{named(names)} must not set securityContext.privileged=true") if names else None


def _proc_mount(pod: Data, minor: int) -> Violation | None:
    if has_own_users(pod) and minor >= SAFE_PROC_MOUNT:
        return None
    types = {one["name"]: security(one).get("procMount") or "Default" for one in containers(pod)}
    names = [name for name, type in types.items() if type != "Default"]
    forbidden = sorted(set(types.values()) - {"Default"})
    detail = f"{named(names)} must not set securityContext.procMount to {quoted(forbidden)}"
    return Violation("procMount", detail) if names else None


def _se_linux(pod: Data, minor: int) -> Violation | None:
    types: set[str] = set()
    fields: set[str] = set()

    def is_bad(holder: Data) -> bool:
        options = part(holder, "seLinuxOptions") or {}
        type = options.get("type", "")
        bad_type = _LINUX_TYPES.get(type, minor + 1) > minor
        if bad_type:
            types.add(type)
        fields.update(field for field in ("user", "role") if options.get(field))
        return bad_type or bool(options.get("user") or options.get("role"))

    who = setters(pod, is_bad)
    bad = [f"{noun('type', len(types))} {quoted(sorted(types))}"] if types else []
    bad += [f"{field} may not be set" for field in ("user", "role") if field in fields]
    detail = f"{who} set forbidden securityContext.seLinuxOptions: {'; '.join(bad)}"
    return Violation("seLinuxOptions", detail) if who else None


def seccomp(pod: Data, minor: int) -> Violation | None:
    types: set[str] = set()

    def is_bad(holder: Data) -> bool:
        type = part(holder, "seccompProfile", "type")
        if type in (None, *SECCOMP):
            return False
        types.add(type)
        return True

    who = setters(pod, is_bad)
    detail = f"{who} must not set securityContext.seccompProfile.type to {quoted(sorted(types))}"
    return Violation("seccompProfile", detail) if who else None


def _sysctls(pod: Data, minor: int) -> Violation | None:
    names = [one["name"] for one in part(pod["spec"], "sysctls") or ()]
    forbidden = [name for name in names if _SAFE_SYSCTLS.get(name, minor + 1) > minor]
    return Violation("forbidden sysctls", ", ".join(forbidden)) if forbidden else None


def _host_process(pod: Data, minor: int) -> Violation | None:
    who = setters(pod, lambda holder: bool(part(holder, "windowsOptions", "hostProcess")))
    detail = f"{who} must not set securityContext.windowsOptions.hostProcess=true"
    return Violation("hostProcess", detail) if who else None


CHECKS: tuple[tuple[str, Check], ...] = (
    ("appArmorProfile", _app_armor),
    ("capabilities_baseline", _capabilities),
    ("hostNamespaces", _host_namespaces),
    ("hostPathVolumes", _host_path_volumes),
    ("hostPorts", _host_ports),
    ("hostProbesAndHostLifecycle", _hosts_of_probes),
    ("privileged", _privileged),
    ("procMount", _proc_mount),
    ("seLinuxOptions", _se_linux),
    ("seccompProfile_baseline", seccomp),
    ("sysctls", _sysctls),
    ("windowsHostProcess", _host_process),
)
