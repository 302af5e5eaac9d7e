"""What probes make of the answers that they get."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Stream
from k9lite.api import kinds
from k9lite.api.object import Data
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


async def test_loopback_is_the_node_itself(
    run: Callable[..., Any], network: MemoryNetwork, client: Client, clock: ManualClock
) -> None:
    """What listens there is of the host network, and nothing of the machine that k9lite runs on."""

    async def accept(stream: Stream) -> None:
        await stream.read()
        await stream.write(b"HTTP/1.1 200 OK\r\n\r\n")

    await network.listen("127.0.0.1", 5000, accept)  # of this machine
    await network.listen("127.244.0.3", 6000, accept)  # of the node

    def probed(name: str, port: int) -> Data:
        probe = {"httpGet": {"host": "127.0.0.1", "port": port}, "periodSeconds": 1}
        return {"name": name, "image": AGNHOST, "readinessProbe": probe}

    status = await run({"containers": [probed("a", 5000), probed("b", 6000)]}, 6.0)
    assert [one["ready"] for one in status["containerStatuses"]] == [False, True]
    refused = (
        'Readiness probe failed: Get "http://127.0.0.1:5000/": dial tcp 127.0.0.1:5000: connect: connection refused'
    )
    assert refused in [one.view.message for one in (await client.list(kinds.EVENT)).items]
