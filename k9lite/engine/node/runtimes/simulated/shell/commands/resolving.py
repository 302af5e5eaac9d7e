"""Commands that ask the name server of the pod: nslookup, host, getent."""

from collections.abc import Mapping

from k9lite.api import dns
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands.dig import dig

TYPES: Mapping[str, dns.Type] = {"a": "A", "aaaa": "AAAA", "cname": "CNAME", "srv": "SRV", "ptr": "PTR"}
PHRASES: Mapping[dns.Type, str] = {
    "A": "has address",
    "AAAA": "has IPv6 address",
    "CNAME": "is an alias for",
    "SRV": "has SRV record",
    "PTR": "domain name pointer",
}


async def nslookup(process: Process) -> int:
    """nslookup [-type=TYPE] NAME or ADDRESS [SERVER]; 1 when the name is unknown."""
    words = process.argv[1:]
    names = [word for word in words if not word.startswith("-")]
    options = [word.partition("=") for word in words if word.startswith("-")]
    named = [value.lower() for option, _, value in options if option in ("-type", "-query", "-q", "-querytype")]
    name = names[0] if names else ""
    type = TYPES.get(named[-1], "A") if named else "A"
    server = next(iter(process.machine.resolver().servers), "")
    if server:
        await process.say(f"Server:\t\t{server}\nAddress:\t{server}:53\n\n")
    if _is_address(name):
        name, type = dns.pointer(name), "PTR"
    records = _records(process, name, type)
    if not records:
        existing = process.machine.lookup(name, type).status == "NOERROR"
        await process.say(
            f"*** Can't find {name}: No answer\n\n" if existing else f"** server can't find {name}: NXDOMAIN\n\n"
        )
        return 1
    await process.say("".join(map(_nslookup_line, records)) + "\n")
    return 0


def _records(process: Process, name: str, type: dns.Type) -> list[dns.Record]:
    """Records of the answer, under the complete name; addresses that DNS does not have come from /etc/hosts."""
    records = list(process.machine.lookup(name, type).records)
    if records or type != "A":
        return records
    return [dns.Record(name, "A", address) for address in process.machine.addresses(name.rstrip("."))]


def _nslookup_line(record: dns.Record) -> str:
    match record.type:
        case "A" | "AAAA":
            return f"Name:\t{record.name}\nAddress: {record.data}\n"
        case "CNAME":
            return f"{record.name}\tcanonical name = {record.data.rstrip('.')}\n"
        case "SRV":
            return f"{record.name}\tservice = {record.data.rstrip('.')}\n"
        case _:
            return f"{record.name}\tname = {record.data.rstrip('.')}\n"


async def host(process: Process) -> int:
    """host [-t TYPE] NAME or ADDRESS; 1 when the name is unknown."""
    words = process.argv[1:]
    type: dns.Type = "A"
    if words[:1] == ["-t"] and len(words) > 2:
        type, words = TYPES.get(words[1].lower(), "A"), words[2:]
    name = words[0] if words else ""
    if _is_address(name):
        name, type = dns.pointer(name), "PTR"
    records = _records(process, name, type)
    if not records:
        existing = process.machine.lookup(name, type).status == "NOERROR"
        await process.say(f"{name} has no {type} record\n" if existing else f"Host {name} not found: 3(NXDOMAIN)\n")
        return 0 if existing else 1
    await process.say("".join(f"{record.name} {PHRASES[record.type]} {record.data}\n" for record in records))
    return 0


async def getent(process: Process) -> int:
    """getent hosts NAME, getent passwd NAME; 2 when nothing matches."""
    words = process.argv[1:]
    if words[:1] in (["hosts"], ["ahosts"], ["ahostsv4"]) and len(words) > 1:
        addresses = process.machine.addresses(words[1])
        await process.say("".join(f"{address:<16}{words[1]}\n" for address in addresses))
        return 0 if addresses else 2
    if words[:1] in (["passwd"], ["group"]):
        lines = process.machine.files.read(f"/etc/{words[0]}").decode(errors="replace").splitlines()
        matches = [line for line in lines if len(words) < 2 or words[1] in line.split(":")[:3:2]]
        await process.say("".join(f"{line}\n" for line in matches))
        return 0 if matches else 2
    return 1


def _is_address(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 4 and all(part.isdigit() for part in parts)


COMMANDS: Mapping[str, Program] = {"dig": dig, "getent": getent, "host": host, "nslookup": nslookup}
