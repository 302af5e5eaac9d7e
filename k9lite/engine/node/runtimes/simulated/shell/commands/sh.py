"""The shell as a command: `sh -c TEXT`, `sh FILE`, or line by line from its input."""

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.pipes import Lines
from k9lite.engine.node.runtimes.simulated.process import SIGNALS, Exit, Process
from k9lite.engine.node.runtimes.simulated.shell.evaluator import Shell
from k9lite.engine.node.runtimes.simulated.shell.parser import parse
from k9lite.engine.node.runtimes.simulated.shell.state import ShellState, Streams, Variables
from k9lite.engine.node.runtimes.simulated.shell.syntax import ShellSyntaxError

EXIT, BASH = 0, "bash"


async def sh(process: Process) -> int:
    options, arguments = _options(process.argv[1:])
    state = ShellState(process, process.folder, process.argv[0], kind=_kind(process))
    state.variables = Variables({"PWD": process.folder, "IFS": " \t\n"} | process.environment)
    state.exported = set(process.environment)
    state.options = options & {"e", "u", "x"}
    state.braces = state.is_bash
    shell = Shell(state, Streams(process.stdin, process.stdout, process.stderr))
    if "c" in options:
        if not arguments:
            await process.complain(f"{state.name}: -c requires an argument")
            return 2
        text, state.name, state.arguments = arguments[0], (arguments[1:2] or [state.name])[0], arguments[2:]
        return await _to_the_end(shell, text)
    if arguments:
        try:
            text = process.machine.files.read(absolute(arguments[0], process.folder)).decode(errors="replace")
        except NoFile:
            await process.complain(f"{state.name}: can't open '{arguments[0]}': No such file or directory")
            return 2
        state.name, state.arguments, state.is_file = arguments[0], arguments[1:], True
        return await _to_the_end(shell, text)
    return await _lines(shell, process.tty or "i" in options)


def _kind(process: Process) -> str:
    """Debian's sh is dash; where there is no bash it is busybox's."""
    name = process.argv[0].rpartition("/")[2]
    if name == BASH:
        return BASH
    return "dash" if name != "ash" and process.machine.find(BASH) is not None else "ash"


def _options(arguments: list[str]) -> tuple[set[str], list[str]]:
    options: set[str] = set()
    while arguments and arguments[0].startswith("-") and len(arguments[0]) > 1:
        option = arguments.pop(0)
        if option == "--":
            break
        options |= set(option[1:])
    return options, arguments


async def _to_the_end(shell: Shell, text: str) -> int:
    try:
        status = await shell.source(text)
    except Exit as exit:
        status = exit.code
    return await _leave(shell, status)


async def _leave(shell: Shell, status: int) -> int:
    """Run the EXIT trap."""
    text = shell.state.traps.pop(EXIT, "")
    if text:
        shell.state.status = status
        try:
            await shell.source(text)
        except Exit as exit:
            return exit.code
    return status


async def _lines(shell: Shell, interactive: bool) -> int:
    """Read commands, a line or more at a time; Ctrl-C ends what runs, not the shell."""
    process, lines = shell.state.process, Lines(shell.state.process.stdin, shell.state.process.machine)
    shell.streams = shell.streams._replace(stdin=lines)
    if interactive:
        process.handlers[SIGNALS["INT"]] = lambda: shell.interrupt()
    pending = ""
    while True:
        if interactive:
            await process.say("> " if pending else f"{shell.state.folder} # ")
        line = await lines.line()
        if line is None:
            if interactive:
                await process.say("\n")
            return await _leave(shell, shell.state.status)
        pending += line.decode(errors="replace") + "\n"
        try:
            parse(pending)
        except ShellSyntaxError as error:
            if error.incomplete:
                continue
        text, pending = pending, ""
        try:
            await shell.source(text)
        except Exit as exit:
            return await _leave(shell, exit.code)
