"""TLS over connections in memory: both ends, and ends that do not speak it."""

import asyncio
import ssl
from pathlib import Path

import pytest

from k9lite.aio import tls
from k9lite.aio.memory_network import pair
from k9lite.engine.http import credentials


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    return credentials.load_or_create(tmp_path).server_context()


async def test_what_is_written_arrives_and_the_end_too(context: ssl.SSLContext) -> None:
    near, far = pair("10.0.0.1", "10.0.0.2")
    client, server = await asyncio.gather(tls.connect(near), tls.accept(far, context))
    assert (client.peer, server.peer) == ("10.0.0.2", "10.0.0.1")
    whole = bytes(range(256)) * 1000

    async def send() -> None:
        await client.write(whole)
        await client.close()

    sending = asyncio.create_task(send())
    received = bytearray()
    while data := await server.read():
        received += data
    await sending
    assert bytes(received) == whole


async def test_what_was_read_too_early_is_read_first(context: ssl.SSLContext) -> None:
    near, far = pair()
    connecting = asyncio.create_task(tls.connect(near))
    first = await far.read(1)
    assert first == tls.CLIENT_HELLO
    server = await tls.accept(tls.Unread(first, far), context)
    await (await connecting).write(b"a")
    assert await server.read() == b"a"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
async def test_a_server_without_tls(answer: bytes) -> None:
    near, far = pair()
    await far.write(answer)
    await far.write_eof()
    with pytest.raises(tls.HandshakeFailed) as failure:
        await tls.connect(near)
    assert failure.value.received == answer
