"""How a resolver asks, whatever it asks."""

import pytest

from k9lite.api import dns
from k9lite.api.dns import NOBODY, Record, Reply, Resolver

CLUSTER = Resolver(("127.96.0.10",), ("a.svc", "svc"), 2)


@pytest.mark.parametrize(
    ("name", "tried"),
    [
        ("web", ["web.a.svc", "web.svc", "web"]),
        ("web.b", ["web.b.a.svc", "web.b.svc", "web.b"]),
        ("a.b.c", ["a.b.c", "a.b.c.a.svc", "a.b.c.svc"]),
        ("web.", ["web."]),
    ],
)
def test_what_is_tried(name: str, tried: list[str]) -> None:
    assert list(dns.candidates(name, CLUSTER)) == tried


def test_the_first_answer_with_records_counts() -> None:
    record = Record("web.svc", "A", "10.0.0.1")
    replies = {"web.a.svc": Reply("NOERROR"), "web.svc": Reply("NOERROR", (record,))}
    assert dns.lookup(lambda name, type: replies.get(name, NOBODY), "web", "A", CLUSTER).records == (record,)
    del replies["web.svc"]
    assert dns.lookup(lambda name, type: replies.get(name, NOBODY), "web", "A", CLUSTER) == Reply("NOERROR")
    assert dns.lookup(lambda name, type: NOBODY, "web", "A", CLUSTER) == NOBODY


def test_files() -> None:
    text = "# written by kubelet\nsearch x y\nsearch a.svc b\nnameserver 1\nnameserver 2\noptions timeout:1 ndots:5\n"
    assert dns.resolver(text) == Resolver(("1", "2"), ("a.svc", "b"), 5)
    assert dns.resolver("") == Resolver()
    hosts = "127.0.0.1 localhost # me\n10.0.0.1\tp.sub.svc p\n10.0.0.2 p\n"
    assert dns.hosts(hosts, "p") == ["10.0.0.1", "10.0.0.2"]
    assert dns.hosts(hosts, "me") == []
