"""Runs commands of the shell: the one process of `sh -c` and its children."""

import asyncio
import re
from collections.abc import Coroutine, Sequence
from typing import Any

from k9lite.engine.node.runtimes.simulated.files import NoFile
from k9lite.engine.node.runtimes.simulated.machine import CannotFork
from k9lite.engine.node.runtimes.simulated.pipes import Collector, Empty, MeteredWriter, Pipe, Writer
from k9lite.engine.node.runtimes.simulated.process import (
    KILL,
    SEGMENTATION_FAULT,
    SIGNALS,
    Exit,
    Process,
)
from k9lite.engine.node.runtimes.simulated.shell import conditional, globs, syntax
from k9lite.engine.node.runtimes.simulated.shell.assigning import Assigning
from k9lite.engine.node.runtimes.simulated.shell.builtins import BUILTINS
from k9lite.engine.node.runtimes.simulated.shell.expansion import Expander
from k9lite.engine.node.runtimes.simulated.shell.forking import cannot_fork, launch
from k9lite.engine.node.runtimes.simulated.shell.parser import parse
from k9lite.engine.node.runtimes.simulated.shell.redirection import redirected
from k9lite.engine.node.runtimes.simulated.shell.state import LoopControl, Return, ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.syntax import ShellSyntaxError

NOT_FOUND, CANNOT_START = 127, 126
LONGEST_ARGUMENTS = 2 * 1024**2  # bytes, with a pointer for each
BUILT_IN = {"echo", "printf", "test", "[", "true", "false", "pwd"}  # programs here, parts of the shell elsewhere
TEXT_PER_STEP = 64  # characters that are read as a script in one step
DEEPEST, FRAMES = 1_000, 10  # calls in calls; of which so many stand on one stack of Python's


