"""Sets of completion indexes as a Job's status writes them; pure."""

from collections.abc import Iterable


def parse(text: str | None) -> set[int]:
    """The indexes of a list; an entry that cannot be read is left out.

    >>> sorted(parse("0,2-4"))
    [0, 2, 3, 4]
    """
    found: set[int] = set()
    for part in (text or "").split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (not last or last.isdecimal()):
            found.update(range(int(first), int(last or first) + 1))
    return found


def text(indexes: Iterable[int]) -> str:
    """Runs of three and more are shortened, pairs are not.

    >>> text([0, 1, 3, 4, 5, 7])
    '0,1,3-5,7'
    """
    runs: list[list[int]] = []
    for index in sorted(set(indexes)):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)
