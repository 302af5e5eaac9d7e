"""awk's own functions that change variables, or run commands."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell import regex
from k9lite.engine.node.runtimes.simulated.shell.commands.awk import syntax
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.output import Streams
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.records import fields
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError, Expression, Target
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import Input, Value, number, text
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.variables import Array, Variables


class Evaluator(Protocol):
    """What evaluates their arguments. `drawn`: random numbers since `seed` was set."""

    process: Process
    variables: Variables
    streams: Streams
    drawn: int
    seed: float

    async def value(self, expression: Expression) -> Value: ...
    async def text(self, expression: Expression) -> str: ...
    async def pattern(self, expression: Expression) -> regex.Expression: ...
    async def argument(self, argument: Expression) -> "Value | Array": ...
    async def assign(self, target: Target, value: Value) -> None: ...
    async def formatted(self, values: Sequence[Value]) -> str: ...
    async def spend(self) -> None: ...


async def length_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    if not arguments:
        return float(len(text(run.variables.field(0))))
    if isinstance(arguments[0], syntax.Name):
        found = await run.argument(arguments[0])
        return float(len(found) if isinstance(found, dict) else len(text(found)))
    return float(len(await run.text(arguments[0])))


async def split_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    if len(arguments) < 2 or not isinstance(arguments[1], syntax.Name):
        raise AwkError("split: second argument is no array")
    whole, array = await run.text(arguments[0]), run.variables.array(arguments[1].name)
    if len(arguments) > 2:
        third = arguments[2]
        separator = third.text if isinstance(third, syntax.Regex) else await run.text(third)
    else:
        separator = run.variables.text("FS")
    await run.variables.clear(array)
    pieces = fields(whole, separator)
    for index, piece in enumerate(pieces, 1):
        await run.spend()
        await run.variables.put(array, str(index), Input(piece))
    return float(len(pieces))


async def sub_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return await _substitute(run, arguments, once=True)


async def gsub_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return await _substitute(run, arguments, once=False)


async def _substitute(run: Evaluator, arguments: Sequence[Expression], *, once: bool) -> Value:
    """sub and gsub: how many were replaced."""
    target = arguments[2] if len(arguments) > 2 else syntax.Field(syntax.Literal(0.0))
    pattern, template = await run.pattern(arguments[0]), await run.text(arguments[1])
    whole, pieces, end, start, count, size = await run.text(target), list[str](), -1, 0, 0, 0
    for match in pattern.finditer(whole):
        await run.spend()
        if not match[0] and match.start == end:
            continue
        pieces += [whole[start : match.start], _filled(template, match[0])]
        start = end = match.end
        count += 1
        size += len(pieces[-1]) + len(pieces[-2])
        await run.process.machine.memory.hold(run, size)
        if once:
            break
    if count and isinstance(target, syntax.Name | syntax.Field | syntax.Index):
        await run.assign(target, "".join([*pieces, whole[start:]]))
    return float(count)


async def match_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    found = (await run.pattern(arguments[1])).search(await run.text(arguments[0]))
    start, length = (found.start + 1.0, float(len(found[0]))) if found else (0.0, -1.0)
    await run.variables.set("RSTART", start)
    await run.variables.set("RLENGTH", length)
    return start


async def sprintf_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return await run.formatted([await run.value(one) for one in arguments])


async def system_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return float(await run.streams.run(await run.text(arguments[0])))


async def close_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return await run.streams.close(await run.text(arguments[0]))


async def fflush_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return 0.0


async def systime_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    return float(math.floor(run.process.machine.clock.now()))


async def rand_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    run.drawn += 1
    return run.process.machine.randomness.fraction("awk", str(run.seed), run.drawn)


async def srand_(run: Evaluator, arguments: Sequence[Expression]) -> Value:
    before, run.drawn = run.seed, 0
    run.seed = number(await run.value(arguments[0])) if arguments else run.process.machine.clock.now()
    return before


def _filled(template: str, matched: str) -> str:
    """& is what matched; \\& is a plain one."""
    if "&" not in template:
        return template
    return "&".join(piece.replace("&", matched) for piece in template.split("\\&"))


SPECIAL: Mapping[str, Callable[[Evaluator, Sequence[Expression]], Awaitable[Value]]] = {
    "length": length_,
    "split": split_,
    "sub": sub_,
    "gsub": gsub_,
    "match": match_,
    "sprintf": sprintf_,
    "system": system_,
    "close": close_,
    "fflush": fflush_,
    "systime": systime_,
    "rand": rand_,
    "srand": srand_,
}
