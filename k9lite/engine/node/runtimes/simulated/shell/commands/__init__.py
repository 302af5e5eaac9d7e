"""The commands of simulated images, by name: what a busybox has, and curl."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.process import Program
from k9lite.engine.node.runtimes.simulated.shell.commands import (
    blocks,
    encoding,
    files,
    lines,
    netcat,
    network,
    numbers,
    processes,
    sed,
    sh,
    system,
    text,
)
from k9lite.engine.node.runtimes.simulated.shell.commands.awk import command as awk

FOLDERS = {"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"}

COMMANDS: Mapping[str, Program] = {
    **awk.COMMANDS, **blocks.COMMANDS, **encoding.COMMANDS, **files.COMMANDS, **lines.COMMANDS,
    **netcat.COMMANDS, **network.COMMANDS,
    **numbers.COMMANDS, **processes.COMMANDS, **sed.COMMANDS, **system.COMMANDS, **text.COMMANDS,
    "sh": sh.sh, "ash": sh.sh, "bash": sh.sh,
}  # fmt: skip
