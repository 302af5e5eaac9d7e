"""Interpreters of programming languages. No simulated image runs their programs, but for two that everybody starts:
the digits of pi in the documentation of Jobs, and Python's web server.
"""

import re
from collections.abc import Mapping

from k9lite.engine.node.runtimes.simulated.files import absolute
from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands.system import child

PI_SECONDS = 4.0  # that perl takes for some thousand digits
MOST_DIGITS, GUARD = 20_000, 10  # GUARD: digits that are calculated beyond what is asked for
PORT = "8000"


async def perl(process: Process) -> int:
    wanted = re.search(r"print\s+bpi\((\d+)\)", " ".join(process.argv[1:]))
    if wanted is None:
        return await _unable(process)
    await process.machine.clock.sleep(PI_SECONDS)
    await process.say(pi(min(int(wanted[1]), MOST_DIGITS)) + "\n")
    return 0


def pi(digits: int) -> str:
    """So many digits, the first of them 3; Machin's formula in whole numbers.

    >>> pi(6)
    '3.14159'
    """
    one = 10 ** (digits + GUARD)
    text = str(4 * (4 * _arctangent(5, one) - _arctangent(239, one)))
    return f"{text[0]}.{text[1:digits]}"


def _arctangent(inverse: int, one: int) -> int:
    """arctan(1 / inverse), times `one`."""
    power, total, divisor, sign = one // inverse, 0, 1, 1
    while power:
        total += sign * (power // divisor)
        power //= inverse * inverse
        divisor, sign = divisor + 2, -sign
    return total


async def python(process: Process) -> int:
    words = process.argv[1:]
    if words[:2] == ["-m", "http.server"]:
        port = next((word for word in words[2:] if word.isdigit()), PORT)
        folder = words[words.index("-d") + 1] if "-d" in words[:-1] else "."
        return await child(process, ["httpd", "-f", "-p", port, "-h", folder])
    return await _unable(process)


async def _unable(process: Process) -> int:
    """Without a program they read an empty one from their input, and end."""
    name = process.argv[0].rpartition("/")[2]
    script = next((word for word in process.argv[1:] if not word.startswith("-")), "")
    if not script:
        return 0
    if not process.machine.files.is_file(absolute(script, process.folder)):
        await process.complain(f"{name}: can't open file '{script}': No such file or directory")
        return 2
    await process.complain(f"{name}: simulated images run no programs; build an image to run '{script}'")
    return 1


# By the last part of an image's path.
INTERPRETERS: Mapping[str, Mapping[str, Program]] = {
    "node": {"node": _unable},
    "perl": {"perl": perl},
    "python": {"python": python, "python3": python},
    "ruby": {"ruby": _unable},
}
