"""What a pod's annotations make its simulated containers do.

| annotation | effect |
|---|---|
| k9lite.dev/start-delay: SECONDS | the process does nothing for so long, as an application that starts slowly |
| k9lite.dev/exit-after: SECONDS | the process ends so long after its start |
| k9lite.dev/exit-code: NUMBER | with that code (0) |
| k9lite.dev/log-every: SECONDS | it writes a numbered line to its log at that pace |
| k9lite.dev/cpu-use: CORES | each container reports that it uses so much of a processor |
| k9lite.dev/memory-use: MEGABYTES | and so much memory |

Values that are no numbers count as if they were not there.
"""

from collections.abc import Mapping
from typing import NamedTuple

PREFIX = "k9lite.dev/"
SHORTEST_PACE = 0.01  # seconds between lines


class Behaviour(NamedTuple):
    """Times in seconds, processors in cores, memory in megabytes; None where nothing is asked for."""

    start_delay: float = 0.0
    exit_after: float | None = None
    exit_code: int = 0
    log_every: float | None = None
    cpu_use: float | None = None
    memory_use: float | None = None


def behaviour(annotations: Mapping[str, str]) -> Behaviour:
    pace = _number(annotations, "log-every")
    return Behaviour(
        _number(annotations, "start-delay") or 0.0,
        _number(annotations, "exit-after"),
        int(_number(annotations, "exit-code") or 0),
        None if pace is None else max(pace, SHORTEST_PACE),
        _number(annotations, "cpu-use"),
        _number(annotations, "memory-use"),
    )


def _number(annotations: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(annotations[PREFIX + name])
    except (KeyError, ValueError):
        return None
    return value if 0 <= value < float("inf") else None
