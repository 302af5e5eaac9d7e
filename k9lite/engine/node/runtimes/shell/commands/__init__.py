"""The commands of simulated images, by name: what a busybox has, and curl."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.process import Program
from k9lite.engine.node.runtimes.shell.commands import files, lines, network, sh, system, text

FOLDERS = {"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"}

COMMANDS: Mapping[str, Program] = {
    **files.COMMANDS, **lines.COMMANDS, **network.COMMANDS, **system.COMMANDS, **text.COMMANDS,
    "sh": sh.sh, "ash": sh.sh,
}  # fmt: skip
