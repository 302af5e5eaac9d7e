"""stress, which takes processor time and memory on purpose: it claims memory, none of this process's is used."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.process import SIGNALS, Process, Program, forever
from k9lite.engine.node.runtimes.simulated.processor import SLICE
from k9lite.engine.node.runtimes.simulated.shell.commands.numbers import size
from k9lite.engine.node.runtimes.simulated.shell.commands.system import seconds

VALUES = {
    "-c": "cpu",
    "--cpu": "cpu",
    "-m": "vm",
    "--vm": "vm",
    "--vm-bytes": "bytes",
    "-t": "timeout",
    "--timeout": "timeout",
    "--vm-hang": "hang",
    "-i": "io",
    "--io": "io",
    "-d": "hdd",
    "--hdd": "hdd",
}
USUAL_BYTES = 256 * 1024**2


async def stress(process: Process) -> int:
    given = _options(process.argv[1:])
    name, machine = process.argv[0].rpartition("/")[2], process.machine
    cpu, workers = int(given.get("cpu", "0")), int(given.get("vm", "0"))
    if not (cpu or workers or int(given.get("io", "0")) or int(given.get("hdd", "0"))):
        await process.say(f"Usage: {name} [OPTION [ARG]] ...\n")
        return 0
    await process.say(
        f"{name}: info: [{process.pid}] dispatching hogs: {cpu} cpu, {given.get('io', '0')} io, {workers} vm, "
        f"{given.get('hdd', '0')} hdd\n"
    )
    process.handlers[SIGNALS["TERM"]] = lambda: process.end(1)
    if "timeout" in given:
        machine.clock.call_later(seconds(given["timeout"]) or 0.0, lambda: process.end(0))
    await machine.memory.hold(process, 0, claimed=workers * size(given.get("bytes", str(USUAL_BYTES))))
    if not cpu:
        await forever()
    while True:
        await machine.cpu.spend(SLICE)


def _options(words: list[str]) -> dict[str, str]:
    """What is given as --name VALUE or --name=VALUE."""
    given, rest = dict[str, str](), iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in VALUES:
            given[VALUES[name]] = value if equals else next(rest, "0")
    return given


COMMANDS: Mapping[str, Program] = {"stress": stress, "stress-ng": stress}
