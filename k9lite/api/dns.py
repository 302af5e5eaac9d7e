"""Names as DNS knows them: questions, answers, and how a pod's resolver asks them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

Type = Literal["A", "AAAA", "CNAME", "SRV", "PTR"]
Status = Literal["NOERROR", "NXDOMAIN"]
TTL_SECONDS = 30  # as clusters of kubeadm have it
DEFAULT_DOTS = 1  # of a resolver whose configuration says nothing


class Record(NamedTuple):
    """`name` is absolute, without its last dot; `data` as `dig` prints it, so that names in it end with a dot."""

    name: str
    type: Type
    data: str


class Reply(NamedTuple):
    """NOERROR without records: there is the name, but nothing of that type."""

    status: Status
    records: tuple[Record, ...] = ()

    @property
    def addresses(self) -> list[str]:
        return [record.data for record in self.records if record.type in ("A", "AAAA")]


NOBODY = Reply("NXDOMAIN")

Ask = Callable[[str, Type], Reply]  # (an absolute name, with or without its last dot, the type of record)


class Resolver(NamedTuple):
    """What /etc/resolv.conf says."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    dots: int = DEFAULT_DOTS


def resolver(text: str) -> Resolver:
    """The resolver that a resolv.conf describes.

    >>> resolver("nameserver 127.96.0.10\\nsearch a.svc b\\noptions ndots:5")
    Resolver(servers=('127.96.0.10',), search=('a.svc', 'b'), dots=5)
    """
    servers: list[str] = []
    search: tuple[str, ...] = ()
    dots = DEFAULT_DOTS
    for word, *values in filter(None, map(str.split, text.splitlines())):
        if word == "nameserver":
            servers += values[:1]
        elif word == "search":
            search = tuple(values)
        elif word == "options":
            numbers = [value.removeprefix("ndots:") for value in values if value.startswith("ndots:")]
            dots = next((int(number) for number in numbers if number.isdigit()), dots)
    return Resolver(tuple(servers), search, dots)


def candidates(name: str, resolver: Resolver) -> Iterator[str]:
    """The absolute names that are tried for `name`, in order: with few dots in it, itself comes last."""
    if name.endswith("."):
        yield name
        return
    if name.count(".") >= resolver.dots:
        yield name
    for suffix in resolver.search:
        yield f"{name}.{suffix}"
    if name.count(".") < resolver.dots:
        yield name


def lookup(ask: Ask, name: str, type: Type, resolver: Resolver) -> Reply:
    """The first answer that has records, as libc takes it; else the best that was said about the name."""
    replies = []
    for candidate in candidates(name, resolver):
        reply = ask(candidate, type)
        if reply.records:
            return reply
        replies.append(reply)
    return next((one for one in replies if one.status == "NOERROR"), NOBODY)


def hosts(text: str, name: str) -> list[str]:
    """The addresses that /etc/hosts has for a name."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [words[0] for words in lines if name in words[1:]]


def pointer(address: str) -> str:
    """The name at which DNS keeps the name of an IPv4 address.

    >>> pointer("10.1.2.3")
    '3.2.1.10.in-addr.arpa'
    """
    return ".".join([*reversed(address.split(".")), "in-addr", "arpa"])


def of_pointer(labels: Sequence[str]) -> str:
    """The address that a pointer's labels, without `in-addr.arpa`, stand for."""
    return ".".join(reversed(labels))
