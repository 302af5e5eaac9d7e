"""Processes of a simulated container: an environment, three streams, and signals as Linux has them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from k9lite.engine.node.runtimes.simulated.files import NoFile
from k9lite.engine.node.runtimes.simulated.machine import CannotFork, Machine
from k9lite.engine.node.runtimes.simulated.pipes import Empty, MeteredReader, MeteredWriter, Reader, Writer

SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15}
KILL, TERM = SIGNALS["KILL"], SIGNALS["TERM"]
SEGMENTATION_FAULT = 128 + 11
HARMLESS = {17, 18, 23, 28}  # CHLD, CONT, URG, WINCH: ignored unless handled


class Exit(Exception):
    """The process ends now, with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code & 0xFF


@dataclass(eq=False)
class Process:
    """One process while it runs. `handlers`: signal -> what to do; None ignores the signal."""

    machine: Machine
    argv: list[str]
    environment: dict[str, str]
    folder: str = "/"
    stdin: Reader = field(default_factory=Empty)
    stdout: Writer = field(default_factory=Empty)
    stderr: Writer = field(default_factory=Empty)
    tty: bool = False
    pid: int = 0
    handlers: dict[int, Callable[[], None] | None] = field(default_factory=dict)
    exit_code: int | None = None
    failed: bool = False  # it complained about something and went on
    hanging: bool = False
    _over: list[Callable[[], None]] = field(default_factory=list)
    _told: bool = False
    _task: asyncio.Task[Any] | None = None

    def launch(self, program: "Program", start: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[Any]]) -> None:
        """Run `program` as a task of its own. CannotFork."""
        self.pid, cpu = self.machine.enter(self), self.machine.cpu
        self.stdin = MeteredReader.of(self.stdin, cpu)
        self.stdout, self.stderr = MeteredWriter.of(self.stdout, cpu), MeteredWriter.of(self.stderr, cpu)
        self._task = start(self._run(program), f"process {self.argv[0]} of {self.machine.hostname}")
        self._task.add_done_callback(lambda _: self._left())

    def when_over(self, call: Callable[[], None]) -> None:
        """Call `call` once it has ended."""
        if self._told:
            call()
        else:
            self._over.append(call)

    @property
    def over(self) -> bool:
        """Whether it has ended and everybody knows."""
        return self._told

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        if not self.over:
            ended = asyncio.Event()
            self.when_over(ended.set)
            await ended.wait()
        assert self.exit_code is not None
        return self.exit_code

    async def say(self, text: str) -> None:
        await self.stdout.write(text.encode())

    async def complain(self, text: str) -> None:
        """One line on stderr."""
        await self.stderr.write(f"{text}\n".encode())

    def kill(self, signal: int) -> None:
        """Deliver a signal. The first process of a container ignores what it does not handle, from inside even KILL."""
        if self.exit_code is not None or (self.hanging and signal != KILL):
            return
        if signal != KILL and signal in self.handlers:
            handler = self.handlers[signal]
            if handler is not None:
                handler()
            return
        if signal in HARMLESS or self.pid == 1:
            return
        self.end(128 + signal)

    def end(self, code: int) -> None:
        """Make it end at once with `code`."""
        if self.exit_code is None:
            self.exit_code = code
            if self._task is not None:
                self._task.cancel()

    async def _run(self, program: "Program") -> None:
        try:
            await self.machine.cpu.begin()
            code = await program(self)
        except Exit as exit:
            code = exit.code
        except NoFile as error:  # a file that cannot be written, where a program expected nothing of the kind
            await self.complain(f"{self.argv[0]}: {error}")
            code = 1
        except CannotFork:
            await self.complain(f"{self.argv[0]}: can't fork: Resource temporarily unavailable")
            code = 1
        except RecursionError:
            code = SEGMENTATION_FAULT
        except (ValueError, IndexError, OverflowError):  # arguments that are missing, or no numbers
            await self.complain(f"{self.argv[0]}: invalid argument")
            code = 1
        except ConnectionError:  # a broken pipe above all
            code = 128 + SIGNALS["PIPE"]
        if self.exit_code is None:
            self.exit_code = code

    def _left(self) -> None:
        if self.exit_code is None:
            self.exit_code = 128 + KILL
        self.machine.leave(self)
        self.machine.memory.let_go(self)
        self._told = True
        # What refers back here is let go, so that the memory of what has ended is free at once.
        self._task = None
        self.handlers.clear()
        waiting, self._over = self._over, []
        for call in waiting:
            call()


Program = Callable[[Process], Awaitable[int]]


async def forever() -> None:
    """Wait until cancelled."""
    await asyncio.get_running_loop().create_future()
