"""Runs commands of the shell: the one process of `sh -c` and its children."""

import asyncio
import fnmatch
from collections.abc import Sequence

from k9lite.engine.node.runtimes.simulated.files import NoFile
from k9lite.engine.node.runtimes.simulated.pipes import Empty, Into, Pipe, Writer
from k9lite.engine.node.runtimes.simulated.process import KILL, SIGNALS, Exit, Process
from k9lite.engine.node.runtimes.simulated.shell import conditional, syntax
from k9lite.engine.node.runtimes.simulated.shell.builtins import BUILTINS
from k9lite.engine.node.runtimes.simulated.shell.expansion import Expander
from k9lite.engine.node.runtimes.simulated.shell.parser import parse
from k9lite.engine.node.runtimes.simulated.shell.redirection import redirected
from k9lite.engine.node.runtimes.simulated.shell.state import LoopControl, Return, ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.syntax import ShellSyntaxError

ROUND_SECONDS = 0.01  # a loop takes time even if its body does not, so that an empty one does not stop the world
NOT_FOUND = 127


class Shell:
    """Implements `builtins.Interpreter`."""

    def __init__(self, state: ShellState, streams: Streams) -> None:
        self.state, self.streams = state, streams
        self._tested = 0  # depth of conditions, inside which `set -e` does not apply
        self.foreground: Process | None = None

    async def source(self, text: str) -> int:
        """Run a script; errors of its syntax are status 2."""
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            await self.streams.complain(f"{self.state.name}: {error}")
            self.state.status = 2
            return 2
        return await self._script(script, self.streams)

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
                self._background(chain, streams)
            else:
                await self._chain(chain, streams)
            await self.traps()
        return self.state.status

    async def _chain(self, chain: syntax.Chain, streams: Streams) -> None:
        last = len(chain.links) - 1
        for index, (operator, pipeline) in enumerate(chain.links):
            if (operator == "&&" and self.state.status) or (operator == "||" and not self.state.status):
                continue
            self._tested += index < last or pipeline.negated
            try:
                self.state.status = await self._pipeline(pipeline, streams)
            finally:
                self._tested -= index < last or pipeline.negated
            if self.state.status and index == last and "e" in self.state.options and not self._tested:
                raise Exit(self.state.status)

    def _background(self, chain: syntax.Chain, streams: Streams) -> None:
        shell = Shell(self.state.copy(), streams._replace(stdin=Empty()))
        parent = self.state.process

        async def program(process: Process) -> int:
            shell.state.process = process
            await shell._chain(syntax.Chain(chain.links), shell.streams)
            return shell.state.status

        child = Process(parent.machine, [self.state.name], self.state.environment(), self.state.folder)
        child.launch(program, parent.machine.start)
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
                return await shell._command(commands[index], shell.streams)
            except Exit as exit:
                return exit.code
            except BrokenPipeError:
                return 141
            finally:
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
            await streams.complain(f"{self.state.name}: {error}")
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
            if items is not None:
                item = next(items, None)
                if item is None:
                    return status
                assert isinstance(command, syntax.For)
                self.state.variables[command.name] = item
            elif isinstance(command, syntax.While):
                if (await self._test(command.condition, streams) == 0) == command.until:
                    return status
                await self.state.process.machine.clock.sleep(ROUND_SECONDS)
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

    async def _items(self, command: syntax.For, streams: Streams) -> list[str]:
        if command.words is None:
            return list(self.state.arguments)
        return await self._expander(streams).fields(command.words)

    async def _case(self, command: syntax.Case, streams: Streams) -> int:
        expander = self._expander(streams)
        value = await expander.text(command.word)
        for patterns, body in command.branches:
            for pattern in patterns:
                if fnmatch.fnmatchcase(value, await expander.pattern(pattern)):
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
            return await shell._script(body, streams)
        except Exit as exit:
            return exit.code

    async def capture(self, source: str, streams: Streams) -> str:
        """What a script prints, run in a subshell."""
        output = bytearray()
        shell = Shell(self.state.copy(), streams._replace(stdout=Into(output.extend)))
        try:
            self.state.status = await shell.source(source)
        except Exit as exit:
            self.state.status = exit.code
        return output.decode(errors="replace")

    # -- simple commands ----------------------------------------------------------------------------------------------

    async def _simple(self, command: syntax.Simple, streams: Streams) -> int:
        expander = self._expander(streams)
        before = self.state.status
        self.state.status = 0
        assigned = {}
        for name, word in command.assignments:
            assigned[name] = await expander.text(word)
            await self.state.process.machine.hold(len(assigned[name]))
        if not command.words:
            self.state.variables |= assigned
            return self.state.status
        self.state.status = before
        argv = await expander.fields(command.words)
        if not argv:
            return self.state.status
        if "x" in self.state.options:
            await streams.complain("+ " + " ".join(argv))
        return await self.invoke(argv, streams, assigned)

    async def invoke(self, argv: list[str], streams: Streams, assigned: dict[str, str]) -> int:
        """A function, a builtin or a program, in that order."""
        function = self.state.functions.get(argv[0])
        if function is not None:
            return await self._call(function, argv, streams)
        builtin = BUILTINS.get(argv[0])
        if builtin is not None:
            self.state.variables |= assigned
            return await builtin(self, argv, streams)
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
            await streams.complain(f"{self.state.name}: {argv[0]}: not found")
            return NOT_FOUND
        environment = self.state.environment() | assigned
        child = Process(parent.machine, argv, environment, self.state.folder, *streams, tty=parent.tty)
        self.foreground = child
        child.launch(program, parent.machine.start)
        try:
            return await child.wait()
        finally:
            child.kill(KILL)
            self.foreground = None

    def _expander(self, streams: Streams) -> Expander:
        return Expander(self.state, streams, lambda source: self.capture(source, streams))
