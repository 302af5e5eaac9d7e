"""What probes make of the answers that they get."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.client.protocol import Client

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53"
UNHEALTHY = ("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500")
ELSEWHERE = (
    "ProbeWarning",
    'Liveness probe warning: Probe terminated redirects, Response body: <a href="http://0.0.0.0/">Found</a>.\n\n',
)


@pytest.mark.parametrize(
    ("path", "restarts", "told"),
    [
        ("/healthz", 1, UNHEALTHY),
        ("/redirect?loc=%2Fhealthz", 1, UNHEALTHY),  # of the same host: followed
        ("/redirect?loc=http%3A%2F%2F0.0.0.0%2F", 0, ELSEWHERE),
        ("/redirect?loc=%2Fredirect%3Floc%3D%252Fhealthz", 1, UNHEALTHY),
    ],
)
async def test_redirections(
    path: str, restarts: int, told: tuple[str, str], run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    """The server is well for ten seconds."""
    probe = {"httpGet": {"path": path, "port": 8080}, "initialDelaySeconds": 3, "periodSeconds": 4}
    liveness = probe | {"failureThreshold": 1}
    container = {"name": "c", "image": AGNHOST, "args": ["liveness"], "livenessProbe": liveness}
    status = await run({"terminationGracePeriodSeconds": 1, "containers": [container]}, 19.0)
    assert status["containerStatuses"][0]["restartCount"] == restarts
    events = (await client.list(kinds.EVENT)).items
    assert told in [(one.view.reason, one.view.message) for one in events]
