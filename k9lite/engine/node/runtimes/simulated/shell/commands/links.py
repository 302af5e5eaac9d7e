"""Commands about links, and what paths lead to."""

import posixpath
from collections.abc import Mapping
from datetime import UTC, datetime

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.files import permissions

BLOCK = 4096


async def ln(process: Process) -> int:
    """-s for a symbolic link; the other kind is a copy of the file as it is now."""
    given, files = options.read(process.argv), process.machine.files
    if not given.rest:
        await process.complain("ln: missing operand")
        return 1
    *targets, place = given.rest if len(given.rest) > 1 else [*given.rest, "."]
    for target in targets:
        path = absolute(place, process.folder)
        if files.is_folder(path) and not ("n" in given.flags and files.target(path) is not None):
            path = posixpath.join(path, posixpath.basename(target))
        try:
            if "f" in given.flags and (files.is_file(path) or files.target(path) is not None):
                files.remove(path)
            if "s" in given.flags:
                files.link(target, path)
            elif files.exists(path):
                raise NoFile("File exists")
            else:
                files.write(path, files.read(absolute(target, process.folder)))
        except NoFile as error:
            await process.complain(f"ln: {path if error.problem == 'File exists' else target}: {error}")
            return 1
    return 0


async def readlink(process: Process) -> int:
    given, files = options.read(process.argv), process.machine.files
    for name in given.rest:
        path = absolute(name, process.folder)
        if "f" in given.flags:
            await process.say(files.real(path) + "\n")
        elif (target := files.target(path)) is not None:
            await process.say(f"{target}\n")
        else:
            return 1
    return 0


async def realpath(process: Process) -> int:
    files = process.machine.files
    for name in options.read(process.argv).rest or ["."]:
        path = files.real(absolute(name, process.folder))
        if not files.exists(path):
            await process.complain(f"realpath: {name}: No such file or directory")
            return 1
        await process.say(f"{path}\n")
    return 0


async def stat(process: Process) -> int:
    """-c with a format: %n %s %a %A %F %U %G %u %g %Y."""
    given, files = options.read(process.argv, "c"), process.machine.files
    for name in given.rest:
        path = absolute(name, process.folder)
        if not files.exists(path):
            await process.complain(f"stat: can't stat '{name}': No such file or directory")
            return 1
        facts = _facts(process, name, path)
        form = given.values.get("c", "  File: %n\n  Size: %s\t\t%F\nAccess: (0%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)")
        for letter, fact in facts.items():
            form = form.replace(f"%{letter}", fact)
        await process.say(f"{form}\n")
    return 0


def _facts(process: Process, name: str, path: str) -> Mapping[str, str]:
    files, machine = process.machine.files, process.machine
    link, folder, mode = files.target(path) is not None, files.is_folder(path), files.mode(path)
    kind = "symbolic link" if link else "directory" if folder else "regular file"
    size = BLOCK if folder else len(files.read(path))
    user = "root" if not machine.user else str(machine.user)
    return {
        "n": name,
        "s": str(size),
        "a": f"{mode:o}",
        "A": ("l" if link else "d" if folder else "-") + permissions(mode),
        "F": "regular empty file" if kind == "regular file" and not size else kind,
        "U": user,
        "G": user,
        "u": str(machine.user),
        "g": str(machine.group),
        "Y": str(int(machine.started)),
        "y": datetime.fromtimestamp(machine.started, UTC).strftime("%Y-%m-%d %H:%M:%S.000000000 +0000"),
    }


async def du(process: Process) -> int:
    given, files = options.read(process.argv), process.machine.files
    for name in given.rest or ["."]:
        size = sum(max(BLOCK, len(files.read(path))) for path in files.below(absolute(name, process.folder)))
        await process.say(f"{f'{size / 1024**2:.1f}M' if 'h' in given.flags else size // 1024}\t{name}\n")
    return 0


COMMANDS: Mapping[str, Program] = {"du": du, "ln": ln, "readlink": readlink, "realpath": realpath, "stat": stat}
