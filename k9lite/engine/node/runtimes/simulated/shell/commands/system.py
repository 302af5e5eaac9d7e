"""Commands about the machine, its processes and time."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import KILL, SIGNALS, Process, Program, forever
from k9lite.engine.node.runtimes.simulated.shell.commands import options

FOUND_IN = "/bin"  # where every command of a simulated image is
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


async def true(process: Process) -> int:
    return 0


async def false(process: Process) -> int:
    return 1


def seconds(text: str) -> float | None:
    """A time span as `sleep` takes it; None if it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smhd]?)", text)
    return float(found[1]) * UNITS[found[2]] if found else None


async def sleep(process: Process) -> int:
    if {"infinity", "inf"} & set(process.argv[1:]):
        await forever()
    spans = [seconds(one) for one in process.argv[1:]]
    if not spans:
        await process.complain("sleep: missing operand")
        return 1
    for text, span in zip(process.argv[1:], spans, strict=True):
        if span is None:
            await process.complain(f"sleep: invalid number '{text}'")
            return 1
    await process.machine.cpu.sleep(sum(span or 0 for span in spans))
    return 0


async def hostname(process: Process) -> int:
    flags = options.read(process.argv).flags
    await process.say((process.machine.address if flags & {"i", "I"} else process.machine.hostname) + "\n")
    return 0


