"""Commands about files."""

import io
import posixpath
import re
import tarfile
from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options

TEMPORARY, TEMPORARY_NAME = "/tmp", "tmp."  # noqa: S108 -- in memory


async def ls(process: Process) -> int:
    given = options.read(process.argv)
    files, status = process.machine.files, 0
    names = given.rest or ["."]
    for name in sorted(names):
        path = absolute(name, process.folder)
        if files.is_file(path) or (files.is_folder(path) and "d" in given.flags):
            found = [name]
        elif files.is_folder(path):
            found = [one for one in files.names(path) if "a" in given.flags or not one.startswith(".")]
            if len(names) > 1:
                await process.say(f"{name}:\n")
        else:
            await process.complain(f"ls: {name}: No such file or directory")
            status = 1
            continue
        for one in found:
            full = path if files.is_file(path) or "d" in given.flags else posixpath.join(path, one)
            await process.say((_long(process, full) if "l" in given.flags else "") + one + "\n")
    return status


def _long(process: Process, path: str) -> str:
    files = process.machine.files
    if files.is_folder(path):
        return f"d{permissions(files.mode(path))}    1 root     root          4096 "
    return f"-{permissions(files.mode(path))}    1 root     root     {len(files.read(path)):9d} "


def permissions(mode: int) -> str:
    """`rw-r--r--`"""
    return "".join(letter if mode >> (8 - index) & 1 else "-" for index, letter in enumerate("rwxrwxrwx"))


_CLASSES = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
_RIGHTS = {"r": 0o444, "w": 0o222, "x": 0o111}
_SYMBOLIC = re.compile(r"([ugoa]*)([-+=])([rwx]*)")


async def chmod(process: Process) -> int:
    given = options.read([process.argv[0], *process.argv[1:]])
    files = process.machine.files
    if len(given.rest) < 2:
        await process.complain("chmod: missing operand")
        return 1
    wanted, *names = given.rest
    for name in names:
        path = absolute(name, process.folder)
        if not files.exists(path):
            await process.complain(f"chmod: {name}: No such file or directory")
            return 1
        for one in [path, *(files.below(path) if "R" in given.flags else ())]:
            mode = _changed(files.mode(one), wanted)
            if mode is None:
                await process.complain(f"chmod: invalid mode '{wanted}'")
                return 1
            files.change_mode(one, mode)
    return 0


def _changed(mode: int, wanted: str) -> int | None:
    """Permission bits after `chmod wanted`; None if it is no mode."""
    if re.fullmatch("[0-7]{1,4}", wanted):
        return int(wanted, 8) & 0o777
    for clause in wanted.split(","):
        found = _SYMBOLIC.fullmatch(clause)
        if found is None:
            return None
        classes = 0
        for letter in found[1] or "a":
            classes |= _CLASSES[letter]
        rights = classes & sum(_RIGHTS[letter] for letter in set(found[3]))
        mode = {"+": mode | rights, "-": mode & ~rights, "=": (mode & ~classes) | rights}[found[2]]
    return mode


async def touch(process: Process) -> int:
    for name in options.read(process.argv).rest:
        path = absolute(name, process.folder)
        try:
            if not process.machine.files.exists(path):
                process.machine.files.write(path, b"")
        except NoFile as error:
            problem = error.problem.replace("nonexistent directory", "No such file or directory")
            await process.complain(f"touch: {name}: {problem}")
            return 1
    return 0


async def mkdir(process: Process) -> int:
    given = options.read(process.argv, "m")
    for name in given.rest:
        path = absolute(name, process.folder)
        if process.machine.files.exists(path) and "p" not in given.flags:
            await process.complain(f"mkdir: can't create directory '{name}': File exists")
            return 1
        try:
            process.machine.files.make_folder(path, "p" in given.flags)
        except NoFile as error:
            await process.complain(f"mkdir: can't create directory '{name}': {error}")
            return 1
    return 0


async def rm(process: Process) -> int:
    given = options.read(process.argv)
    files, recursive, status = process.machine.files, bool(given.flags & {"r", "R"}), 0
    for name in given.rest:
        path = absolute(name, process.folder)
        if files.target(path) is not None:
            files.remove(path)
        elif not files.exists(path):
            if "f" not in given.flags:
                await process.complain(f"rm: can't remove '{name}': No such file or directory")
                status = 1
        elif files.is_folder(path) and not recursive:
            await process.complain(f"rm: '{name}' is a directory")
            status = 1
        else:
            files.remove(path)
    return status


async def rmdir(process: Process) -> int:
    for name in process.argv[1:]:
        path = absolute(name, process.folder)
        if process.machine.files.names(path):
            await process.complain(f"rmdir: '{name}': Directory not empty")
            return 1
        process.machine.files.remove(path)
    return 0