class Shell:
    """Implements `builtins.Interpreter`."""

    def __init__(self, state: ShellState, streams: Streams) -> None:
        self.state, self.streams = state, streams
        self._tested = 0  # depth of conditions, inside which `set -e` does not apply
        self.foreground: Process | None = None

    async def source(self, text: str) -> int:
        """Run a script; errors of its syntax are status 2."""
        await self.state.process.machine.cpu.spend(len(text) // TEXT_PER_STEP)
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            text = _as_dash_says(str(error)) if self.state.kind == "dash" else str(error)
            await self.streams.complain(f"{self.state.prefix}{text}")
            self.state.status = 2
            return 2
        return await self._deeper(self._script(script, self.streams))

    async def _deeper(self, work: Coroutine[Any, Any, int]) -> int:
        """One call deeper. Now and then on a stack of its own, since Python's are small."""
        state = self.state
        state.depth += 1
        try:
            if state.depth > DEEPEST:
                work.close()
                raise Exit(SEGMENTATION_FAULT)
            if state.depth % FRAMES:
                return await work
            return await asyncio.ensure_future(work)
        finally:
            state.depth -= 1

    async def traps(self) -> None:
        """Run the traps of the signals that came in."""
        while self.state.pending:
            signal = self.state.pending.pop(0)
            status = self.state.status
            await self.source(self.state.traps.get(signal, ""))
            self.state.status = status

    def interrupt(self) -> None:
        """Ctrl-C: what runs in the foreground gets it."""
        if self.foreground is not None:
            self.foreground.kill(SIGNALS["INT"])

    # -- lists --------------------------------------------------------------------------------------------------------

    async def _script(self, script: syntax.Script, streams: Streams) -> int:
        for chain in script:
            if chain.background:
                await self._background(chain, streams)
            else:
                await self._chain(chain, streams)
            await self.traps()
        return self.state.status

    async def _chain(self, chain: syntax.Chain, streams: Streams) -> None:
        last, self.state.line = len(chain.links) - 1, chain.line
        for index, (operator, pipeline) in enumerate(chain.links):
            await self.state.process.machine.cpu.spend()
            if (operator == "&&" and self.state.status) or (operator == "||" and not self.state.status):
                continue
            self._tested += index < last or pipeline.negated
            try:
                self.state.status = await self._pipeline(pipeline, streams)
            finally:
                self._tested -= index < last or pipeline.negated
            if self.state.status and index == last and "e" in self.state.options and not self._tested:
                raise Exit(self.state.status)

    async def _background(self, chain: syntax.Chain, streams: Streams) -> None:
        shell = Shell(self.state.copy(), streams._replace(stdin=Empty()))
        parent = self.state.process

        async def program(process: Process) -> int:
            shell.state.process = process
            await shell._chain(syntax.Chain(chain.links, line=chain.line), shell.streams)
            return shell.state.status

        child = Process(parent.machine, [self.state.name], self.state.environment(), self.state.folder)
        await launch(self.state, child, program, streams)
        self.state.jobs[child.pid] = child
        self.state.last_background, self.state.status = child.pid, 0

    async def _pipeline(self, pipeline: syntax.Pipeline, streams: Streams) -> int:
        if len(pipeline.commands) == 1:
            status = await self._command(pipeline.commands[0], streams)
        else:
            status = await self._piped(pipeline.commands, streams)
        return int(not status) if pipeline.negated else status

    async def _piped(self, commands: Sequence[syntax.Command], streams: Streams) -> int:
        pipes = [Pipe() for _ in commands[1:]]

        async def stage(index: int) -> int:
            stdin = pipes[index - 1] if index else streams.stdin
            stdout: Writer = pipes[index] if index < len(pipes) else streams.stdout
            shell = Shell(self.state.copy(), Streams(stdin, stdout, streams.stderr))
            try:
                with self.state.process.machine.forked():
                    await self.state.process.machine.cpu.begin()
                    return await shell._command(commands[index], shell.streams)
            except CannotFork:
                await streams.complain(cannot_fork(self.state))
                return 2
            except Exit as exit:
                return exit.code
            except BrokenPipeError:
                return 141
            finally:
                shell.leave()
                if index < len(pipes):
                    pipes[index].close()
                if index:
                    pipes[index - 1].abandon()

        statuses = await asyncio.gather(*(stage(index) for index in range(len(commands))))
        failed = [status for status in statuses if status]
        return failed[-1] if failed and "pipefail" in self.state.options else statuses[-1]

    # -- commands -----------------------------------------------------------------------------------------------------

    async def _command(self, command: syntax.Command, streams: Streams) -> int:
        try:
            inner = await redirected(self.state, command.redirects, streams, self._expander)
        except NoFile as error:
            await streams.complain(f"{self.state.prefix}{error}")
            return 1
        match command:
            case syntax.Simple():
                return await self._simple(command, inner)
            case syntax.Group(subshell=True):
                return await self._subshell(command.body, inner)
            case syntax.Group():
                return await self._script(command.body, inner)
            case syntax.If():
                return await self._if(command, inner)
            case syntax.While() | syntax.For():
                self.state.loops += 1
                try:
                    return await self._loop(command, inner)
                finally:
                    self.state.loops -= 1
            case syntax.Case():
                return await self._case(command, inner)
            case syntax.Conditional():
                return await self._conditional(command, inner)
            case syntax.Function():
                self.state.functions[command.name] = command.body
                return 0

    async def _if(self, command: syntax.If, streams: Streams) -> int:
        for condition, body in command.branches:
            if await self._test(condition, streams) == 0:
                return await self._script(body, streams)
        return await self._script(command.otherwise, streams) if command.otherwise is not None else 0

    async def _loop(self, command: syntax.While | syntax.For, streams: Streams) -> int:
        status = 0
        items = iter(await self._items(command, streams)) if isinstance(command, syntax.For) else None
        while True:
            await self.state.process.machine.cpu.spend()
            if items is not None:
                item = next(items, None)
                if item is None:
                    return status
                assert isinstance(command, syntax.For)
                self.state.variables[command.name] = item
                await self._hold()
            elif isinstance(command, syntax.While) and await self._stops(command, streams):
                return status
            try:
                self.state.status = 0
                status = await self._script(command.body, streams)
            except LoopControl as control:
                if control.levels > 1:
                    raise LoopControl(control.levels - 1, control.again) from None
                if not control.again:
                    return 0
            if isinstance(command, syntax.While) and command.step:
                await self._script(command.step, streams)

    async def _stops(self, command: syntax.While, streams: Streams) -> bool:
        return (await self._test(command.condition, streams) == 0) == command.until

    async def _items(self, command: syntax.For, streams: Streams) -> list[str]:
        if command.words is None:
            return list(self.state.arguments)
        return await self._expander(streams).fields(command.words)

    async def _case(self, command: syntax.Case, streams: Streams) -> int:
        expander = self._expander(streams)
        value = await expander.text(command.word)
        for patterns, body in command.branches:
            for pattern in patterns:
                if globs.fits(await expander.pattern(pattern), value):
                    self.state.status = 0
                    return await self._script(body, streams)
        return 0

    async def _conditional(self, command: syntax.Conditional, streams: Streams) -> int:
        async def ask(words: list[str]) -> int:
            return await self._program(["test", *words], streams, {})

        return int(not await conditional.holds(command.test, self._expander(streams), self.state, ask))

    async def _test(self, condition: syntax.Script, streams: Streams) -> int:
        self._tested += 1
        try:
            return await self._script(condition, streams)
        finally:
            self._tested -= 1

    async def _subshell(self, body: syntax.Script, streams: Streams) -> int:
        shell = Shell(self.state.copy(), streams)
        try:
            with self.state.process.machine.forked():
                return await shell._script(body, streams)
        except CannotFork:
            await streams.complain(cannot_fork(self.state))
            raise Exit(2) from None
        except Exit as exit:
            return exit.code
        finally:
            shell.leave()

    def leave(self) -> None:
        """It holds nothing any more."""
        self.state.process.machine.memory.let_go(self)

    async def _hold(self) -> None:
        await self.state.process.machine.memory.hold(self, self.state.own_size)

    async def capture(self, source: str, streams: Streams) -> str:
        """What a script prints, run in a subshell."""
        machine = self.state.process.machine
        output = Collector(machine.memory)
        shell = Shell(self.state.copy(), streams._replace(stdout=MeteredWriter.of(output, machine.cpu)))
        try:
            with machine.forked():
                self.state.status = await shell.source(source)
        except CannotFork:
            await streams.complain(cannot_fork(self.state))
            raise Exit(2) from None
        except Exit as exit:
            self.state.status = exit.code
        finally:
            shell.leave()
            output.let_go()
        return output.data.decode(errors="replace").replace("\0", "")

    # -- simple commands ----------------------------------------------------------------------------------------------

    async def _simple(self, command: syntax.Simple, streams: Streams) -> int:
        expander = self._expander(streams)
        before = self.state.status
        self.state.status = 0
        assigning, assigned = Assigning(self.state, expander), dict[str, str]()
        for one in command.assignments:
            await assigning.assign(one, assigned)
        if not command.words:
            self.state.variables |= assigned
            await self._hold()
            return self.state.status
        self.state.status = before
        argv = await expander.fields([await assigning.declared(word, command.words) for word in command.words])
        if not argv:
            return self.state.status
        if "x" in self.state.options:
            await streams.complain("+ " + " ".join(argv))
        return await self.invoke(argv, streams, assigned)

    async def invoke(self, argv: list[str], streams: Streams, assigned: dict[str, str]) -> int:
        """A function, a builtin or a program, in that order."""
        function = self.state.functions.get(argv[0])
        if function is not None:
            return await self._deeper(self._call(function, argv, streams))
        builtin = BUILTINS.get(argv[0])
        if builtin is not None:
            self.state.variables |= assigned
            status = await builtin(self, argv, streams)
            await self._hold()
            return status
        return await self._program(argv, streams, assigned)

    async def _call(self, function: syntax.Command, argv: list[str], streams: Streams) -> int:
        saved, self.state.arguments = self.state.arguments, argv[1:]
        self.state.scopes.append({})
        try:
            return await self._command(function, streams)
        except Return as done:
            return done.status
        finally:
            self.state.leave_scope()
            self.state.arguments = saved

    async def _program(self, argv: list[str], streams: Streams, assigned: dict[str, str]) -> int:
        parent = self.state.process
        program = parent.machine.find(argv[0])
        if program is None:
            await streams.complain(f"{self.state.prefix}{argv[0]}: {'command ' * self.state.is_bash}not found")
            return NOT_FOUND
        if argv[0] not in BUILT_IN and _size(argv) > LONGEST_ARGUMENTS:
            await streams.complain(f"{self.state.prefix}{argv[0]}: Argument list too long")
            return CANNOT_START
        environment = self.state.environment() | assigned
        child = Process(parent.machine, argv, environment, self.state.folder, *streams, tty=parent.tty)
        await launch(self.state, child, program, streams)
        self.foreground = child
        try:
            return await child.wait()
        finally:
            child.kill(KILL)
            self.foreground = None

    def _expander(self, streams: Streams) -> Expander:
        return Expander(self.state, streams, lambda source: self.capture(source, streams))


def _size(argv: Sequence[str]) -> int:
    return sum(len(argument) + 9 for argument in argv)


def _as_dash_says(problem: str) -> str:
    found = re.fullmatch(r'syntax error: unexpected (word|.+?)(?: "[^"]*")?( \(expecting .*\))?', problem)
    if found is None:
        return "Syntax error: " + problem[:1].upper() + problem[1:]
    return f"Syntax error: {found[1]} unexpected{found[2] or ''}"
