"""Starting processes where there may be too many."""

from k9lite.engine.node.runtimes.simulated.machine import CannotFork
from k9lite.engine.node.runtimes.simulated.process import Exit, Process, Program
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Streams

RETRIES = (1.0, 2.0, 4.0, 8.0)  # seconds that bash waits until it tries again
PROBLEM = "Resource temporarily unavailable"
BASH_CODE, CODE = 254, 2  # that a shell ends with which gives up


async def launch(state: ShellState, child: Process, program: Program, streams: Streams) -> None:
    """bash tries again for a while; others give up at once, and end. Exit."""
    retries = iter(RETRIES if state.is_bash else ())
    while True:
        try:
            child.launch(program, child.machine.start)
            return
        except CannotFork:
            seconds = next(retries, None)
            if seconds is None:
                await streams.complain(cannot_fork(state))
                raise Exit(BASH_CODE if state.is_bash else CODE) from None
            await streams.complain(f"{state.name}: fork: retry: {PROBLEM}")
            await child.machine.clock.sleep(seconds)


def cannot_fork(state: ShellState) -> str:
    if state.kind == "dash":
        return f"{state.prefix}Cannot fork"
    return f"{state.name}: " + ("fork: " if state.is_bash else "can't fork: ") + PROBLEM
