"""Where awk reads records, and how a record falls into fields."""

from collections.abc import AsyncIterator

from k9lite.engine.node.runtimes.simulated.pipes import Lines, Reader
from k9lite.engine.node.runtimes.simulated.process import Process
from k9lite.engine.node.runtimes.simulated.shell import regex

MOST_FIELDS = 100_000


class Records:
    """The records of one reader. `separator` is looked at for every record, since a program may change it."""

    def __init__(self, process: Process, reader: Reader) -> None:
        self._process, self._lines = process, Lines(reader, process.machine)
        self._rest: AsyncIterator[str] | None = None

    async def next(self, separator: str) -> str | None:
        """The next record without its separator; None at the end."""
        if separator == "\n":
            line = await self._lines.line()
            return None if line is None else line.decode(errors="replace")
        if self._rest is None:
            self._rest = self._divided(separator)
        return await anext(self._rest, None)

    async def _divided(self, separator: str) -> AsyncIterator[str]:
        """Records that end at another letter, at an expression, or where it is empty at empty lines."""
        data = bytearray()
        while chunk := await self._lines.read():
            data += chunk
            await self._process.machine.memory.hold(self, 2 * len(data))
        whole = data.decode(errors="replace")
        if not separator:
            whole = whole.strip("\n")
        start = 0
        if len(separator) == 1:
            while (stop := whole.find(separator, start)) >= 0:
                yield whole[start:stop]
                start = stop + 1
        else:
            for match in regex.compiled(separator or "\n\n+", extended=True).finditer(whole):
                yield whole[start : match.start]
                start = match.end
        if whole[start:]:
            yield whole[start:]


def fields(record: str, separator: str) -> list[str]:
    """The fields of a record; a space means any blanks."""
    if separator == " ":
        return record.split()
    if not record:
        return []
    if len(separator) == 1:
        return record.split(separator)
    if not separator:
        return list(record)
    found, start = list[str](), 0
    for match in regex.compiled(separator, extended=True).finditer(record):
        if match[0]:
            found.append(record[start : match.start])
            start = match.end
    return [*found, record[start:]]
