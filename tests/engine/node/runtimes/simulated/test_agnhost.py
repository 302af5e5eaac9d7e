"""The test image of Kubernetes, as far as it is simulated."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.network import Stream
from k9lite.aio.tasks import TaskSet
from k9lite.api.object import Data
from k9lite.client.streams import LogOptions
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.streams import NodeStreams

IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53"
VOLUME = {"mountPath": "/test-volume", "name": "v"}


def container(*args: str, **fields: Any) -> Data:
    return {"name": "c", "image": IMAGE, "args": list(args), **fields}


async def log(kubelet: Kubelet) -> str:
    streams = NodeStreams({kubelet.name: kubelet})
    return "".join([f"{line.text}\n" async for batch in streams.logs("default", "p", LogOptions()) for line in batch])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["entrypoint-tester", "a", "b"], "[/agnhost entrypoint-tester a b]\n"),
        (
            ["mounttest", "--new_file_0666=/test-volume/f", "--file_mode=/test-volume/f"],
            'content of file "/test-volume/f": mount-tester new file\n\nmode of file "/test-volume/f": -rw-rw-rw-\n',
        ),
        (
            ["mounttest", "--fs_type=/test-volume", "--file_perm=/test-volume"],
            'mount type of "/test-volume": tmpfs\nperms of file "/test-volume": -rwxrwxrwx\n',
        ),
        (
            ["mounttest", "--new_file_0644=/test-volume/f", "--file_content", "/test-volume/f"],
            'content of file "/test-volume/f": mount-tester new file\n\n' * 2,
        ),
        (
            ["mounttest", "--file_content=/none"],
            'error reading file content for "/none": open /none: no such file or directory\n',
        ),
        (["dns-suffix"], "default.svc.cluster.local,svc.cluster.local,cluster.local\n"),
        (["dance"], 'Error: unknown command "dance" for "app"\nRun \'app --help\' for usage.\n'),
        (["connect", "nobody:80"], "DNS: lookup nobody: no such host\n"),
    ],
)
async def test_what_it_says(run: Callable[..., Any], kubelet: Kubelet, arguments: list[str], told: str) -> None:
    volumes = [{"name": "v", "emptyDir": {"medium": "Memory"}}]
    one = container(*arguments, volumeMounts=[VOLUME])
    await run({"containers": [one], "volumes": volumes, "restartPolicy": "Never"}, 8)
    assert await log(kubelet) == told


async def test_the_log_generator_ends_with_its_lines(run: Callable[..., Any], kubelet: Kubelet) -> None:
    one = container("logs-generator", "--log-lines-total", "5", "--run-duration", "5s")
    status = await run({"containers": [one], "restartPolicy": "Never"}, 20)
    assert status["phase"] == "Succeeded"
    assert len((await log(kubelet)).splitlines()) == 5


async def get(network: MemoryNetwork, tasks: TaskSet, address: str, port: int, path: str) -> str:
    answers: list[bytes] = []

    async def ask() -> None:
        stream: Stream = await network.connect(address, port)
        await stream.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        while chunk := await stream.read():
            answers.append(chunk)
        await stream.close()

    tasks.start(ask(), "ask")
    await settle()
    head, _, body = b"".join(answers).decode().partition("\r\n\r\n")
    return f"{head.split(' ')[1]} {body}"


@pytest.mark.parametrize(
    ("arguments", "port", "path", "told"),
    [
        (["netexec"], 8080, "/hostname", "200 p"),
        (["netexec", "--http-port=80"], 80, "/echo?msg=hi&code=404", "404 hi"),
        (["netexec"], 8080, "/healthz", "200 "),
        (["netexec"], 8080, "/nope", "404 404 page not found\n"),
        (["netexec"], 8080, "/shell?cmd=echo+a", '200 {"output":"a\\n"}'),
        (["netexec"], 8080, "/shell?cmd=exit+3", '200 {"error":"exit status 3"}'),
        (
            ["netexec"],
            8080,
            "/dial?host=localhost&port=8080&request=hostname&tries=2",
            '200 {"responses":["p","p"]}',
        ),
        (["netexec"], 8080, "/dial?host=localhost&port=1&request=a", '200 {"errors":["Connection refused"]}'),
        (["serve-hostname"], 9376, "/", "200 p"),
        (["liveness"], 8080, "/healthz", "200 ok"),
        (["test-webserver"], 80, "/etc/hostname", "200 p\n"),
        (["test-webserver"], 80, "/x", "404 404 page not found\n"),
        (
            ["netexec"],
            8080,
            "/dial?host=localhost&port=8081&request=echo%20a&protocol=udp&tries=2",
            '200 {"responses":["a","a"]}',
        ),
        (["netexec"], 8080, "/dial?host=a&port=1", "400 request parameter not specified. <nil>\n"),
        (["netexec", "--http-override=/echo?msg=x"], 8080, "/y", "200 x"),
        (["porter"], 1234, "/", "200 ported"),
        (["porter", "--json-response"], 1234, "/", '200 {"Method":"GET","Body":"ported"}'),
        (["guestbook"], 80, "/set?key=a&value=b", '200 {"message":"Updated"}'),
        (["guestbook"], 80, "/get", '200 {"data":{}}'),
        (["guestbook"], 80, "/guestbook?cmd=put", "400 unsupported cmd: 'put'\n"),
        (["guestbook", "--http-port=90"], 90, "/set", "400 cannot set with empty key.\n"),
    ],
)
async def test_what_it_serves(
    run: Callable[..., Any],
    network: MemoryNetwork,
    tasks: TaskSet,
    arguments: list[str],
    port: int,
    path: str,
    told: str,
) -> None:
    one = container(*arguments, env=[{"name": "SERVE_PORT_1234", "value": "ported"}])
    status = await run({"containers": [one]}, 5)
    assert await get(network, tasks, status["podIP"], port, path) == told


async def test_liveness_turns_bad_and_exit_ends(
    run: Callable[..., Any], network: MemoryNetwork, tasks: TaskSet, clock: ManualClock
) -> None:
    status = await run({"containers": [container("liveness")]}, 20)
    assert (await get(network, tasks, status["podIP"], 8080, "/healthz")).startswith("500 error: ")
