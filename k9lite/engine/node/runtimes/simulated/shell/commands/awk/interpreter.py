"""Runs an awk program."""

from k9lite.engine.node.runtimes.simulated.shell.commands.awk import syntax
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.expressions import Expressions, Leap
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import Statement
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import UNSET, Input, text


class Interpreter(Expressions):
    """Runs statements."""

    async def run(self, statement: Statement) -> None:
        """Leap where control leaves it."""
        await self.spend()
        match statement:
            case syntax.Block():
                for one in statement.statements:
                    await self.run(one)
            case syntax.Print():
                await self._print(statement)
            case syntax.If():
                chosen = statement.then if await self.holds(statement.condition) else statement.otherwise
                if chosen is not None:
                    await self.run(chosen)
            case syntax.Loop():
                await self._loop(statement)
            case syntax.Each():
                for key in list(self.variables.array(statement.array)):
                    await self.variables.set(statement.name, Input(key))
                    if await self._round(statement.body):
                        break
            case syntax.Jump():
                raise Leap(statement.word, UNSET if statement.value is None else await self.value(statement.value))
            case syntax.Delete():
                array = self.variables.array(statement.array)
                if statement.keys is None:
                    await self.variables.clear(array)
                else:
                    await self.variables.drop(array, await self._key(statement.keys))
            case _:
                await self.value(statement)

    async def _loop(self, loop: syntax.Loop) -> None:
        first = loop.first
        while first or loop.condition is None or await self.holds(loop.condition):
            await self.spend()
            first = False
            if await self._round(loop.body):
                return
            if loop.step is not None:
                await self.run(loop.step)

    async def _round(self, body: Statement) -> bool:
        """Whether the loop is left."""
        try:
            await self.run(body)
        except Leap as leap:
            if leap.word not in ("break", "continue"):
                raise
            return leap.word == "break"
        return False

    async def _print(self, statement: syntax.Print) -> None:
        values = [await self.value(one) for one in statement.arguments]
        if statement.form:
            output = await self.formatted(values)
        else:
            form, separator = self.variables.text("OFMT"), self.variables.text("OFS")
            output = separator.join(text(value, form) for value in values or [self.variables.field(0)])
            output += self.variables.text("ORS")
        writer = self.process.stdout
        if statement.target is not None:
            writer = await self.streams.writer(statement.operator, await self.text(statement.target))
        await writer.write(output.encode())
