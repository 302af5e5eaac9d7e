"""What fills the nodes: the letters that pods are drawn with, and how much of a node is asked for; pure."""

from collections.abc import Iterable
from typing import NamedTuple

from lightkube.models.core_v1 import Node, Pod

from k9lite.api import pods
from k9lite.api.object import Object
from k9lite.tui.display.tones import State, Tone

UNSCHEDULED = "(unscheduled)"  # no node is called that; pods without one are drawn under it
BAR = 8  # terminal cells
FULL, CROWDED = 1.0, 0.8  # parts of a node
# The letters of those states whose words do not begin with a telling one.
_LETTERS = {"CrashLoopBackOff": "X", "Error": "X", "OOMKilled": "X", "Completed": "S", "Succeeded": "S"}


class Share(NamedTuple):
    """How much of one resource of a node is taken."""

    name: str
    taken: int
    room: int

    @property
    def part(self) -> float:
        return self.taken / self.room if self.room else 0.0


def letter(shown: State) -> str:
    """One capital: R of Running, I of ImagePullBackOff, X of what crashed, N of init containers; r while not ready."""
    word = shown.word.removeprefix("Init:")
    found = _LETTERS.get(word) or (word[:1].upper() if word[:1].isalpha() else "N")  # init containers, counted
    return found.lower() if word == "Running" and shown.tone != "good" else found


def shares(node: Object[Node], on_node: Iterable[Object[Pod]]) -> tuple[Share, ...]:
    """Pods, CPU in thousandths and memory in bytes: what pods ask for, of what the node has to give."""
    status = node.view.status
    room = pods.amounts(status.allocatable if status is not None else None)
    count, cpu, memory = 0, 0, 0
    for pod in on_node:
        if pods.is_terminal(pod.view):
            continue
        asked = pods.requests(pod.view)
        count, cpu, memory = count + 1, cpu + asked.get("cpu", 0), memory + asked.get("memory", 0)
    return (
        Share("pods", count, room.get("pods", 0)),
        Share("cpu", cpu, room.get("cpu", 0)),
        Share("memory", memory, room.get("memory", 0)),
    )


def bar(share: Share) -> tuple[str, Tone]:
    """`▰▰▰▱▱▱▱▱` with the colour of how full it is."""
    filled = min(BAR, round(share.part * BAR))
    tone: Tone = "bad" if share.part >= FULL else "warn" if share.part >= CROWDED else "good"
    return "▰" * filled + "▱" * (BAR - filled), tone
