"""Commands that the shell does itself, because they change the shell."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Exit
from k9lite.engine.node.runtimes.simulated.shell.signals import send, signal_number
from k9lite.engine.node.runtimes.simulated.shell.state import Interpreter, LoopControl, Return, ShellState, Streams
from k9lite.engine.node.runtimes.simulated.shell.variables import export, let, local, read, readonly, shift, unset

LONG_OPTIONS = {"errexit": "e", "nounset": "u", "xtrace": "x", "pipefail": "pipefail"}
Builtin = Callable[[Interpreter, list[str], Streams], Awaitable[int]]


async def nothing(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    return 0


async def change_folder(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    state, variables = shell.state, shell.state.variables
    target = argv[1] if len(argv) > 1 else variables.get("HOME", "/")
    if target == "-":
        target = variables.get("OLDPWD", state.folder)
    path = absolute(target, state.folder)
    if not state.process.machine.files.is_folder(path):
        await streams.complain(f"{shell.state.prefix}cd: can't cd to {target}: No such file or directory")
        return 2
    variables |= {"OLDPWD": state.folder, "PWD": path}
    state.folder = path
    return 0


async def leave(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    raise Exit(int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else shell.state.status)


async def go_back(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """Out of a function or a sourced file; where there is none, out of the shell."""
    leaving = Return if shell.state.scopes else Exit
    raise leaving(int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else shell.state.status)


async def leave_loop(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    levels = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else 1
    if not shell.state.loops:
        return 0
    raise LoopControl(min(levels, shell.state.loops), argv[0] == "continue")


async def set_options(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    arguments = argv[1:]
    while arguments and arguments[0][:1] in "-+" and len(arguments[0]) > 1:
        option = arguments.pop(0)
        if option == "--":
            break
        names = set(option[1:]) - {"o"}
        if option[1:].endswith("o") and arguments:
            names |= {LONG_OPTIONS.get(arguments.pop(0), "")} - {""}
        if option[0] == "-":
            shell.state.options |= names
        else:
            shell.state.options -= names
    if arguments or "--" in argv:
        shell.state.arguments = arguments
    return 0


async def trap(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    state = shell.state
    if len(argv) < 3:
        return 0
    for name in argv[2:]:
        number = signal_number(name)
        if number is None:
            await streams.complain(f"{state.prefix}trap: {name}: invalid signal specification")
            return 1
        if argv[1] == "-":
            state.traps.pop(number, None)
            state.process.handlers.pop(number, None)
            continue
        state.traps[number] = argv[1]
        if number:
            state.process.handlers[number] = _catcher(state, number) if argv[1] else None
    return 0


def _catcher(state: ShellState, number: int) -> Callable[[], None]:
    def catch() -> None:
        state.pending.append(number)
        for waiter in state.waiters:
            waiter.set()

    return catch


async def wait(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """Wait for children; a trapped signal ends the waiting."""
    jobs = shell.state.jobs
    wanted = [int(one) for one in argv[1:] if one.isdigit()] or list(jobs)
    status = 0
    for pid in wanted:
        job = jobs.get(pid)
        if job is None:
            status = 127
            continue
        interrupted = asyncio.Event()
        shell.state.waiters.append(interrupted)
        job.when_over(interrupted.set)
        if not job.over:
            await interrupted.wait()
        shell.state.waiters.remove(interrupted)
        if not job.over:
            return 128 + (shell.state.pending or [0])[0]
        status = jobs.pop(pid).exit_code or 0
    return status if len(argv) > 1 else 0


async def run_text(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    return await _with_streams(shell, " ".join(argv[1:]), streams)


async def run_file(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    process = shell.state.process
    try:
        text = process.machine.files.read(absolute(argv[1], shell.state.folder)).decode(errors="replace")
    except (NoFile, IndexError):
        await streams.complain(f"{shell.state.prefix}.: {''.join(argv[1:2])}: not found")
        raise Exit(2) from None
    shell.state.scopes.append({})
    try:
        return await _with_streams(shell, text, streams)
    except Return as done:
        return done.status
    finally:
        shell.state.leave_scope()


async def _with_streams(shell: Interpreter, text: str, streams: Streams) -> int:
    saved, shell.streams = shell.streams, streams
    try:
        return await shell.source(text)
    finally:
        shell.streams = saved


async def replace(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    """exec: the shell becomes another program; without one its streams are changed for good."""
    if len(argv) == 1:
        shell.streams = streams
        return 0
    state, process = shell.state, shell.state.process
    if state.subshell:
        raise Exit(await shell.invoke(argv[1:], streams, {}))
    program = process.machine.find(argv[1])
    if program is None:
        await streams.complain(f"{state.prefix}exec: {argv[1]}: not found")
        raise Exit(127)
    process.argv, process.environment, process.folder = argv[1:], state.environment(), state.folder
    process.stdin, process.stdout, process.stderr = streams
    process.handlers = {number: None for number, handler in process.handlers.items() if handler is None}
    raise Exit(await program(process))


async def command(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    if len(argv) > 2 and argv[1] in ("-v", "-V"):
        return await which(shell, [argv[0], *argv[2:]], streams)
    return await shell.invoke(argv[1:], streams, {}) if len(argv) > 1 else 0


async def which(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    status = 0
    for name in argv[1:]:
        if name in BUILTINS or name in shell.state.functions:
            await streams.say(f"{name}\n")
        elif shell.state.process.machine.find(name):
            await streams.say(f"{name if '/' in name else f'/bin/{name}'}\n")
        else:
            status = 127
    return status


async def kill(shell: Interpreter, argv: list[str], streams: Streams) -> int:
    problem = send(shell.state.process.machine, argv[1:])
    if problem:
        await streams.complain(f"{shell.state.prefix}{problem}")
    await asyncio.sleep(0)  # a shell that killed itself goes no further
    return int(bool(problem))


BUILTINS: Mapping[str, Builtin] = {
    ":": nothing,
    ".": run_file,
    "source": run_file,
    "break": leave_loop,
    "cd": change_folder,
    "command": command,
    "declare": local,
    "let": let,
    "readonly": readonly,
    "typeset": local,
    "continue": leave_loop,
    "eval": run_text,
    "exec": replace,
    "exit": leave,
    "export": export,
    "kill": kill,
    "local": local,
    "read": read,
    "return": go_back,
    "set": set_options,
    "shift": shift,
    "trap": trap,
    "type": which,
    "ulimit": nothing,
    "umask": nothing,
    "unset": unset,
    "wait": wait,
}
