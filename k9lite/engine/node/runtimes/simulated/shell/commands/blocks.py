"""dd, which copies pieces of files."""

from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.files import NoFile, absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program, forever
from k9lite.engine.node.runtimes.simulated.shell.devices import ENDLESS, opened

BLOCK = 512  # bytes that are copied where nothing is said
UNITS = {"k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3}
MOST = 16 * 1024**2  # bytes that a file may get


async def dd(process: Process) -> int:
    given = dict(word.partition("=")[::2] for word in process.argv[1:])
    machine, endless = process.machine, given.get("if") in ENDLESS and "count" not in given
    if endless and given.get("of") == "/dev/null":
        await forever()
    size = _bytes(given.get("bs", str(BLOCK)))
    wanted = MOST if endless or "count" not in given else min(MOST, size * _bytes(given["count"]))
    try:
        reader = opened(machine, absolute(given["if"], process.folder)) if "if" in given else process.stdin
        data = bytearray()
        while len(data) < wanted and (chunk := await reader.read()):
            data += chunk
        copied = bytes(data[:wanted])
        if "of" in given:
            machine.files.write(absolute(given["of"], process.folder), copied)
        else:
            await process.stdout.write(copied)
    except NoFile as error:
        await process.complain(f"dd: can't open '{given.get('if', '')}': {error}")
        return 1
    blocks = f"{len(copied) // size}+{int(len(copied) % size > 0)} records"
    await process.complain(f"{blocks} in\n{blocks} out\n{len(copied)} bytes copied")
    return 0


def _bytes(text: str) -> int:
    unit = text[-1:]
    return int(text[:-1]) * UNITS[unit] if unit in UNITS else int(text)


COMMANDS: Mapping[str, Program] = {"dd": dd}