async def cp(process: Process) -> int:
    given = options.read(process.argv)
    files, command = process.machine.files, process.argv[0].rpartition("/")[2]
    if len(given.rest) < 2:
        await process.complain(f"BusyBox: {command}: missing operand")
        return 1
    *sources, target = given.rest
    into = absolute(target, process.folder)
    for name in sources:
        path = absolute(name, process.folder)
        every = files.below(path) if files.is_folder(path) else [path]
        base = posixpath.join(into, posixpath.basename(path)) if files.is_folder(into) else into
        try:
            for one in every:
                goal = base + one.removeprefix(path)
                files.make_folder(posixpath.dirname(goal), parents=True)
                files.write(goal, files.read(one))
        except NoFile as error:
            await process.complain(f"{command}: can't stat '{name}': {error}")
            return 1
        if command == "mv":
            files.remove(path)
    return 0


async def pwd(process: Process) -> int:
    await process.say(process.folder + "\n")
    return 0


async def basename(process: Process) -> int:
    name = posixpath.basename(process.argv[1].rstrip("/")) if len(process.argv) > 1 else ""
    await process.say((name.removesuffix(process.argv[2]) if len(process.argv) > 2 else name) + "\n")
    return 0


async def dirname(process: Process) -> int:
    await process.say((posixpath.dirname(process.argv[1]) if len(process.argv) > 1 else "") + "\n")
    return 0


async def find(process: Process) -> int:
    files = process.machine.files
    start = process.argv[1] if len(process.argv) > 1 and not process.argv[1].startswith("-") else "."
    path = absolute(start, process.folder)
    if not files.exists(path):
        await process.complain(f"find: {start}: No such file or directory")
        return 1
    for one in files.below(path):
        await process.say(start.rstrip("/") + one.removeprefix(path.rstrip("/")) + "\n")
    return 0


async def tar(process: Process) -> int:
    """Enough for `kubectl cp`: create to and extract from a stream or a file."""
    argv = [process.argv[0], *(["-" + process.argv[1].lstrip("-")] if len(process.argv) > 1 else []), *process.argv[2:]]
    given = options.read(argv, "fC")
    folder = absolute(given.values.get("C", "."), process.folder)
    name = given.values.get("f", "-")
    files = process.machine.files
    try:
        if "c" in given.flags:
            data = _pack(process, folder, given.rest)
            if name == "-":
                await process.stdout.write(data)
            else:
                files.write(absolute(name, process.folder), data)
            return 0
        data = await _input(process) if name == "-" else files.read(absolute(name, process.folder))
        _unpack(process, folder, data, "x" in given.flags)
    except (NoFile, tarfile.TarError) as error:
        await process.complain(f"tar: {error}")
        return 1
    return 0


async def _input(process: Process) -> bytes:
    data = bytearray()
    while chunk := await process.stdin.read():
        data += chunk
    return bytes(data)


def _pack(process: Process, folder: str, names: list[str]) -> bytes:
    output = io.BytesIO()
    files = process.machine.files
    with tarfile.open(fileobj=output, mode="w") as archive:
        for name in names:
            path = absolute(name, folder)
            if not files.exists(path):
                raise NoFile(f"{name}: No such file or directory")
            for one in files.below(path):
                entry = tarfile.TarInfo((name + one.removeprefix(path)).lstrip("/"))
                data = files.read(one)
                entry.size, entry.mtime = len(data), int(process.machine.clock.now())
                archive.addfile(entry, io.BytesIO(data))
    return output.getvalue()


def _unpack(process: Process, folder: str, data: bytes, extract: bool) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
        for entry in archive:
            path = absolute(entry.name, folder)
            if extract and entry.isdir():
                process.machine.files.make_folder(path, parents=True)
            elif extract and entry.isfile():
                content = archive.extractfile(entry)
                process.machine.files.make_folder(posixpath.dirname(path), parents=True)
                process.machine.files.write(path, content.read() if content else b"")


async def mktemp(process: Process) -> int:
    files, folder = process.machine.files, "-d" in process.argv
    made = sum(name.startswith(TEMPORARY_NAME) for name in files.names(TEMPORARY))
    letters = process.machine.randomness.suffix(6, "mktemp", process.machine.unique, made)
    path = f"{TEMPORARY}/{TEMPORARY_NAME}{letters}"
    if folder:
        files.make_folder(path)
    else:
        files.write(path, b"")
    await process.say(f"{path}\n")
    return 0


async def nothing(process: Process) -> int:
    """Owners are not kept."""
    return 0


COMMANDS: Mapping[str, Program] = {
    "basename": basename,
    "chmod": chmod,
    "chown": nothing,
    "cp": cp,
    "dirname": dirname,
    "find": find,
    "ls": ls,
    "mkdir": mkdir,
    "mktemp": mktemp,
    "mv": cp,
    "pwd": pwd,
    "rm": rm,
    "rmdir": rmdir,
    "sync": nothing,
    "tar": tar,
    "touch": touch,
}
