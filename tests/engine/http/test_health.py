"""What probes are told."""

import pytest

from k9lite.engine.http import health


@pytest.mark.parametrize(
    ("path", "verbose", "text"),
    [
        ("/readyz", False, "ok"),
        ("/livez/ping", False, "ok"),
        ("/readyz", True, "[+]ping ok\n[+]log ok\n[+]etcd ok\nreadyz check passed\n"),
        ("/livez/nope", False, None),
        ("/healthzz", False, None),
        ("/api", False, None),
    ],
)
def test_health(path, verbose, text):
    assert health.answer(path, verbose=verbose) == text
