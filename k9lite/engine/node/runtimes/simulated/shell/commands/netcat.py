"""nc: connects, or listens."""

import asyncio
from collections.abc import Mapping

from k9lite.aio.clock import within
from k9lite.aio.network import Stream
from k9lite.engine.node.runtimes.simulated.pipes import Pipe
from k9lite.engine.node.runtimes.simulated.process import KILL, Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import netcat_udp, options
from k9lite.engine.node.runtimes.simulated.shell.commands.network import PATIENCE
from k9lite.engine.node.runtimes.simulated.shell.commands.options import Options
from k9lite.engine.node.runtimes.simulated.shell.commands.system import seconds


async def netcat(process: Process) -> int:
    """-l listens on a port, for one connection or with -k for ever; -z looks whether somebody listens; -u takes UDP.

    Otherwise what comes in is sent, and what comes back is shown.
    """
    given = options.read(process.argv, "wpe")
    if "l" in given.flags:
        return await _listen(process, given)
    if len(given.rest) < 2:
        await process.complain("nc: missing host or port")
        return 1
    addresses = process.machine.addresses(given.rest[0])
    if not addresses:
        await process.complain(f"nc: bad address '{given.rest[0]}'")
        return 1
    if "u" in given.flags:
        patience = seconds(given.values.get("w", ""))
        return await netcat_udp.exchange(process, addresses[0], int(given.rest[1]), patience)
    patience = seconds(given.values.get("w", "")) or PATIENCE
    try:
        stream = await within(
            process.machine.clock, patience, process.machine.network.connect(addresses[0], int(given.rest[1]))
        )
    except (OSError, TimeoutError) as error:
        told = "Connection refused" if isinstance(error, OSError) else "timed out"
        await process.complain(f"nc: {given.rest[0]} ({addresses[0]}:{given.rest[1]}): {told}")
        return 1
    try:
        if "z" not in given.flags:
            await _exchange(process, stream)
    finally:
        await stream.close()
    return 0


async def _listen(process: Process, given: Options) -> int:
    port = int(given.values.get("p") or (given.rest or ["0"])[-1])
    if "u" in given.flags:
        return await netcat_udp.listen(process, port)
    over = asyncio.Event()

    async def accept(stream: Stream) -> None:
        try:
            if "e" in given.values:
                await _hand_over(process, [given.values["e"], *given.rest], stream)
            else:
                await _exchange(process, stream)
        finally:
            await stream.close()
            if "k" not in given.flags:
                over.set()

    try:
        listener = await process.machine.listen(port, accept)
    except OSError:
        await process.complain("nc: bind: Address already in use")
        return 1
    try:
        await over.wait()
    finally:
        await process.machine.stop_listening(listener)
    return 0


async def _exchange(process: Process, stream: Stream) -> None:
    """Both directions at once, until the other end says no more."""

    async def send() -> None:
        while chunk := await process.stdin.read():
            await stream.write(chunk)
        await stream.write_eof()

    sending = asyncio.ensure_future(send())
    try:
        while received := await stream.read():
            await process.stdout.write(received)
    except ConnectionError:
        return
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _hand_over(process: Process, argv: list[str], stream: Stream) -> None:
    """A program talks to whoever connected."""
    program = process.machine.find(argv[0])
    if program is None:
        await process.complain(f"nc: can't execute '{argv[0]}': No such file or directory")
        return
    stdin, answers = Pipe(), Pipe()
    child = Process(process.machine, argv, process.environment, process.folder, stdin, answers, process.stderr)
    child.launch(program, process.machine.start)
    child.when_over(answers.close)
    feeding = asyncio.ensure_future(_feed(stream, stdin))
    try:
        while answer := await answers.read():
            await stream.write(answer)
    except ConnectionError:
        return
    finally:
        feeding.cancel()
        child.kill(KILL)


async def _feed(stream: Stream, stdin: Pipe) -> None:
    try:
        while received := await stream.read():
            await stdin.write(received)
    except ConnectionError:
        pass
    stdin.close()


COMMANDS: Mapping[str, Program] = {"nc": netcat, "netcat": netcat}
