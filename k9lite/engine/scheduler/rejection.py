"""Why a pod does not fit on a node, and the message that sums up all nodes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

NO_NODES = "no nodes available to schedule pods"
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
# Dynamic resource allocation, whose claims k9lite only stores, speaks before preemption does.
NO_CLAIMS = "no new claims to deallocate"


class Rejection(NamedTuple):
    """resolvable: whether the absence of other pods could change it"""

    plugin: str
    reasons: tuple[str, ...]
    resolvable: bool = True


def histogram(nodes: int, reasons: Iterable[str]) -> str:
    """`0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.`"""
    counts = sorted(f"{count} {reason}" for reason, count in Counter(reasons).items())
    return f"0/{nodes} nodes are available:" + (f" {', '.join(counts)}." if counts else "")


def message(nodes: int, rejections: Mapping[str, Rejection], before: str, preemption: str) -> str:
    """The whole FailedScheduling message.

    before: the rejection that holds for every node; preemption: why preemption does not help, empty if it does.
    """
    if not nodes:
        return NO_NODES
    if before:
        text = f"0/{nodes} nodes are available: {before}."
    else:
        text = histogram(nodes, (reason for rejection in rejections.values() for reason in rejection.reasons))
    return f"{text} {NO_CLAIMS}, preemption: {preemption}" if preemption else text
