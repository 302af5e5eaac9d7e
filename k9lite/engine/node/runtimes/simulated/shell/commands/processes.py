"""Commands about the processes of a container."""

from collections.abc import Callable, Mapping

from k9lite.engine.node.runtimes.simulated.process import SIGNALS, Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.system import child
from k9lite.engine.node.runtimes.simulated.shell.signals import send, signal_number


async def kill(process: Process) -> int:
    problem = send(process.machine, process.argv[1:])
    if problem:
        await process.complain(problem if problem.startswith("kill") else f"kill: {problem}")
    return int(bool(problem))


async def ps(process: Process) -> int:
    await process.say("PID   USER     TIME  COMMAND\n")
    for pid, one in sorted(process.machine.processes.items()):
        await process.say(f"{pid:5d} root      0:00 {' '.join(one.argv)}\n")
    return 0


def _found(process: Process, names: list[str], whole: bool) -> list[Process]:
    """The others whose command is one of `names`, or begins so."""
    every = (one for _, one in sorted(process.machine.processes.items()) if isinstance(one, Process))
    fits: Callable[[str, str], bool] = str.__eq__ if whole else str.startswith
    return [
        one for one in every if one is not process and any(fits(one.argv[0].rpartition("/")[2], name) for name in names)
    ]


def _signalling(whole: bool) -> Program:
    """killall and pkill: 1 where there is nobody."""

    async def program(process: Process) -> int:
        names, number = process.argv[1:], SIGNALS["TERM"]
        if names and names[0].startswith("-"):
            number = signal_number(names.pop(0)[1:]) or 0
        found = _found(process, names, whole)
        for one in found:
            if number:
                one.kill(number)
        if whole and not found:
            await process.complain(f"killall: {' '.join(names)}: no process killed")
        return int(not found)

    return program


async def pgrep(process: Process) -> int:
    found = _found(process, options.read(process.argv).rest, whole=False)
    await process.say("".join(f"{one.pid}\n" for one in found))
    return int(not found)


async def pidof(process: Process) -> int:
    found = _found(process, process.argv[1:], whole=True)
    if found:
        await process.say(" ".join(str(one.pid) for one in found) + "\n")
    return int(not found)


async def nohup(process: Process) -> int:
    process.handlers[SIGNALS["HUP"]] = None
    return await child(process, process.argv[1:])


COMMANDS: Mapping[str, Program] = {
    "kill": kill,
    "killall": _signalling(whole=True),
    "nohup": nohup,
    "pgrep": pgrep,
    "pidof": pidof,
    "pkill": _signalling(whole=False),
    "ps": ps,
}
