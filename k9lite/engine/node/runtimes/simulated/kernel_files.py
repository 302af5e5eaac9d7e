"""/proc and /sys as a container sees them: its machine, its processes, and the limits of its control group."""

import math
from collections.abc import Callable, Mapping
from functools import partial

from k9lite.engine.node.runtimes.simulated.machine import MOST_PROCESSES, Machine

CGROUP = "/sys/fs/cgroup"
PERIOD = 100_000  # microseconds over which processor time is shared out
PAGE, KIBIBYTE = 4096, 1024
NODE_MEMORY = 8 * 1024**3  # bytes, what a node has unless it is told otherwise
STEP_MICROSECONDS = 100  # of processor time that a step counts for
IDLE_MEMORY = 1024**2  # bytes that a container has in use while it does nothing
LEAST_SHARES, SHARES_PER_CORE = 2, 1024
SYSCTLS = {
    "kernel.hostname": "",
    "kernel.msgmax": "8192",
    "kernel.msgmnb": "16384",
    "kernel.osrelease": "6.8.0-k9lite",
    "kernel.ostype": "Linux",
    "kernel.pid_max": "4194304",
    "kernel.sem": "32000\t1024000000\t500\t32000",
    "kernel.shm_rmid_forced": "0",
    "kernel.shmmax": "18446744073692774399",
    "net.core.somaxconn": "4096",
    "net.ipv4.ip_forward": "1",
    "net.ipv4.ip_local_port_range": "32768\t60999",
    "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.ping_group_range": "0\t2147483647",
    "net.ipv4.tcp_keepalive_time": "7200",
    "net.ipv4.tcp_syncookies": "1",
    "vm.max_map_count": "262144",
    "vm.overcommit_memory": "1",
    "vm.swappiness": "60",
    "fs.file-max": "9223372036854775807",
}


def kernel_files(
    machine: Machine, sysctls: Mapping[str, str], request: Callable[[], float]
) -> dict[str, Callable[[], str]]:
    """Path -> what gives the contents now. sysctls: those that the pod sets; request: the cores it is promised now."""
    every = SYSCTLS | {"kernel.hostname": machine.hostname} | dict(sysctls)
    files: dict[str, Callable[[], str]] = {
        "/proc/cpuinfo": lambda: "processor\t: 0\nmodel name\t: k9lite\ncpu MHz\t\t: 2000.000\ncpu cores\t: 1\n\n",
        "/proc/loadavg": lambda: f"0.00 0.00 0.00 {len(machine.processes)}/{len(machine.processes)} 1\n",
        "/proc/meminfo": lambda: _memory_info(machine),
        "/proc/mounts": lambda: mounts(machine),
        "/proc/self/mounts": lambda: mounts(machine),
        "/proc/self/cgroup": lambda: "0::/\n",
        "/proc/1/cgroup": lambda: "0::/\n",
        "/proc/uptime": lambda: f"{machine.clock.now() - machine.started:.2f} 0.00\n",
        "/proc/version": lambda: f"Linux version {SYSCTLS['kernel.osrelease']} (k9lite)\n",
        "/proc/1/cmdline": lambda: _command_line(machine, 1),
        "/proc/1/comm": lambda: _name(machine, 1),
        f"{CGROUP}/cgroup.controllers": lambda: "cpuset cpu io memory hugetlb pids rdma misc\n",
        f"{CGROUP}/cpu.max": lambda: _cpu_max(machine),
        f"{CGROUP}/cpu.weight": lambda: f"{weight_of(request())}\n",
        f"{CGROUP}/cpu.stat": lambda: f"usage_usec {machine.cpu.total * STEP_MICROSECONDS}\n",
        f"{CGROUP}/memory.max": lambda: _or_max(machine.memory.limit),
        f"{CGROUP}/memory.swap.max": lambda: "0\n",
        f"{CGROUP}/memory.current": lambda: f"{machine.memory.used + IDLE_MEMORY}\n",
        f"{CGROUP}/memory.events": lambda: "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
        f"{CGROUP}/pids.max": lambda: f"{MOST_PROCESSES}\n",
        f"{CGROUP}/pids.current": lambda: f"{len(machine.processes) + machine.forks}\n",
    }
    for name, value in every.items():
        files[f"/proc/sys/{name.replace('.', '/')}"] = partial("{}\n".format, value)
    return files


def weight_of(cores: float) -> int:
    """cpu.weight of a request for so many cores, as runc works it out from cpu.shares."""
    shares = max(LEAST_SHARES, int(cores * SHARES_PER_CORE))
    logarithm = math.log2(shares)
    return math.ceil(10 ** ((logarithm * logarithm + 125 * logarithm) / 612 - 7 / 34))


def mounts(machine: Machine) -> str:
    """The lines of /proc/mounts: the file systems of the kernel, and the pod's volumes."""
    writable = "ro" if machine.files.read_only else "rw"
    lines = [
        f"overlay / overlay {writable},relatime 0 0",
        "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0",
        "tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0",
        "sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0",
        f"cgroup {CGROUP} cgroup2 ro,nosuid,nodev,noexec,relatime 0 0",
    ]
    for path, files in machine.files.mounts.items():
        kind = "tmpfs tmpfs" if files.memory else "/dev/vda1 ext4"
        device, system = kind.split()
        lines.append(f"{device} {path} {system} rw,relatime 0 0")
    return "".join(f"{line}\n" for line in lines)


def _cpu_max(machine: Machine) -> str:
    cores = machine.cpu.limit
    return f"{int(cores * PERIOD)} {PERIOD}\n" if cores else f"max {PERIOD}\n"


def _or_max(limit: int) -> str:
    return f"{limit // PAGE * PAGE}\n" if limit else "max\n"


def _memory_info(machine: Machine) -> str:
    free = NODE_MEMORY - machine.memory.used
    amounts = {"MemTotal": NODE_MEMORY, "MemFree": free, "MemAvailable": free, "SwapTotal": 0, "SwapFree": 0}
    return "".join(f"{name + ':':<16}{amount // KIBIBYTE:>8} kB\n" for name, amount in amounts.items())


def _command_line(machine: Machine, pid: int) -> str:
    return "".join(f"{word}\0" for word in machine.processes[pid].argv) if pid in machine.processes else ""


def _name(machine: Machine, pid: int) -> str:
    return machine.processes[pid].argv[0].rpartition("/")[2][:15] + "\n" if pid in machine.processes else ""
