"""Ending by a signal leaves nothing behind: the command is cancelled, and closes what it has opened."""

import asyncio
import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from k9lite.cli.commands import Ended

ENDING = (signal.SIGTERM, signal.SIGHUP)  # asyncio.run does as much for SIGINT
STREAMS = (0, 1, 2)
OUTPUT = 1


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

    def gone() -> None:
        """The terminal is, and SIGHUP went to nobody but a parent, such as make, that waits for this program."""
        ends.close()
        hung_up(signal.SIGHUP, None)

    heard = [one for one in ENDING if signal.getsignal(one) is not signal.SIG_IGN]  # nohup has SIGHUP ignored
    for one in heard:
        loop.add_signal_handler(one, end, one)
    ends = _Ends()
    if signal.SIGHUP in heard:
        signal.signal(signal.SIGHUP, hung_up)
        ends.watch(gone)
    try:
        yield
    except asyncio.CancelledError:
        if not received:
            raise
    finally:
        ends.close()
        for one in heard:
            loop.remove_signal_handler(one)
    if received:  # the dashboard ends without a word when it is cancelled
        raise Ended(received[0])


def _write_nowhere(streams: Sequence[int]) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)


class _Ends:
    """Watches the terminal that is written to, for nothing but its end; where the system can tell that."""

    def __init__(self) -> None:
        self._poll: Any = None

    def watch(self, gone: Callable[[], None]) -> None:
        """Call `gone` in the loop once the terminal is gone."""
        if os.isatty(OUTPUT) and hasattr(select, "epoll"):
            self._poll = select.epoll()
            self._poll.register(OUTPUT, 0)  # no events are asked for: a hang-up is always told
            asyncio.get_running_loop().add_reader(self._poll.fileno(), gone)

    def close(self) -> None:
        if self._poll is not None:
            asyncio.get_running_loop().remove_reader(self._poll.fileno())
            self._poll.close()
            self._poll = None
