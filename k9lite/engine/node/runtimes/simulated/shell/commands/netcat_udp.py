"""nc -u: datagrams."""

import asyncio

from k9lite.aio.clock import within
from k9lite.aio.datagrams import Datagrams
from k9lite.engine.node.runtimes.simulated.process import Process

PATIENCE = 5.0  # seconds without an answer after which it is given up, where -w says nothing else


async def exchange(process: Process, address: str, port: int, patience: float | None) -> int:
    """Send what comes in, a datagram for each piece, and show what comes back, until it has been quiet for a while."""
    opened = await process.machine.open_datagrams(0)

    async def send() -> None:
        while chunk := await process.stdin.read():
            opened.send(chunk, (address, port))

    sending = asyncio.ensure_future(send())
    try:
        while True:
            data, _ = await within(process.machine.clock, patience or PATIENCE, opened.receive())
            await process.stdout.write(data)
    except TimeoutError:
        return 0
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        opened.close()


async def listen(process: Process, port: int) -> int:
    """Show what comes, and send what comes in to the first that has come."""
    try:
        opened = await process.machine.open_datagrams(port)
    except OSError:
        await process.complain("nc: bind: Address already in use")
        return 1
    answering: asyncio.Future[None] | None = None
    try:
        while True:
            data, client = await opened.receive()
            await process.stdout.write(data)
            if answering is None:
                answering = asyncio.ensure_future(_answer(process, opened, client))
    finally:
        if answering is not None:
            answering.cancel()
        opened.close()


async def _answer(process: Process, opened: Datagrams, client: tuple[str, int]) -> None:
    while chunk := await process.stdin.read():
        opened.send(chunk, client)
