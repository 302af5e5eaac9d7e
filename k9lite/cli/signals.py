"""Ending by a signal leaves nothing behind: the command is cancelled, and closes what it has opened."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from k9lite.cli.commands import Ended

ENDING = (signal.SIGTERM, signal.SIGHUP)  # asyncio.run does as much for SIGINT
STREAMS = (0, 1, 2)


@contextmanager
def heeded() -> Iterator[None]:
    """While it lasts, a signal to end cancels the current task, which then raises Ended."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    received: list[signal.Signals] = []

    def end(by: signal.Signals) -> None:
        received.append(by)
        task.cancel()

    terminals = [stream for stream in STREAMS if os.isatty(stream)]

    def hung_up(by: int, frame: FrameType | None) -> None:
        """At once, before the loop comes to it: whoever writes to a terminal that is gone waits for ever."""
        _write_nowhere(terminals)
        loop.call_soon_threadsafe(end, signal.Signals(by))

    heard = [one for one in ENDING if signal.getsignal(one) is not signal.SIG_IGN]  # nohup has SIGHUP ignored
    for one in heard:
        loop.add_signal_handler(one, end, one)
    if signal.SIGHUP in heard:
        signal.signal(signal.SIGHUP, hung_up)
    try:
        yield
    except asyncio.CancelledError:
        if not received:
            raise
    finally:
        for one in heard:
            loop.remove_signal_handler(one)
    if received:  # the dashboard ends without a word when it is cancelled
        raise Ended(received[0])


def _write_nowhere(streams: Sequence[int]) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)
