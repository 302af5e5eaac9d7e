"""Logs of containers on disk, as container runtimes write them: `TIME STREAM F TEXT` for each line.

They are written when the node goes off, and read when somebody asks for the log of a container of before.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from k9lite import private_files
from k9lite.api import times
from k9lite.client.streams import LogLine

MOST_BYTES = 256 * 1024  # of one log; the newest lines stay
MOST_FILES = 400  # of a node; the newest files stay


class LogFiles:
    """The folder of one node's logs. It and its files are private."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, id: str) -> list[LogLine] | None:
        """The lines of a container's log; None where there is no log of it."""
        path = self._path(id)
        if not _is_id(id):
            return None
        try:
            with open(path, encoding="utf-8", errors="replace", newline="\n", opener=private_files.opener) as file:
                return [line for text in file if (line := _line(text)) is not None]
        except FileNotFoundError:
            return None

    def write(self, logs: Mapping[str, Sequence[LogLine]]) -> None:
        """Write logs by the ids of their containers; OSError."""
        if not logs:
            return
        private_files.claim(self._folder.parent)
        private_files.claim(self._folder)
        for id, lines in logs.items():
            private_files.write(self._path(id), b"".join(_newest(lines)))
        self._bound()

    def delete(self, ids: Iterable[str]) -> None:
        for id in filter(_is_id, ids):
            self._path(id).unlink(missing_ok=True)

    def _bound(self) -> None:
        """Delete the oldest files beyond the limit."""
        files = sorted(self._folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - MOST_FILES)]:
            path.unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.log"


def _is_id(text: str) -> bool:
    """Whether the text, which anybody may have put into a status, can be the id of a container."""
    return text.isascii() and text.isalnum()


def _newest(lines: Sequence[LogLine]) -> list[bytes]:
    """The last lines as they are stored, as many as fit."""
    stored: list[bytes] = []
    left = MOST_BYTES
    for line in reversed(lines):
        text = f"{times.micro_time(line.time)} {line.stream} F {line.text}\n".encode()
        left -= len(text)
        if left < 0:
            break
        stored.append(text)
    return stored[::-1]


def _line(text: str) -> LogLine | None:
    """A stored line; None for one that is damaged."""
    moment, _, rest = text.removesuffix("\n").partition(" ")
    stream, _, rest = rest.partition(" ")
    tag, _, content = rest.partition(" ")
    try:
        seconds = times.timestamp(moment)
    except ValueError:
        return None
    return LogLine(seconds, content, stream) if seconds is not None and tag == "F" else None
