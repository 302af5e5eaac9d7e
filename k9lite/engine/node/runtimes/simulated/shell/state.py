"""What a running shell remembers, and how control leaves its commands."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from k9lite.engine.node.runtimes.simulated.pipes import Reader, Writer
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.syntax import Command

ENTRY = 100  # bytes that a variable or argument takes beside its text


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


class Variables(dict[str, str]):
    """The variables of a shell, and how many bytes they take."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        super().__init__(variables or {})
        self.size: int = variables.size if isinstance(variables, Variables) else sum(map(_size, self.items()))

    def __setitem__(self, name: str, value: str) -> None:
        self.size += len(value) - len(self[name]) if name in self else _size((name, value))
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.size -= _size((name, self[name]))
        super().__delitem__(name)

    def __ior__(self, others: Mapping[str, str]) -> "Variables":  # type: ignore[override, misc]
        for name, value in others.items():
            self[name] = value
        return self

    def drop(self, name: str) -> None:
        if name in self:
            del self[name]


def _size(variable: tuple[str, str]) -> int:
    return len(variable[0]) + len(variable[1]) + ENTRY


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
    braces: whether {a,b} is expanded; drawn: random numbers so far; depth: calls in calls;
    kind: ash, dash or bash; is_file: whether a file is run; line: the one that runs;
    maps: the arrays whose indices are texts;
    inherited: what the variables of its parent held, which a fork shares
    """

    process: Process
    folder: str = "/"
    name: str = "sh"
    arguments: list[str] = field(default_factory=list)
    variables: Variables = field(default_factory=Variables)
    exported: set[str] = field(default_factory=set)
    maps: set[str] = field(default_factory=set)
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
    depth: int = 0
    kind: str = "ash"
    is_file: bool = False
    line: int = 1
    inherited: int = 0
    _measured: tuple[int, int, int] = (0, 0, 0)

    @property
    def prefix(self) -> str:
        """What its messages begin with: dash and bash say the line, busybox does in a script of its own."""
        line = {"bash": f"line {self.line}: ", "dash": f"{self.line}: "}.get(self.kind, "")
        return f"{self.name}: {line or (f'line {self.line}: ' if self.is_file else '')}"

    @property
    def is_bash(self) -> bool:
        return self.kind == "bash"

    @property
    def own_size(self) -> int:
        """Bytes that its variables hold beyond those of its parent."""
        return max(0, self.variables.size + self._arguments_size() - self.inherited)

    def _arguments_size(self) -> int:
        """Counted again only where they are others."""
        measured = id(self.arguments), len(self.arguments)
        if self._measured[:2] != measured:
            self._measured = *measured, sum(map(len, self.arguments)) + ENTRY * len(self.arguments)
        return self._measured[2]

    def environment(self) -> dict[str, str]:
        return {name: self.variables[name] for name in self.exported if name in self.variables}

    def copy(self) -> "ShellState":
        """For a subshell: it sees everything and changes nothing of it; functions and loops are left with it."""
        return replace(
            self,
            arguments=list(self.arguments),
            variables=Variables(self.variables),
            exported=set(self.exported),
            functions=dict(self.functions),
            maps=set(self.maps),
            traps={},
            pending=[],
            jobs={},
            options=set(self.options),
            waiters=[],
            scopes=[],
            loops=0,
            subshell=True,
            inherited=self.variables.size + self._arguments_size(),
        )

    def random(self) -> int:
        """$RANDOM: 0 to 32767."""
        self.drawn += 1
        machine = self.process.machine
        return machine.randomness.number("RANDOM", f"{machine.unique}/{self.process.pid}", self.drawn) % 32768

    def leave_scope(self) -> None:
        """A function is over: its local variables are what they were."""
        for name, value in self.scopes.pop().items():
            if value is None:
                self.variables.drop(name)
            else:
                self.variables[name] = value


class Interpreter(Protocol):
    """A running shell, as builtins need it."""

    state: ShellState
    streams: Streams

    async def source(self, text: str) -> int: ...
    async def traps(self) -> None: ...
    async def invoke(self, argv: list[str], streams: Streams, assigned: dict[str, str]) -> int: ...
