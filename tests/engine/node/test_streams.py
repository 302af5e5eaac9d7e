"""Logs, exec, attach and connections, with their refusals."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.tasks import TaskSet
from k9lite.api.errors import StatusError
from k9lite.client.streams import LogOptions, Process
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.streams import NodeStreams

TALK = {
    "name": "c",
    "image": "node-app:v1",
    "command": ["sh", "-c", "echo one; echo two; sleep 5; echo three; sleep 99"],
}
WEB = {
    "name": "c",
    "image": "node-app:v1",
    "env": [{"name": "COLOR", "value": "blue"}],
    "ports": [{"containerPort": 8080}],
}


@pytest.fixture
def node_streams(kubelet: Kubelet) -> NodeStreams:
    return NodeStreams({kubelet.name: kubelet})


async def lines(streams: NodeStreams, pod: str = "p", **options: Any) -> list[str]:
    return [line.text async for batch in streams.logs("default", pod, LogOptions(**options)) for line in batch]


async def output(process: Process) -> str:
    return b"".join([data async for _, data in process.output()]).decode()


async def test_logs(run: Callable[..., Any], node_streams: NodeStreams) -> None:
    await run({"containers": [TALK]})
    assert await lines(node_streams) == ["one", "two"]
    assert await lines(node_streams, tail=1) == ["two"]
    assert await lines(node_streams, limit=6) == ["one", "tw"]


async def test_following_a_log(
    run: Callable[..., Any], node_streams: NodeStreams, clock: ManualClock, tasks: TaskSet
) -> None:
    await run({"containers": [TALK]})
    seen: list[str] = []

    async def follow() -> None:
        async for batch in node_streams.logs("default", "p", LogOptions(follow=True)):
            seen.extend(line.text for line in batch)

    tasks.start(follow(), "follow")
    await settle()
    assert seen == ["one", "two"]
    await clock.advance(5)
    assert seen == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("container", "options", "message"),
    [
        (TALK, {"container": "x"}, "container x is not valid for pod p"),
        (TALK, {"previous": True}, 'previous terminated container "c" in pod "p" not found'),
        (
            {"name": "c", "image": "node-app:v9", "imagePullPolicy": "Never"},
            {},
            'container "c" in pod "p" is waiting to start: ErrImageNeverPull',
        ),
        (
            {"name": "c", "image": "nowhere:v9"},
            {},
            'container "c" in pod "p" is waiting to start: image can\'t be pulled',
        ),
    ],
)
async def test_logs_refused(
    container: dict[str, Any],
    options: dict[str, Any],
    message: str,
    run: Callable[..., Any],
    node_streams: NodeStreams,
) -> None:
    await run({"containers": [container]})
    with pytest.raises(StatusError) as refusal:
        await lines(node_streams, **options)
    assert (refusal.value.reason, refusal.value.message) == ("BadRequest", message)


async def test_previous_log(run: Callable[..., Any], node_streams: NodeStreams) -> None:
    await run({"containers": [TALK | {"command": ["sh", "-c", "echo attempt; exit 1"]}]}, 5)
    assert await lines(node_streams, previous=True) == ["attempt"]


async def test_exec(run: Callable[..., Any], node_streams: NodeStreams, clock: ManualClock) -> None:
    await run({"containers": [WEB]})
    process = await node_streams.exec("default", "p", "", ["sh", "-c", "echo $COLOR; exit 7"])
    assert await output(process) == "blue\n"
    assert await process.wait() == 7
    with pytest.raises(StatusError, match="executable file not found in \\$PATH"):
        await node_streams.exec("default", "p", "", ["nope"])


async def test_a_shell_on_a_terminal(run: Callable[..., Any], node_streams: NodeStreams, clock: ManualClock) -> None:
    await run({"containers": [WEB]})
    process = await node_streams.exec("default", "p", "c", ["sh"], stdin=True, tty=True)
    for typed in (b"echo ho\x7fi\r", b"sleep 99\r", b"\x03", b"exit 3\r"):
        await clock.advance(1)
        await process.stdin.write(typed)
    await clock.advance(1)
    assert await output(process) == ("/ # echo ho\b \bi\r\nhi\r\n/ # sleep 99\r\n^C\r\n/ # exit 3\r\n")
    assert await process.wait() == 3


async def test_exec_refused_where_nothing_runs(run: Callable[..., Any], node_streams: NodeStreams) -> None:
    await run({"containers": [{"name": "c", "image": "node-app:v9", "imagePullPolicy": "Never"}]})
    with pytest.raises(StatusError, match='container not found \\("c"\\)'):
        await node_streams.exec("default", "p", "", ["true"])


async def test_a_connection_reaches_the_application(run: Callable[..., Any], node_streams: NodeStreams) -> None:
    await run({"containers": [WEB]})
    stream = await node_streams.connect("default", "p", 8080)
    await stream.write(b"GET / HTTP/1.0\r\n\r\n")
    assert b"Hello World: " in await stream.read()
    await stream.close()
    with pytest.raises(ConnectionRefusedError):
        await node_streams.connect("default", "p", 81)
    assert (await node_streams.usage("default", "p"))["c"].memory > 0


async def test_pods_that_are_not_there_are_not_found(run: Callable[..., Any], node_streams: NodeStreams) -> None:
    await run({"containers": [WEB]})
    with pytest.raises(StatusError, match='pods "nobody" not found') as refused:
        await lines(node_streams, "nobody")
    assert refused.value.reason == "NotFound"
