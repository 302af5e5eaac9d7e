"""The commands of simulated images, by name: what a busybox has, and curl."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.process import Program
from k9lite.engine.node.runtimes.simulated.shell.commands import (
    blocks,
    dumps,
    encoding,
    files,
    kernel,
    lines,
    links,
    netcat,
    network,
    numbers,
    processes,
    resolving,
    sed,
    sh,
    stress,
    system,
    text,
)
from k9lite.engine.node.runtimes.simulated.shell.commands.awk import command as awk

FOLDERS = {"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"}

_MODULES = (
    awk,
    blocks,
    dumps,
    encoding,
    files,
    kernel,
    lines,
    links,
    netcat,
    network,
    numbers,
    processes,
    resolving,
    sed,
    stress,
    system,
    text,
)
COMMANDS: Mapping[str, Program] = {
    **{name: program for module in _MODULES for name, program in module.COMMANDS.items()},
    "sh": sh.sh,
    "ash": sh.sh,
    "bash": sh.sh,
}
