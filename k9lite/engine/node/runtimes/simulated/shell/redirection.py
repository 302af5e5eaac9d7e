"""Where the streams of a command go: files, other streams, text in the script."""

from collections.abc import Callable, Sequence
from typing import Any

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.pipes import Empty, Outlet, Pipe, Reader, Writer
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.devices import opened
from k9lite.engine.node.runtimes.simulated.shell.expansion import Expander
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.syntax import Redirect


async def redirected(
    state: ShellState, redirects: Sequence[Redirect], streams: Streams, expander: Callable[[Streams], Expander]
) -> Streams:
    """`streams` after the redirections, in their order. NoFile."""
    now: list[Any] = list(streams)  # readers and writers, by descriptor
    for redirect in redirects:
        target = await expander(Streams(*now)).text(redirect.target)
        if redirect.operator == "<<":
            now[0] = Pipe(target.encode(), closed=True)
        elif redirect.operator == "<<<":
            now[0] = Pipe(f"{target}\n".encode(), closed=True)
        elif redirect.operator in (">&", "<&") and target in ("0", "1", "2"):
            now[redirect.descriptor] = now[int(target)]
        elif redirect.operator == "<":
            now[0] = _input(state, target)
        elif redirect.operator in (">&", "&>"):
            now[1] = now[2] = _output(state, target, False, streams)
        elif redirect.descriptor in (0, 1, 2):
            now[redirect.descriptor] = _output(state, target, redirect.operator == ">>", streams)
    return Streams(*now)


def _input(state: ShellState, name: str) -> Reader:
    try:
        return opened(state.process.machine, absolute(name, state.folder))
    except NoFile as error:
        told = f"can't open {name}: no such file" if "No such" in error.problem else f"{name}: {error}"
        raise NoFile(told) from None


def _output(state: ShellState, name: str, append: bool, streams: Streams) -> Writer:
    machine = state.process.machine
    first = machine.processes.get(1)
    known: dict[str, Writer] = {"/dev/stdout": streams.stdout, "/dev/stderr": streams.stderr, "/dev/null": Empty()}
    if isinstance(first, Process):
        known |= {"/proc/1/fd/1": first.stdout, "/proc/1/fd/2": first.stderr}
    if name in known:
        return known[name]
    path, files = absolute(name, state.folder), machine.files
    try:
        files.write(path, b"", append)
    except NoFile as error:
        raise NoFile(f"can't create {name}: {error}") from None

    async def put(data: bytes) -> None:
        files.write(path, data, append=True)

    return Outlet(put)
