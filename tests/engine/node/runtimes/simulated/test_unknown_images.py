"""Images that nobody knows hold what a manifest starts; where the contents are known, what is missing is missing."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.protocol import Client
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue
from k9lite.engine.node.runtimes.simulated.unknown_programs import last_commands

UNKNOWN, KNOWN = "quay.io/somebody/something:v1", "nginx"
PLAIN_SERVER = 'Readiness probe failed: Get "https://127.244.1.2:80/": http: server gave HTTP response to HTTPS client'


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue("any")


def container(image: str = UNKNOWN, **fields: Any) -> Data:
    return {"name": "c", "image": image, **fields}


def ready(**action: Any) -> Data:
    return {"readinessProbe": {"periodSeconds": 1, **action}}


@pytest.mark.parametrize(
    "fields",
    [
        {"command": ["/manager"], "args": ["--leader-elect"]},
        {"command": ["/manager"], **ready(httpGet={"port": 8081, "path": "/readyz"})},
        {"command": ["/manager"], **ready(httpGet={"port": 9443, "scheme": "HTTPS"})},
        {"ports": [{"name": "https", "containerPort": 8443}], **ready(httpGet={"port": "https", "scheme": "HTTPS"})},
        {"command": ["server"], **ready(tcpSocket={"port": 5555})},
        {"command": ["server"], **ready(grpc={"port": 9000})},
        {"command": ["server"], **ready(grpc={"port": 9000, "service": "liveness"})},
        {"command": ["server"], **ready(exec={"command": ["/bin/grpc_health_probe", "-addr=:1"]})},
        {"command": ["sh", "-c", "migrate up && exec /app/server"], **ready(tcpSocket={"port": 80})},
        {"command": ["bash", "-c", "setup; /app/server --port 80"], **ready(tcpSocket={"port": 80})},
    ],
)
async def test_what_a_manifest_starts_runs_and_answers(run: Callable[..., Any], fields: Data) -> None:
    status = await run({"containers": [container(**fields)]}, 12.0)
    assert status["containerStatuses"][0]["ready"], status["containerStatuses"][0]


async def test_what_is_to_end_ends(run: Callable[..., Any]) -> None:
    before = {**container(command=["/migrate"]), "name": "before"}
    spec = {"initContainers": [before], "containers": [container(command=["/job"])], "restartPolicy": "Never"}
    status = await run(spec, 15.0)
    assert status["phase"] == "Succeeded"


async def test_a_known_image_holds_no_more_than_it_does(run: Callable[..., Any]) -> None:
    status = await run({"containers": [container(KNOWN, command=["/manager"])]}, 6.0)
    last = status["containerStatuses"][0]
    reason = last["state"].get("terminated", last.get("lastState", {}).get("terminated"))
    assert reason["reason"] == "StartError"
    assert 'exec: "/manager": stat /manager: no such file or directory' in reason["message"]


async def test_a_known_server_speaks_no_tls_where_it_does_not(run: Callable[..., Any], client: Client) -> None:
    probe = ready(httpGet={"port": 80, "scheme": "HTTPS"})
    status = await run({"containers": [container(KNOWN, **probe)]}, 6.0)
    assert not status["containerStatuses"][0]["ready"]
    assert PLAIN_SERVER in [one.view.message for one in (await client.list(kinds.EVENT)).items]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("/app/server", ["/app/server"]),
        ("set -e\ncd /x\nexec /app/run --a=b 2>&1\n", ["/app/run"]),
        ("A=1 B='x y' gunicorn app", ["gunicorn"]),
        ("start; serve | tee /log", ["serve", "tee"]),
        ("exec", []),
        ("", []),
        ("java \\\n  -jar app.jar # the application", ["java"]),
        ("echo 'unclosed", ["echo"]),
    ],
)
def test_what_a_script_ends_with(script: str, names: list[str]) -> None:
    assert last_commands(script) == names
