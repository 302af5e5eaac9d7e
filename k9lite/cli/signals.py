"""Ending by a signal leaves nothing behind: the command is cancelled, and closes what it has opened."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from k9lite.cli.commands import Ended

ENDING = (signal.SIGTERM, signal.SIGHUP)  # asyncio.run does as much for SIGINT


@contextmanager
def heeded() -> Iterator[None]:
    """While it lasts, a signal to end cancels the current task, which then raises Ended."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    received: list[signal.Signals] = []

    def end(by: signal.Signals) -> None:
        received.append(by)
        task.cancel()

    heard = [one for one in ENDING if signal.getsignal(one) is not signal.SIG_IGN]  # nohup has SIGHUP ignored
    for one in heard:
        loop.add_signal_handler(one, end, one)
    try:
        yield
    except asyncio.CancelledError:
        if received:
            raise Ended(received[0]) from None
        raise
    finally:
        for one in heard:
            loop.remove_signal_handler(one)
