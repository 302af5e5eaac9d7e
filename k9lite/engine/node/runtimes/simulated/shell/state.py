"""What a running shell remembers, and how control leaves its commands."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from k9lite.engine.node.runtimes.simulated.pipes import Reader, Writer
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.syntax import Command


class Streams(NamedTuple):
    """Standard input, output and error."""

    stdin: Reader
    stdout: Writer
    stderr: Writer

    async def say(self, text: str) -> None:
        await self.stdout.write(text.encode())

    async def complain(self, text: str) -> None:
        """One line on stderr."""
        await self.stderr.write(f"{text}\n".encode())


class LoopControl(Exception):
    """break or continue, out of `levels` loops."""

    def __init__(self, levels: int, again: bool) -> None:
        super().__init__(levels)
        self.levels, self.again = levels, again


class Return(Exception):
    """Leave a function, or a script that was sourced."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class ShellState:
    """name, arguments: $0 and $1...; exported: the variables that commands get; traps: signal or 0 for EXIT -> text;
    scopes: of every function that runs, innermost last, what its local variables were outside; loops: how many run;
    braces: whether {a,b} is expanded; drawn: random numbers so far.
    """

    process: Process
    folder: str = "/"
    name: str = "sh"
    arguments: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    functions: dict[str, Command] = field(default_factory=dict)
    traps: dict[int, str] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    jobs: dict[int, Process] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    waiters: list[asyncio.Event] = field(default_factory=list)
    scopes: list[dict[str, str | None]] = field(default_factory=list)
    loops: int = 0
    status: int = 0
    last_background: int = 0
    subshell: bool = False
    braces: bool = False
    drawn: int = 0

    def environment(self) -> dict[str, str]:
        return {name: self.variables[name] for name in self.exported if name in self.variables}

    def copy(self) -> "ShellState":
        """For a subshell: it sees everything and changes nothing of it; functions and loops are left with it."""
        return replace(
            self, arguments=list(self.arguments), variables=dict(self.variables), exported=set(self.exported),
            functions=dict(self.functions), traps={}, pending=[], jobs={}, options=set(self.options), waiters=[],
            scopes=[], loops=0, subshell=True,
        )  # fmt: skip

    def random(self) -> int:
        """$RANDOM: 0 to 32767."""
        self.drawn += 1
        machine = self.process.machine
        return machine.randomness.number("RANDOM", f"{machine.unique}/{self.process.pid}", self.drawn) % 32768

    def leave_scope(self) -> None:
        """A function is over: its local variables are what they were."""
        for name, value in self.scopes.pop().items():
            if value is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = value


class Interpreter(Protocol):
    """A running shell, as builtins need it."""

    state: ShellState
    streams: Streams

    async def source(self, text: str) -> int: ...
    async def traps(self) -> None: ...
    async def invoke(self, argv: list[str], streams: Streams, assigned: dict[str, str]) -> int: ...
