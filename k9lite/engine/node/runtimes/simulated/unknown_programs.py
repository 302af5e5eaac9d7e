"""Programs that nobody knows, of images that nobody knows: they do what the manifest expects of them.

A container's own program serves the ports that the manifest speaks of, unless the pod expects it to end. What a
command or a probe starts beside it succeeds.
"""

import re
import shlex

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.servers import ANYTHING, run

WORK_SECONDS = 1.0  # that a program takes which is expected to end
SHELLS = {"sh", "bash", "ash", "dash", "ksh", "zsh"}
ENDS_PIPELINE = re.compile(r"\n|;|&&|\|\||(?<!>)&(?!>)")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*")


async def unknown_program(process: Process) -> int:
    """Serve, or succeed."""
    machine = process.machine
    if process.pid != 1 and not _is_the_last(process):
        return 0
    if machine.runs_to_completion:
        await machine.clock.sleep(WORK_SECONDS)
        return 0
    return await run(ANYTHING, process)


def _is_the_last(process: Process) -> bool:
    """Whether the container's own shell comes to its end with this program."""
    first = process.machine.processes.get(1)
    return first is not None and process.argv[0] in last_commands(_script(process, first.argv))


def _script(process: Process, argv: list[str]) -> str:
    """The script that a shell was started with; empty for other programs."""
    if not argv or argv[0].rpartition("/")[2] not in SHELLS:
        return ""
    for index, word in enumerate(argv[1:], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return argv[index + 1] if index + 1 < len(argv) else ""
        if not word.startswith("-"):
            try:
                return process.machine.files.read(absolute(word, process.folder)).decode(errors="replace")
            except NoFile:
                return ""
    return ""


def last_commands(script: str) -> list[str]:
    """The names of the programs of the pipeline that a script ends with.

    >>> last_commands("migrate && PORT=80 exec /app/server --verbose | tee /log")
    ['/app/server', 'tee']
    """
    pipelines = [one.strip() for one in ENDS_PIPELINE.split(script.replace("\\\n", " "))]
    last = next((one for one in reversed(pipelines) if one and not one.startswith("#")), "")
    return [name for name in map(_program, last.split("|")) if name]


def _program(command: str) -> str:
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    return next((word for word in words if word != "exec" and not ASSIGNMENT.fullmatch(word)), "")
