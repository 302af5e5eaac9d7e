"""Subcommands that look at something, say what they found, and end."""

from collections.abc import Callable
from datetime import UTC, datetime

from k9lite.aio.clock import within
from k9lite.engine.node.runtimes.simulated.agnhost import flags
from k9lite.engine.node.runtimes.simulated.files import Files, NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell.commands.files import permissions
from k9lite.engine.node.runtimes.simulated.shell.commands.system import seconds

NEW_FILE = b"mount-tester new file\n"
NEW_FILES = (("new_file_0644", 0o644), ("new_file_0666", 0o666), ("new_file_0660", 0o660), ("new_file_0777", 0o777))
LOOP_SECONDS, LOOP_PACE = 180, 2.0
EXT4 = 61267  # what statfs calls the file system of a node's disk
LOG_LINES, LOG_SECONDS = 1000, 60.0


async def entrypoint_tester(process: Process) -> int:
    await process.say(f"[{' '.join(process.argv)}]\n")
    return 0


async def mounttest(process: Process) -> int:
    """Looks at files: the kind of their file system, modes, contents; and writes new ones. In this order."""
    given, _ = flags.read(process.argv[2:])
    files = process.machine.files
    looks: tuple[tuple[str, Callable[[Files, str], str]], ...] = (
        ("fs_type", _file_system),
        *((name, _writing(mode)) for name, mode in NEW_FILES),
        ("file_mode", _mode),
        ("file_perm", _permissions),
        ("file_owner", _owner),
        ("file_content", _content),
    )
    failed = False
    for name, look in looks:
        if name in given:
            try:
                await process.say(look(files, given[name]))
            except NoFile as problem:
                failed = True
                await process.say(_trouble(name, given[name], str(problem).lower()))
    if "file_content_in_loop" in given:
        await _content_in_loop(process, given)
    return 1 if failed else 0


def _file_system(files: Files, path: str) -> str:
    if not files.exists(path):
        raise NoFile
    return f'mount type of "{path}": {"tmpfs" if files.in_memory(path) else EXT4}\n'


def _writing(mode: int) -> Callable[[Files, str], str]:
    def write(files: Files, path: str) -> str:
        files.write(path, NEW_FILE)
        files.change_mode(path, mode)
        return _content(files, path)

    return write


def _mode(files: Files, path: str) -> str:
    kind = "d" if files.is_folder(path) else "-"
    return f'mode of file "{path}": {kind}{permissions(files.mode(path))}\n'


def _permissions(files: Files, path: str) -> str:
    return f'perms of file "{path}": -{permissions(files.mode(path))}\n'


def _owner(files: Files, path: str) -> str:
    files.mode(path)
    return f'owner UID of "{path}": 0\nowner GID of "{path}": 0\n'


def _content(files: Files, path: str) -> str:
    return f'content of file "{path}": {files.read(path).decode(errors="replace")}\n'


def _trouble(look: str, path: str, problem: str) -> str:
    if look == "fs_type":
        return f'error from statfs("{path}"): {problem}\n'
    if look == "file_content":
        return f'error reading file content for "{path}": open {path}: {problem}\n'
    if look.startswith("new_file"):
        return f'error writing new file "{path}": open {path}: {problem}\n'
    return f'error gathering file info for "{path}": stat {path}: {problem}\n'


async def _content_in_loop(process: Process, given: dict[str, str]) -> None:
    path, clock = given["file_content_in_loop"], process.machine.clock
    until = clock.now() + flags.number(given, "retry_time", LOOP_SECONDS)
    once = given.get("break_on_expected_content", "true") == "true"
    while clock.now() < until:
        try:
            content = process.machine.files.read(path)
        except NoFile as problem:
            await process.say(f"Error reading file {path}: open {path}: {str(problem).lower()}, retrying\n")
        else:
            await process.say(f'content of file "{path}": {content.decode(errors="replace")}\n')
            if once and content == NEW_FILE:
                return
            if once:
                await process.say(f"Unexpected content. Expected: {NEW_FILE.decode()}. Retrying")
        await clock.sleep(LOOP_PACE)


async def connect(process: Process) -> int:
    """Whether somebody listens at `host:port`."""
    given, rest = flags.read(process.argv[2:])
    host, _, port = (rest[0] if rest else "").rpartition(":")
    addresses = process.machine.addresses(host)
    if not addresses or not port.isdigit():
        await process.complain(f"DNS: lookup {host}: no such host")
        return 1
    patience = seconds(given.get("timeout", "")) or 1.0
    try:
        connecting = process.machine.network.connect(addresses[0], int(port))
        stream = await within(process.machine.clock, patience, connecting)
    except TimeoutError:
        await process.complain("TIMEOUT")
    except OSError:
        await process.complain("REFUSED")
    else:
        await stream.close()
        return 0
    return 1


async def etc_hosts(process: Process) -> int:
    await process.say(_text(process, "/etc/hosts"))
    return 0


async def dns_suffix(process: Process) -> int:
    await process.say(",".join(_resolver(process, "search")) + "\n")
    return 0


async def dns_server_list(process: Process) -> int:
    await process.say(",".join(_resolver(process, "nameserver")) + "\n")
    return 0


def _resolver(process: Process, word: str) -> list[str]:
    lines = [line.split() for line in _text(process, "/etc/resolv.conf").splitlines()]
    return [value for line in lines if line[:1] == [word] for value in line[1:]]


def _text(process: Process, path: str) -> str:
    try:
        return process.machine.files.read(absolute(path, "/")).decode(errors="replace")
    except NoFile:
        return ""


async def logs_generator(process: Process) -> int:
    """Writes lines that look like an API server's, evenly over a time."""
    given, _ = flags.read(process.argv[2:])
    total = flags.number(given, "log-lines-total", flags.number(given, "t", LOG_LINES))
    duration = seconds(given.get("run-duration", given.get("d", ""))) or LOG_SECONDS
    machine = process.machine
    for line in range(total):
        picked = machine.randomness.number("log line", machine.unique, line)
        method, code = ("GET", "POST", "PUT")[picked % 3], 200 + picked // 7 % 400
        url = f"/api/v1/namespaces/{('kube-system', 'default', 'ns')[picked // 3 % 3]}/pods/{picked % 0xFFF:x}"
        now = datetime.fromtimestamp(machine.clock.now(), UTC)
        await process.complain(f"I{now:%m%d %H:%M:%S.%f}       1 logs_generator.go:76] {line} {method} {url} {code}")
        await machine.clock.sleep(duration / total)
    return 0
