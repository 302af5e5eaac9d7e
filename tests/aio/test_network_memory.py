"""What both networks promise, on the one without sockets, and its back-pressure."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.aio import network
from k9lite.aio.clock import settle
from k9lite.aio.memory_network import BUFFER, MemoryNetwork, pair


async def test_a_full_direction_makes_its_writer_wait_until_somebody_reads():
    left, right = pair()
    writing = asyncio.create_task(left.write(b"x" * (BUFFER + 1)))
    await settle()
    assert not writing.done()
    assert await right.read(10) == b"x" * 10
    await settle()
    assert writing.done()
    total = 10
    await left.write_eof()
    while data := await right.read():
        total += len(data)
    assert total == BUFFER + 1


async def test_half_close_lets_the_other_direction_go_on():
    left, right = pair("10.0.0.1", "10.0.0.2")
    await left.write(b"question")
    await left.write_eof()
    assert (await right.read(), await right.read()) == (b"question", b"")
    await right.write(b"answer")
    assert await left.read() == b"answer"
    assert (left.peer, right.peer) == ("10.0.0.2", "10.0.0.1")


async def test_what_was_written_before_closing_arrives_and_writing_to_the_closed_fails():
    left, right = pair()
    await left.write(b"last words")
    await left.close()
    await left.close()
    assert (await right.read(), await right.read()) == (b"last words", b"")
    with pytest.raises(ConnectionError):
        await right.write(b"anybody?")
    with pytest.raises(ConnectionError):
        await left.write(b"me?")


async def test_a_waiting_writer_fails_when_its_reader_leaves():
    left, right = pair()
    writing = asyncio.create_task(left.write(b"x" * (BUFFER * 2)))
    await settle()
    await right.close()
    with pytest.raises(ConnectionError):
        await writing


async def test_closing_a_listener_breaks_its_connections_and_frees_its_address():
    net = MemoryNetwork()
    seen = []

    async def accept(stream: network.Stream) -> None:
        seen.append(stream.peer)
        await stream.read()

    listener = await net.listen("10.1.0.1", 80, accept)
    assert listener.reachable is None
    with pytest.raises(OSError, match="in use"):
        await net.listen("10.1.0.1", 80, accept)
    stream = await net.connect("10.1.0.1", 80, source="10.9.9.9")
    await settle()
    await listener.close()
    with pytest.raises(ConnectionResetError):
        await stream.read()
    with pytest.raises(ConnectionRefusedError):
        await net.connect("10.1.0.1", 80)
    assert seen == ["10.9.9.9"]
    await (await net.listen("10.1.0.1", 80, accept)).close()


async def test_port_zero_takes_a_free_port():
    net = MemoryNetwork()

    async def accept(stream: network.Stream) -> None:
        await stream.write(b"hello")

    one, two = await net.listen("10.1.0.1", 0, accept), await net.listen("10.1.0.1", 0, accept)
    assert one.address != two.address
    stream = await net.connect(*two.address)
    assert (await stream.read(), await stream.read()) == (b"hello", b"")
    await net.close()


async def test_a_bug_in_one_connection_closes_it_and_leaves_the_listener(caplog: pytest.LogCaptureFixture):
    net = MemoryNetwork()

    async def accept(stream: network.Stream) -> None:
        if await stream.read() == b"bad":
            raise ValueError("bug")
        await stream.write(b"fine")

    await net.listen("10.1.0.1", 80, accept)
    for said, heard in ((b"bad", b""), (b"good", b"fine")):
        stream = await net.connect("10.1.0.1", 80)
        await stream.write(said)
        assert await stream.read() == heard
    assert "bug" in caplog.text
    await net.close()


async def test_relay_copies_both_ways_passes_ends_on_and_counts():
    (client, left), (right, server) = pair(), pair()
    counts = [0, 0]

    def count(there: int, back: int) -> None:
        counts[0] += there
        counts[1] += back

    relaying = asyncio.create_task(network.relay(left, right, count))
    await client.write(b"ping")
    await client.write_eof()
    assert (await server.read(), await server.read()) == (b"ping", b"")
    await settle()
    assert not relaying.done()
    await server.write(b"pong!")
    await server.close()
    assert (await client.read(), await client.read()) == (b"pong!", b"")
    await relaying
    assert counts == [4, 5]


async def test_relay_ends_both_when_one_breaks_or_it_is_cancelled():
    (client, left), (right, server) = pair(), pair()
    relaying = asyncio.create_task(network.relay(left, right))
    await settle()
    server.abort()
    await relaying
    assert await client.read() == b""

    (client, left), (right, server) = pair(), pair()
    relaying = asyncio.create_task(network.relay(left, right))
    await settle()
    relaying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await relaying
    assert (await client.read(), await server.read()) == (b"", b"")


CHUNKS = st.lists(st.binary(min_size=1, max_size=BUFFER * 2), max_size=5)


@given(CHUNKS, CHUNKS, st.integers(1, BUFFER))
def test_a_relay_loses_nothing_however_it_is_cut(there: list[bytes], back: list[bytes], limit: int):
    async def send(stream: network.Stream, chunks: list[bytes]) -> None:
        for chunk in chunks:
            await stream.write(chunk)
        await stream.write_eof()

    async def receive(stream: network.Stream) -> bytes:
        received = b""
        while data := await stream.read(max(limit, 1000)):
            received += data
        return received

    async def run() -> None:
        (client, left), (right, server) = pair(), pair()
        ends = (send(client, there), send(server, back), receive(server), receive(client))
        results = await asyncio.gather(network.relay(left, right), *ends)
        assert (results[3], results[4]) == (b"".join(there), b"".join(back))

    asyncio.run(run())
