"""What the header tells of the cluster, as data."""

from dataclasses import dataclass
from pathlib import Path

from k9lite.tui.display.tones import State, state

WORKING = state("converging", "busy")


@dataclass
class ClusterSummary:
    """What the header tells; times in seconds, None while not known.

    speed: None where the cluster's clock cannot be turned
    forwards: the local ports that lead into the cluster
    lost_at: since when the cluster does not answer, in seconds since the epoch; what is shown is as of then
    visible, converged: how long the last save took until the first change was on screen, until all was done
    """

    name: str
    kubeconfig: Path | None
    speed: float | None = None
    paused: bool = False
    health: State = WORKING
    visible: float | None = None
    converged: float | None = None
    forwards: tuple[int, ...] = ()
    lost_at: float | None = None
