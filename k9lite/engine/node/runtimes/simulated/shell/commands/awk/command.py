"""awk as a command: its options, its files, and its rules for every record."""

from collections.abc import Mapping

from k9lite.api.patterns import PatternError
from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.awk import syntax
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.expressions import Leap
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.interpreter import Interpreter
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.lexer import unescaped
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.parser import parse
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.records import Records
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.syntax import AwkError
from k9lite.engine.node.runtimes.simulated.shell.commands.awk.values import Input, number
from k9lite.engine.node.runtimes.simulated.shell.devices import opened


async def awk(process: Process) -> int:
    given = options.read(process.argv, "Fvf", stop_early=True)
    operands = list(given.rest)
    try:
        if "f" in given.values:
            source = "\n".join(_text(process, name) for name in given.values["f"].split("\n"))
        elif operands:
            source = operands.pop(0)
        else:
            await process.complain("awk: missing program")
            return 1
        return await _run(process, source, given.values, operands)
    except (AwkError, PatternError) as error:
        await process.complain(f"awk: {error}")
        return 2
    except NoFile as error:
        await process.complain(f"awk: can't open file: {error}")
        return 2


def _text(process: Process, name: str) -> str:
    return process.machine.files.read(absolute(name, process.folder)).decode(errors="replace")


async def _run(process: Process, source: str, values: Mapping[str, str], operands: list[str]) -> int:
    program = parse(source)
    interpreter = Interpreter(process, program)
    variables = interpreter.variables
    if "F" in values:
        await variables.set("FS", "\t" if values["F"] == "t" else unescaped(values["F"]))
    for assignment in filter(None, values.get("v", "").split("\n")):
        await _assign(interpreter, assignment)
    environment, arguments = variables.array("ENVIRON"), variables.array("ARGV")
    for name, value in process.environment.items():
        await variables.put(environment, name, Input(value))
    for index, operand in enumerate(["awk", *operands]):
        await variables.put(arguments, str(index), Input(operand))
    await variables.set("ARGC", float(len(operands) + 1))
    status = 0
    try:
        status = await _all(_Input(process, interpreter), program)
    finally:
        await interpreter.streams.close_all()
    return status or 2 * process.failed


async def _assign(interpreter: Interpreter, assignment: str) -> None:
    name, _, value = assignment.partition("=")
    await interpreter.variables.set(name, Input(unescaped(value)))


async def _all(given: "_Input", program: syntax.Program) -> int:
    """BEGIN, the rules for every record, END; `exit` leaves for END, and from there for good."""
    interpreter, status = given.interpreter, 0
    try:
        for block in program.begin:
            await interpreter.run(block)
        if program.rules or program.end:
            await _records(given, program)
    except Leap as leap:
        status = _status(leap)
    try:
        for block in program.end:
            await interpreter.run(block)
    except Leap as leap:
        status = _status(leap) or status
    return status


def _status(leap: Leap) -> int:
    if leap.word != "exit":
        raise AwkError(f"'{leap.word}' used outside of its place")
    return int(number(leap.value)) & 0xFF


async def _records(given: "_Input", program: syntax.Program) -> None:
    interpreter = given.interpreter
    while (record := await interpreter.next_record()) is not None:
        interpreter.variables.set_record(record)
        try:
            for rule in program.rules:
                if await _applies(interpreter, rule):
                    await interpreter.run(rule.body or syntax.Print((), form=False))
        except Leap as leap:
            if leap.word == "nextfile":
                interpreter.main = None
            elif leap.word != "next":
                raise


async def _applies(interpreter: Interpreter, rule: syntax.Rule) -> bool:
    if rule.first is None:
        return True
    if rule.last is None:
        return await interpreter.holds(rule.first)
    if not rule.inside and not await interpreter.holds(rule.first):
        return False
    rule.inside = not await interpreter.holds(rule.last)
    return True


class _Input:
    """Opens one file after the other, as ARGV has them; standard input where it has none."""

    def __init__(self, process: Process, interpreter: Interpreter) -> None:
        self._process, self.interpreter, self._at, self._opened = process, interpreter, 1, False
        interpreter.more = self.more

    async def more(self) -> bool:
        variables = self.interpreter.variables
        while self._at < number(variables.get("ARGC")):
            operand = str(variables.array("ARGV").get(str(self._at), ""))
            self._at += 1
            name, equals, _ = operand.partition("=")
            if equals and name.isidentifier():
                await _assign(self.interpreter, operand)
            elif operand and await self._open(operand):
                return True
        if self._opened:
            return False
        return await self._open("-")

    async def _open(self, name: str) -> bool:
        self._opened = True
        process, interpreter = self._process, self.interpreter
        try:
            reader = process.stdin if name == "-" else opened(process.machine, absolute(name, process.folder))
        except NoFile as error:
            await process.complain(f"awk: {name}: {error}")
            process.failed = True
            return False
        interpreter.main = Records(process, reader)
        await interpreter.variables.set("FILENAME", "" if name == "-" else Input(name))
        await interpreter.variables.set("FNR", 0.0)
        return True


COMMANDS: Mapping[str, Program] = {"awk": awk, "gawk": awk, "mawk": awk}
