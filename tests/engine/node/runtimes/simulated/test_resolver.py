"""Commands that ask the name server: what they print of each kind of record."""

import pytest
from shell_container import Container

from k9lite.api.dns import NOBODY, Record, Reply, Type

DOMAIN = "default.svc.cluster.local"
WEB = f"web.{DOMAIN}"
RECORDS: dict[tuple[str, str], tuple[Record, ...]] = {
    (WEB, "A"): (Record(WEB, "A", "127.96.0.7"),),
    (WEB, "SRV"): (Record(WEB, "SRV", f"0 100 80 {WEB}."),),
    ("7.0.96.127.in-addr.arpa", "PTR"): (Record("7.0.96.127.in-addr.arpa", "PTR", f"{WEB}."),),
    (f"docs.{DOMAIN}", "CNAME"): (Record(f"docs.{DOMAIN}", "CNAME", "example.com."),),
}


def resolve(name: str, type: Type) -> Reply:
    name = name.rstrip(".")
    if records := RECORDS.get((name, type)):
        return Reply("NOERROR", records)
    return Reply("NOERROR") if name in {existing for existing, _ in RECORDS} else NOBODY


@pytest.fixture
def resolving(container: Container) -> Container:
    container.machine.resolve = resolve
    container.machine.files.write(
        "/etc/resolv.conf", f"search {DOMAIN} svc.cluster.local\nnameserver 127.96.0.10\noptions ndots:5\n".encode()
    )
    return container


@pytest.mark.parametrize(
    ("script", "output", "code"),
    [
        ("dig +notcp +noall +answer +search web A", f"{WEB}. 30 IN\tA\t127.96.0.7\n", 0),
        ("dig +noall +answer web", "", 0),
        (f"dig +short {WEB}; dig +short SRV {WEB}", f"127.96.0.7\n0 100 80 {WEB}.\n", 0),
        (f"dig +short {WEB} A -t SRV {WEB}", f"127.96.0.7\n0 100 80 {WEB}.\n", 0),
        ("dig +short -x 127.96.0.7", f"{WEB}.\n", 0),
        (f"dig {WEB} AAAA | grep -o 'status: [A-Z]*, \\|ANSWER: .'", "status: NOERROR, \nANSWER: 0\n", 0),
        (f"dig docs.{DOMAIN} CNAME +noall +answer", f"docs.{DOMAIN}. 30 IN\tCNAME\texample.com.\n", 0),
        ("dig +noall +question short.io", ";short.io.\t\t\tIN\tA\n\n", 0),
        (
            "nslookup web",
            f"Server:\t\t127.96.0.10\nAddress:\t127.96.0.10:53\n\nName:\t{WEB}\nAddress: 127.96.0.7\n\n",
            0,
        ),
        ("nslookup -type=srv web | tail -n 2", f"{WEB}\tservice = 0 100 80 {WEB}\n\n", 0),
        ("nslookup 127.96.0.7 | tail -n 2", f"7.0.96.127.in-addr.arpa\tname = {WEB}\n\n", 0),
        ("nslookup nobody | tail -n 2; nslookup nobody > /dev/null", "** server can't find nobody: NXDOMAIN\n\n", 1),
        ("nslookup -type=aaaa web | tail -n 2", "*** Can't find web: No answer\n\n", 0),
        (
            "host web; host 127.96.0.7",
            f"{WEB} has address 127.96.0.7\n7.0.96.127.in-addr.arpa domain name pointer {WEB}.\n",
            0,
        ),
        ("host nobody", "Host nobody not found: 3(NXDOMAIN)\n", 1),
        ("getent hosts web; getent hosts nobody", "127.96.0.7      web\n", 2),
    ],
)
async def test_names(script: str, output: str, code: int, resolving: Container) -> None:
    assert await resolving.run(script) == (output, code)
