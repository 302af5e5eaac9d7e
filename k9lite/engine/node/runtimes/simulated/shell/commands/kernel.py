"""Commands that ask the kernel: file systems, memory, settings, interfaces."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.files import MOST_BYTES, NoFile
from k9lite.engine.node.runtimes.simulated.kernel_files import NODE_MEMORY, mounts
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options

SETTINGS = "/proc/sys"


async def mount(process: Process) -> int:
    """What is mounted, with -t of one type. Nothing else can be: that takes a privilege which containers have not."""
    given = options.read(process.argv, "to")
    if given.rest:
        await process.complain(f"mount: permission denied (are you root?): {given.rest[-1]}")
        return 1
    for line in mounts(process.machine).splitlines():
        device, path, kind, flags, *_ = line.split()
        if given.values.get("t", kind) == kind:
            await process.say(f"{device} on {path} type {kind} ({flags})\n")
    return 0


async def sysctl(process: Process) -> int:
    given, files = options.read(process.argv), process.machine.files
    names = given.rest
    if given.flags & {"a", "A"}:
        names = [path.removeprefix(f"{SETTINGS}/").replace("/", ".") for path in files.below(SETTINGS)]
    for name in names:
        name, equals, value = name.partition("=")
        path = f"{SETTINGS}/{name.replace('.', '/')}"
        try:
            if equals:
                files.write(path, value.encode())
            shown = files.read(path).decode().strip()
        except NoFile as error:
            verb = "setting" if equals else "reading"
            problem = "Read-only file system" if equals and files.is_file(path) else error.problem
            await process.complain(f"sysctl: error {verb} key '{name}': {problem}")
            return 1
        await process.say(f"{shown}\n" if given.flags & {"n", "b"} else f"{name} = {shown}\n")
    return 0


async def ip(process: Process) -> int:
    """ip addr and ip route, of one interface and the way out of the pod."""
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    address = process.machine.address
    gateway = address.rpartition(".")[0] + ".1"
    what = words[0] if words else ""
    if "address".startswith(what) and what:
        await process.say(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n"
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n"
            "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n"
            f"    link/ether {_hardware(address)} brd ff:ff:ff:ff:ff:ff\n    inet {address}/24 scope global eth0\n"
        )
        return 0
    if "route".startswith(what) and what:
        await process.say(f"default via {gateway} dev eth0\n{gateway.rpartition('.')[0]}.0/24 dev eth0 src {address}\n")
        return 0
    if "link".startswith(what) and what:
        await process.say(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n"
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
            "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n"
            f"    link/ether {_hardware(address)} brd ff:ff:ff:ff:ff:ff\n"
        )
        return 0
    await process.complain("Usage: ip address | link | route")
    return 1


def _hardware(address: str) -> str:
    return "0a:58:" + ":".join(f"{int(part):02x}" for part in address.split("."))


async def ifconfig(process: Process) -> int:
    await process.say(
        f"eth0      Link encap:Ethernet  HWaddr {_hardware(process.machine.address).upper()}\n"
        f"          inet addr:{process.machine.address}  Mask:255.255.255.0\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n"
        "lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
    )
    return 0


async def free(process: Process) -> int:
    flags = options.read(process.argv).flags
    unit = 1024**2 if "m" in flags else 1024**3 if "g" in flags else 1024
    used = process.machine.memory.used
    cells = [amount // unit for amount in (NODE_MEMORY, used, NODE_MEMORY - used, 0, 0, NODE_MEMORY - used)]
    heads = ("total", "used", "free", "shared", "buff/cache", "available")
    await process.say(f"{'':8}" + "".join(f"{head:>12}" for head in heads) + "\n")
    await process.say("Mem:    " + "".join(f"{cell:>12}" for cell in cells) + "\n")
    await process.say("Swap:   " + "".join(f"{0:>12}" for _ in range(3)) + "\n")
    return 0


async def df(process: Process) -> int:
    given = options.read(process.argv)
    human = "h" in given.flags
    await process.say(
        "Filesystem                Size      Used Available Use% Mounted on\n"
        if human
        else "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
    )
    files = process.machine.files
    rows = [("overlay", files.size, MOST_BYTES, "/")]
    rows += [
        ("tmpfs" if part.memory else "/dev/vda1", sum(map(len, part.values())), MOST_BYTES, path)
        for path, part in files.mounts.items()
    ]
    for device, used, total, path in rows:
        cells = [_amount(amount, human) for amount in (total, used, total - used)]
        await process.say(f"{device:<20} {cells[0]:>9} {cells[1]:>9} {cells[2]:>9} {100 * used // total:>3}% {path}\n")
    return 0


def _amount(size: int, human: bool) -> str:
    return f"{size / 1024**2:.1f}M" if human else str(size // 1024)


async def uptime(process: Process) -> int:
    minutes = int(process.machine.clock.now() - process.machine.started) // 60
    await process.say(f" up {minutes} min,  0 users,  load average: 0.00, 0.00, 0.00\n")
    return 0


COMMANDS: Mapping[str, Program] = {
    "df": df,
    "free": free,
    "ifconfig": ifconfig,
    "ip": ip,
    "mount": mount,
    "sysctl": sysctl,
    "uptime": uptime,
}
