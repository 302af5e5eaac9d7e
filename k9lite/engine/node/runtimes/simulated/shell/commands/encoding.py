"""Commands that encode bytes, and sum them up."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from k9lite.engine.node.runtimes.simulated.process import Process, Program
from k9lite.engine.node.runtimes.simulated.shell.commands import options
from k9lite.engine.node.runtimes.simulated.shell.commands.text import everything, inputs

WIDTH = 76  # characters of a line that base64 writes


async def base64_(process: Process) -> int:
    given = options.read(process.argv, "w")
    width = int(given.values.get("w", WIDTH))
    async for _, reader in inputs(process, given.rest):
        data = await everything(process, reader)
        if given.flags & {"d", "--decode"}:
            try:
                await process.stdout.write(base64.b64decode(b"".join(data.split()), validate=True))
            except ValueError:
                await process.complain("base64: truncated input")
                return 1
            continue
        text = base64.b64encode(data).decode()
        lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
        await process.say("\n".join(lines) + ("\n" if width else ""))
    return int(process.failed)


def _sums(digest: Callable[[bytes], Any]) -> Program:
    async def program(process: Process) -> int:
        async for name, reader in inputs(process, options.read(process.argv).rest):
            await process.say(f"{digest(await everything(process, reader)).hexdigest()}  {name}\n")
        return int(process.failed)

    return program


COMMANDS: Mapping[str, Program] = {
    "base64": base64_,
    "md5sum": _sums(lambda data: hashlib.md5(data, usedforsecurity=False)),
    "sha1sum": _sums(lambda data: hashlib.sha1(data, usedforsecurity=False)),
    "sha256sum": _sums(hashlib.sha256),
    "sha512sum": _sums(hashlib.sha512),
}
