"""SQLite's write-ahead log, read only to see whether it is whole (https://sqlite.org/fileformat2.html#walformat).

SQLite itself ignores everything from the first damaged frame on, and says nothing.
"""

import struct
from typing import NamedTuple

HEADER, FRAME_HEADER = 32, 24  # bytes
_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}  # and the byte order in which words are summed up


class _Sums(NamedTuple):
    first: int = 0
    second: int = 0


def lost_frames(log: bytes) -> int:
    """How many frames SQLite would ignore though they were written whole since the log was last begun anew.

    A frame that is written in part, as when a process is killed while it writes, is none: nobody was told of it.
    """
    if len(log) < HEADER:
        return 0
    magic, _, page_size, _, *salts, first, second = struct.unpack(">8I", log[:HEADER])
    order = _MAGICS.get(magic, "")
    size = FRAME_HEADER + page_size
    frames = [log[place : place + size] for place in range(HEADER, len(log) - size + 1, size)]
    sums = _add(_Sums(), log[: HEADER - 8], order) if order else _Sums()
    if sums != _Sums(first, second):
        return len(frames)
    for number, frame in enumerate(frames):
        if list(struct.unpack(">2I", frame[8:16])) != salts:  # left over from before: what follows is, too
            return _of_this_log(frames[number:], salts)
        sums = _add(_add(sums, frame[:8], order), frame[FRAME_HEADER:], order)
        if sums != struct.unpack(">2I", frame[16:24]):
            return _of_this_log(frames[number:], salts)
    return 0


def _of_this_log(frames: list[bytes], salts: list[int]) -> int:
    return sum(list(struct.unpack(">2I", frame[8:16])) == salts for frame in frames)


def _add(sums: _Sums, data: bytes, order: str) -> _Sums:
    first, second = sums
    for even, odd in struct.iter_unpack(f"{order}2I", data):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return _Sums(first, second)
