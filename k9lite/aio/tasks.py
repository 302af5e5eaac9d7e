"""Tasks that belong to somebody: named, never lost, all gone when their owner closes."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

CrashHandler = Callable[[str, BaseException], None]


class TaskSet:
    """The tasks of one owner.

    `on_crash(name, error)` is told of every task that ends with an exception other than its cancellation.
    """

    def __init__(self, on_crash: CrashHandler) -> None:
        self._on_crash = on_crash
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def report(self, name: str, error: BaseException) -> None:
        """Tell of a failure that should not be, after which its task goes on all the same."""
        self._on_crash(name, error)

    async def finished(self) -> None:
        """Wait until all have ended by themselves."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what still runs and wait until it is gone."""
        while pending := [task for task in self._tasks if task is not asyncio.current_task()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_crash(task.get_name(), error)
