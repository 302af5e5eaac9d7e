"""The values of awk's expressions."""

import asyncio
import math
from collections.abc import Coroutine, Sequence
from typing import Any

from k9lite.engine.node.runtimes.simulated.files import NoFile
from k9lite.engine.node.runtimes.simulated.process import SEGMENTATION_FAULT, Exit, Process
from k9lite.engine.node.runtimes.simulated.shell import regex
from k9lite.engine.node.runtimes.simulated.shell.commands.awk import syntax
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.functions import FUNCTIONS
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.output import Streams
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.records import Records
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.special import SPECIAL
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError, Expression, Statement, Target
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import (
    UNSET,
    Input,
    Value,
    compared,
    number,
    truth,
    width,
)
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import formatted as format_values
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import text as as_text
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.variables import Array, Variables

DEEPEST, FRAMES = 1_000, 8  # calls in calls; of which so many stand on one stack of Python's
STEPS = 4  # nodes of the program that are one step


class Leap(Exception):
    """break, continue, next, nextfile, exit or return, with its value."""

    def __init__(self, word: str, value: Value = UNSET) -> None:
        super().__init__(word)
        self.word, self.value = word, value


class Expressions:
    """`main`: reads the next record of the input, as getline without a file does."""

    def __init__(self, process: Process, program: syntax.Program) -> None:
        self.process, self.program = process, program
        self.variables = Variables(process.machine.memory)
        self.streams = Streams(process)
        self.main: Records | None = None
        self.more = self._no_more
        self._nodes = self.drawn = 0
        self.seed = 0.0

    async def _no_more(self) -> bool:
        return False

    async def run(self, statement: Statement) -> None:
        """Leap where control leaves it."""
        raise NotImplementedError

    async def formatted(self, values: Sequence[Value]) -> str:
        if not values:
            raise AwkError("not enough arguments to printf")
        form, arguments = as_text(values[0]), list(values[1:])
        await self.process.machine.memory.hold(self, width(form, arguments))
        return format_values(form, arguments)

    # -- expressions --------------------------------------------------------------------------------------------------

    async def text(self, expression: Expression) -> str:
        return as_text(await self.value(expression), self.variables.text("CONVFMT"))

    async def holds(self, expression: Expression) -> bool:
        return truth(await self.value(expression))

    async def value(self, expression: Expression) -> Value:
        await self.spend()
        match expression:
            case syntax.Literal():
                return expression.value
            case syntax.Regex():
                return float(self._regex(expression.text).search(as_text(self.variables.field(0))) is not None)
            case syntax.Name():
                return self.variables.get(expression.name)
            case syntax.Field() | syntax.Index():
                return await self._element(expression)
            case syntax.Unary():
                return await self._unary(expression)
            case syntax.Binary():
                return await self._binary(expression)
            case syntax.In():
                return float(await self._key(expression.keys) in self.variables.array(expression.array))
            case syntax.Choice():
                return await self.value(expression.yes if await self.holds(expression.condition) else expression.no)
            case syntax.Assign():
                value = await self.value(expression.value)
                if expression.sign:
                    value = _calculated(expression.sign, number(await self.value(expression.target)), number(value))
                await self.assign(expression.target, value)
                return value
            case syntax.Step():
                before = number(await self.value(expression.target))
                await self.assign(expression.target, before + expression.by)
                return before + expression.by if expression.before else before
            case syntax.Call():
                return await self._call(expression)
            case syntax.Getline():
                return await self._getline(expression)

    async def _element(self, expression: syntax.Field | syntax.Index) -> Value:
        if isinstance(expression, syntax.Field):
            return self.variables.field(await self._field_number(expression))
        array, key = self.variables.array(expression.array), await self._key(expression.keys)
        if key not in array:
            await self.variables.put(array, key, UNSET)
        return array[key]

    async def _field_number(self, expression: syntax.Field) -> int:
        index = number(await self.value(expression.number))
        if not 0 <= index < 1e6:
            raise AwkError(f"access to field {as_text(index)}")
        return int(index)

    async def _unary(self, expression: syntax.Unary) -> Value:
        if expression.sign == "()":
            return await self.value(expression.operand)
        if expression.sign == "!":
            return float(not await self.holds(expression.operand))
        operand = number(await self.value(expression.operand))
        return -operand if expression.sign == "-" else operand

    async def _binary(self, expression: syntax.Binary) -> Value:
        sign = expression.sign
        if sign in ("&&", "||"):
            left_holds = await self.holds(expression.left)
            return float(left_holds if left_holds == (sign == "||") else await self.holds(expression.right))
        if sign in ("~", "!~"):
            pattern = await self.pattern(expression.right)
            return float((pattern.search(await self.text(expression.left)) is not None) == (sign == "~"))
        if not sign:
            joined = await self.text(expression.left) + await self.text(expression.right)
            await self.process.machine.memory.hold(self, len(joined))
            return joined
        left, right = await self.value(expression.left), await self.value(expression.right)
        if sign in _ORDERS:
            return float(compared(left, right) in _ORDERS[sign])
        return _calculated(sign, number(left), number(right))

    async def _key(self, keys: Sequence[Expression]) -> str:
        return self.variables.text("SUBSEP").join([await self.text(key) for key in keys])

    async def assign(self, target: Target, value: Value) -> None:
        match target:
            case syntax.Name():
                await self.variables.set(target.name, value)
            case syntax.Field():
                await self.variables.set_field(
                    await self._field_number(target), as_text(value, self.variables.text("CONVFMT"))
                )
            case syntax.Index():
                await self.variables.put(self.variables.array(target.array), await self._key(target.keys), value)

    async def pattern(self, expression: Expression) -> regex.Expression:
        """What /text/ says; of anything else its value."""
        while isinstance(expression, syntax.Unary) and expression.sign == "()":
            expression = expression.operand
        return self._regex(expression.text if isinstance(expression, syntax.Regex) else await self.text(expression))

    def _regex(self, pattern: str) -> regex.Expression:
        return regex.compiled(pattern, extended=True)

    async def _getline(self, expression: syntax.Getline) -> Value:
        """1 for a record, 0 at the end, -1 where there is no such file."""
        source, command = expression.command or expression.file, expression.command is not None
        if source is None:
            found = await self.next_record()
        else:
            try:
                records = await self.streams.records(await self.text(source), command=command)
            except NoFile:
                return -1.0
            found = await records.next(self.variables.text("RS"))
        if found is None:
            return 0.0
        if command or source is None:
            await self.variables.set("NR", number(self.variables.get("NR")) + (command or 0))
        if expression.target is None:
            self.variables.set_record(found)
        else:
            await self.assign(expression.target, Input(found))
        return 1.0

    async def next_record(self) -> str | None:
        """The next record of the input; None when all files are read."""
        while True:
            if self.main is not None:
                found = await self.main.next(self.variables.text("RS"))
                if found is not None:
                    for name in ("NR", "FNR"):
                        await self.variables.set(name, number(self.variables.get(name)) + 1)
                    return found
            if not await self.more():
                return None

    # -- functions ----------------------------------------------------------------------------------------------------

    async def _call(self, call: syntax.Call) -> Value:
        function = self.program.functions.get(call.name)
        if function is not None:
            return await self._call_own(function, call)
        if call.name in FUNCTIONS:
            try:
                return FUNCTIONS[call.name]([await self.value(one) for one in call.arguments])
            except IndexError:
                raise AwkError(f"not enough arguments to {call.name}") from None
        if call.name not in SPECIAL:
            raise AwkError(f"calling undefined function {call.name}")
        return await SPECIAL[call.name](self, call.arguments)

    async def _call_own(self, function: syntax.Function, call: syntax.Call) -> Value:
        frame: dict[str, Value | Array] = {}
        for name, argument in zip(function.parameters, call.arguments, strict=False):
            frame[name] = await self.argument(argument)
        frames = self.variables.frames
        if len(frames) >= DEEPEST:
            raise Exit(SEGMENTATION_FAULT)
        frames.append({name: frame.get(name, UNSET) for name in function.parameters})
        try:
            work: Coroutine[Any, Any, None] = self.run(function.body)
            await (work if len(frames) % FRAMES else asyncio.ensure_future(work))
        except Leap as leap:
            if leap.word != "return":
                raise
            return leap.value
        finally:
            frames.pop()
        return UNSET

    async def argument(self, argument: Expression) -> "Value | Array":
        """Arrays are handed over themselves; a name that is nothing yet may become one."""
        if isinstance(argument, syntax.Name):
            try:
                value = self.variables.get(argument.name)
            except AwkError:
                return self.variables.array(argument.name)
            return self.variables.array(argument.name) if value is UNSET and argument.name != "NF" else value
        return await self.value(argument)

    async def spend(self) -> None:
        self._nodes += 1
        if self._nodes % STEPS == 0:
            await self.process.machine.cpu.spend()


_ORDERS = {"<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (-1, 1), ">": (1,), ">=": (0, 1)}


def _calculated(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "^":
            return _power(left, right)
    if right == 0:
        raise AwkError("division by zero" if sign == "/" else "division by zero in %")
    return left / right if sign == "/" else math.fmod(left, right)


def _power(left: float, right: float) -> float:
    try:
        value = left**right
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return value if isinstance(value, float) else math.nan
