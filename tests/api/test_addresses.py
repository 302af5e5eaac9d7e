"""Which addresses mean the machine itself, and which are those of clusters."""

import pytest

from k9lite.api.addresses import is_loopback


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.0.0.53", True),
        ("127.95.0.1", True),
        ("127.160.0.1", True),
        ("127.180.9.9", True),
        ("127.245.0.1", True),
        ("0.0.0.0", True),
        ("::1", True),
        ("::", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("a.localhost", True),
        ("127.96.0.1", False),
        ("127.159.255.1", False),
        ("127.181.0.1", False),
        ("127.244.3.4", False),
        ("10.0.0.1", False),
        ("2001:db8::1", False),
        ("localhost.example", False),
        ("web", False),
    ],
)
def test_loopback(address: str, own: bool) -> None:
    assert is_loopback(address) is own
