"""Commands that look names up."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.files import NoFile
from k9lite.engine.node.runtimes.simulated.process import Process, Program

SECONDS_TO_LIVE = 30  # of CoreDNS' answers
TYPES = {"A", "AAAA", "SRV", "TXT", "CNAME", "PTR", "MX", "NS", "ANY"}


async def dig(process: Process) -> int:
    """+short for addresses alone, +search for names that need the domains of /etc/resolv.conf."""
    words = process.argv[1:]
    flags = {word.lower() for word in words if word.startswith("+")}
    server = next((word[1:] for word in words if word.startswith("@")), _name_server(process))
    names = [word for word in words if not word.startswith(("+", "@", "-")) and word.upper() not in TYPES]
    kind = next((word.upper() for word in words if word.upper() in TYPES), "A")
    name = names[0] if names else "."
    full = name.endswith(".") or name.count(".") > 1 or bool(flags & {"+search"})
    addresses = process.machine.addresses(name.rstrip(".")) if full and kind in ("A", "ANY") else []
    if "+short" in flags:
        await process.say("".join(f"{address}\n" for address in addresses))
        return 0
    question = name.rstrip(".") + "."
    answers = [f"{question}\t\t{SECONDS_TO_LIVE}\tIN\tA\t{address}\n" for address in addresses]
    if "+noall" in flags:
        await process.say("".join(answers))
        return 0
    status = "NOERROR" if addresses or kind not in ("A", "ANY") else "NXDOMAIN"
    section = "\n;; ANSWER SECTION:\n" + "".join(answers) if answers else ""
    await process.say(
        f"\n; <<>> DiG 9.18 <<>> {' '.join(words)}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {process.pid}\n"
        f";; flags: qr aa rd; QUERY: 1, ANSWER: {len(answers)}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        f";; QUESTION SECTION:\n;{question}\t\t\tIN\t{kind}\n{section}\n"
        f";; Query time: 0 msec\n;; SERVER: {server}#53({server})\n\n"
    )
    return 0


async def nslookup(process: Process) -> int:
    names = [word for word in process.argv[1:] if not word.startswith("-")]
    name = names[0] if names else ""
    addresses, server = process.machine.addresses(name.rstrip(".")), _name_server(process)
    if server:
        await process.say(f"Server:\t\t{server}\nAddress:\t{server}:53\n\n")
    if not addresses:
        await process.say(f"** server can't find {name}: NXDOMAIN\n\n")
        return 1
    await process.say("".join(f"Name:\t{name}\nAddress: {address}\n" for address in addresses) + "\n")
    return 0


async def host(process: Process) -> int:
    name = process.argv[1] if len(process.argv) > 1 else ""
    addresses = process.machine.addresses(name.rstrip("."))
    if not addresses:
        await process.say(f"Host {name} not found: 3(NXDOMAIN)\n")
        return 1
    await process.say("".join(f"{name} has address {address}\n" for address in addresses))
    return 0


async def getent(process: Process) -> int:
    """getent hosts NAME, getent passwd NAME"""
    words = process.argv[1:]
    if words[:1] in (["hosts"], ["ahosts"], ["ahostsv4"]) and len(words) > 1:
        addresses = process.machine.addresses(words[1])
        await process.say("".join(f"{address:<16}{words[1]}\n" for address in addresses))
        return 0 if addresses else 2
    if words[:1] in (["passwd"], ["group"]):
        lines = process.machine.files.read(f"/etc/{words[0]}").decode(errors="replace").splitlines()
        found = [line for line in lines if len(words) < 2 or words[1] in line.split(":")[:3:2]]
        await process.say("".join(f"{line}\n" for line in found))
        return 0 if found else 2
    return 1


def _name_server(process: Process) -> str:
    """The first that /etc/resolv.conf names."""
    try:
        lines = process.machine.files.read("/etc/resolv.conf").decode(errors="replace").splitlines()
    except NoFile:
        return ""
    return next((words[1] for words in map(str.split, lines) if words[:1] == ["nameserver"] and len(words) > 1), "")


COMMANDS: Mapping[str, Program] = {"dig": dig, "getent": getent, "host": host, "nslookup": nslookup}