async def date(process: Process) -> int:
    given = options.read(process.argv, "d")
    moment = datetime.fromtimestamp(process.machine.clock.now(), UTC)
    form = next((one[1:] for one in given.rest if one.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    form = form.replace("%s", str(int(moment.timestamp()))).replace("%N", f"{moment.microsecond * 1000:09d}")
    if given.flags & {"I", "Iseconds"}:
        form = "%Y-%m-%d"
    await process.say(moment.strftime(form) + "\n")
    return 0


async def env(process: Process) -> int:
    arguments, environment = list(process.argv[1:]), dict(process.environment)
    if arguments[:1] in (["-i"], ["-"]):
        arguments, environment = arguments[1:], {}
    while arguments and "=" in arguments[0]:
        name, _, value = arguments.pop(0).partition("=")
        environment[name] = value
    if arguments:
        return await child(process, arguments, environment)
    await process.say("".join(f"{name}={value}\n" for name, value in environment.items()))
    return 0


async def printenv(process: Process) -> int:
    if len(process.argv) == 1:
        return await env(process)
    values = [process.environment.get(name) for name in process.argv[1:]]
    await process.say("".join(f"{value}\n" for value in values if value is not None))
    return int(None in values)


async def child(process: Process, argv: list[str], environment: dict[str, str] | None = None) -> int:
    """Run another command in the place of this one."""
    program = process.machine.find(argv[0])
    if program is None:
        await process.complain(f"{process.argv[0]}: can't execute '{argv[0]}': No such file or directory")
        return 127
    inner = Process(
        process.machine,
        argv,
        process.environment if environment is None else environment,
        process.folder,
        process.stdin,
        process.stdout,
        process.stderr,
        process.tty,
    )
    inner.launch(program, process.machine.start)
    try:
        return await inner.wait()
    finally:
        inner.kill(KILL)


async def which(process: Process) -> int:
    found = [name for name in process.argv[1:] if process.machine.find(name) is not None]
    await process.say("".join(f"{name if '/' in name else f'{FOUND_IN}/{name}'}\n" for name in found))
    return int(len(found) < len(process.argv) - 1)


async def timeout(process: Process) -> int:
    given = options.read(process.argv, "sk", stop_early=True)
    span = seconds(given.rest[0]) if given.rest else None
    if span is None or len(given.rest) < 2:
        await process.complain("timeout: invalid arguments")
        return 1
    program = process.machine.find(given.rest[1])
    if program is None:
        await process.complain(f"timeout: can't execute '{given.rest[1]}': No such file or directory")
        return 127
    inner = Process(
        process.machine,
        given.rest[1:],
        process.environment,
        process.folder,
        process.stdin,
        process.stdout,
        process.stderr,
    )
    inner.launch(program, process.machine.start)
    signal = SIGNALS.get(given.values.get("s", "TERM").removeprefix("SIG"), SIGNALS["TERM"])
    timer = process.machine.clock.call_later(span, lambda: inner.kill(signal))
    try:
        return await inner.wait()
    finally:
        timer.cancel()
        inner.kill(KILL)


async def xargs(process: Process) -> int:
    given = options.read(process.argv, "nI", stop_early=True)
    data = bytearray()
    while chunk := await process.stdin.read():
        data += chunk
    words = data.decode(errors="replace").split()
    size = int(given.values["n"]) if "n" in given.values else (1 if "I" in given.values else len(words) or 1)
    command, mark, status = given.rest or ["echo"], given.values.get("I"), 0
    for start in range(0, len(words) or 1, size):
        part = words[start : start + size]
        argv = [one.replace(mark, part[0]) for one in command] if mark and part else [*command, *part]
        status = await child(process, argv) or status
    return status


async def identity(process: Process) -> int:
    flags, machine = options.read(process.argv).flags, process.machine
    wanted = machine.group if "g" in flags else machine.user
    if flags & {"u", "g"}:
        await process.say(f"{_called(wanted) if 'n' in flags else wanted}\n")
    else:
        user, group = _named(machine.user), _named(machine.group)
        await process.say(f"uid={user} gid={group} groups={group}\n")
    return 0


def _named(number: int) -> str:
    """`0(root)`; other numbers have no name."""
    return f"{number}(root)" if number == 0 else str(number)


def _called(number: int) -> str:
    return "root" if number == 0 else str(number)


async def whoami(process: Process) -> int:
    if process.machine.user:
        await process.complain(f"whoami: unknown uid {process.machine.user}")
        return 1
    await process.say("root\n")
    return 0


async def uname(process: Process) -> int:
    flags = options.read(process.argv).flags
    parts = {"s": "Linux", "n": process.machine.hostname, "r": "k9lite", "m": "x86_64"}
    wanted = list(parts) if "a" in flags else [flag for flag in parts if flag in flags] or ["s"]
    await process.say(" ".join(parts[flag] for flag in wanted) + "\n")
    return 0


async def nproc(process: Process) -> int:
    await process.say("1\n")
    return 0


async def test(process: Process) -> int:
    arguments = list(process.argv[1:])
    if process.argv[0].rpartition("/")[2] == "[":
        if arguments[-1:] != ["]"]:
            await process.complain("[: missing ]")
            return 2
        arguments.pop()
    try:
        return int(not _or(process, arguments))
    except (ValueError, IndexError):
        await process.complain(f"{process.argv[0]}: {' '.join(arguments)}: bad number or unknown operand")
        return 2


COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}


def _or(process: Process, words: list[str]) -> bool:
    if "-o" in words[1:]:
        at = words.index("-o", 1)
        return _or(process, words[:at]) or _or(process, words[at + 1 :])
    if "-a" in words[1:]:
        at = words.index("-a", 1)
        return _or(process, words[:at]) and _or(process, words[at + 1 :])
    return _one(process, words)


def _one(process: Process, words: list[str]) -> bool:
    if not words:
        return False
    if words[0] == "!" and len(words) > 1:
        return not _one(process, words[1:])
    if len(words) == 1:
        return bool(words[0])
    if len(words) == 2:
        return _unary(process, words[0], words[1])
    left, sign, right = words
    if sign in ("=", "=="):
        return left == right
    if sign == "!=":
        return left != right
    if sign not in COMPARE:
        raise ValueError(sign)
    return COMPARE[sign](int(left), int(right))


def _unary(process: Process, sign: str, word: str) -> bool:
    files, path = process.machine.files, absolute(word, process.folder)
    if sign == "-s":
        try:
            return bool(files.read(path))
        except NoFile:
            return False
    tests: Mapping[str, Callable[[], bool]] = {
        "-n": lambda: bool(word),
        "-z": lambda: not word,
        "-e": lambda: files.exists(path),
        "-f": lambda: files.is_file(path),
        "-d": lambda: files.is_folder(path),
        "-r": lambda: files.exists(path),
        "-w": lambda: files.exists(path),
        "-x": lambda: files.exists(path),
        "-t": lambda: process.tty,
        "-L": lambda: False,
        "-h": lambda: False,
        "-S": lambda: False,
    }
    if sign not in tests:
        raise ValueError(sign)
    return tests[sign]()


COMMANDS: Mapping[str, Program] = {
    "[": test,
    "date": date,
    "env": env,
    "false": false,
    "hostname": hostname,
    "id": identity,
    "nproc": nproc,
    "printenv": printenv,
    "sleep": sleep,
    "test": test,
    "timeout": timeout,
    "true": true,
    "uname": uname,
    "which": which,
    "whoami": whoami,
    "xargs": xargs,
}
