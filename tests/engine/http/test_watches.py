"""Watches: nothing missed, nothing twice, whoever else is slow or gone."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from yarl import URL

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.client.protocol import PatchType
from k9lite.engine.http import answers

FOLLOWER = Path(__file__).parent / "follower.py"
CAUSE = Cause("tester", "test")
CHANGES, OBJECTS = 10_000, 100
PATH = "/api/v1/namespaces/default/configmaps"
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}


async def lines(response, count):
    return [json.loads(await response.content.readline()) for _ in range(count)]


async def test_a_follower_that_loses_its_connection_at_random_sees_every_change_once(client, endpoint):
    for number in range(OBJECTS):
        body = {"metadata": {"name": f"m{number}"}, "data": {"n": "0"}}
        await client.create(kinds.CONFIG_MAP, body, "default", cause=CAUSE)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(FOLLOWER),
        endpoint.url,
        endpoint.token,
        endpoint.authority,
        "seed",
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert await process.stdout.readline() == b"ready\n"
    for number in range(CHANGES):
        patch = {"data": {"n": str(number + 1)}}
        await client.patch(kinds.CONFIG_MAP, f"m{number % OBJECTS}", patch, PatchType.MERGE, "default", cause=CAUSE)
        if number % 10 == 0:
            await asyncio.sleep(0.001)
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "end"}, "data": {"n": "0"}}, "default", cause=CAUSE)
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    connections, seen = json.loads(output)
    assert connections > 10
    for number in range(OBJECTS):
        numbers = [int(text) for text in seen[f"m{number}"]]
        written = [0, *range(number + 1, CHANGES + 1, OBJECTS)]
        # It may have listed when some changes had been made; from then on it sees all of them.
        assert numbers == written[written.index(numbers[0]) :]


async def test_one_change_reaches_hundreds_of_watchers(client, http):
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "m"}, "data": {}}, "default", cause=CAUSE)
    query = {"watch": "1", "fieldSelector": "metadata.name=m"}
    async with asyncio.TaskGroup() as opening:
        tasks = [opening.create_task(http.get(PATH, params=query)) for _ in range(300)]
    responses = [task.result() for task in tasks]
    for response in responses:
        assert [event["type"] for event in await lines(response, 1)] == ["ADDED"]
    await client.patch(kinds.CONFIG_MAP, "m", {"data": {"a": "b"}}, PatchType.MERGE, "default", cause=CAUSE)
    for response in responses:
        [event] = await lines(response, 1)
        assert (event["type"], event["object"]["data"]) == ("MODIFIED", {"a": "b"})
        response.close()


async def test_a_client_that_reads_nothing_is_cut_off(client, endpoint, http, monkeypatch):
    cut_off, send = asyncio.Event(), answers.chunk

    async def chunk(request, data):
        try:
            await send(request, data)
        except ConnectionResetError:
            cut_off.set()
            raise

    monkeypatch.setattr(answers, "STALLED", 0.2)
    monkeypatch.setattr(answers, "chunk", chunk)
    url = URL(endpoint.url)
    reader, writer = await asyncio.open_connection(url.host, url.port, ssl=endpoint.tls(), limit=1024)
    head = f"GET {PATH}?watch=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {endpoint.token}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.pause_reading()
    for number in range(40):
        body = {"metadata": {"name": f"m{number}"}, "data": {"a": "x" * 500_000}}
        await client.create(kinds.CONFIG_MAP, body, "default", cause=CAUSE)
    async with asyncio.timeout(60):
        await cut_off.wait()
    writer.transport.resume_reading()
    received = 0
    with suppress(ConnectionError):
        while piece := await reader.read(2**20):
            received += len(piece)
    assert received < 40 * 500_000
    writer.transport.abort()
    async with http.get("/readyz") as response:
        assert response.status == 200


async def test_initial_events_end_with_a_bookmark(client, http):
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "m"}}, "default", cause=CAUSE)
    query = {
        "watch": "true",
        "sendInitialEvents": "true",
        "allowWatchBookmarks": "true",
        "resourceVersionMatch": "NotOlderThan",
        "fieldSelector": "metadata.name=m",
    }
    async with http.get(PATH, params=query) as response:
        added, bookmark = await lines(response, 2)
    assert added["type"] == "ADDED"
    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_a_watch_of_tables(client, http):
    query = {"watch": "true", "resourceVersion": str((await client.list(kinds.CONFIG_MAP)).revision)}
    async with http.get(PATH, params=query, headers=TABLE) as response:
        await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "m"}}, "default", cause=CAUSE)
        [event] = await lines(response, 1)
    assert event["object"]["kind"] == "Table"
    assert event["object"]["rows"][0]["cells"][0] == "m"


async def test_a_watch_ends_when_its_time_is_up(http):
    async with http.get(PATH, params={"watch": "true", "timeoutSeconds": "1", "resourceVersion": "1"}) as response:
        async with asyncio.timeout(20):
            await response.read()


async def test_history_that_is_gone_is_told(client, http, server):
    log = server._context.store.collection(kinds.CONFIG_MAP).log
    log.compacted = 5
    async with http.get(PATH, params={"watch": "true", "resourceVersion": "2"}) as response:
        [event] = await lines(response, 1)
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
