"""What the checks have in common: the containers of a pod, and how messages name them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from k9lite.api.object import Data


class Violation(NamedTuple):
    """One check that a pod fails."""

    reason: str
    detail: str = ""


Check = Callable[[Data, int], Violation | None]  # of a pod, by the rules of a minor version of Kubernetes


def containers(pod: Data) -> Iterator[Data]:
    """All containers of a pod, init containers first, ephemeral ones last."""
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from pod["spec"].get(field) or ()


def security(holder: Data) -> Data:
    """The security context of a container or of a pod's spec."""
    return holder.get("securityContext") or {}


def part(holder: Data, *names: str) -> Any:
    """A field within a security context, None where it is not set."""
    value: Any = security(holder)
    for name in names:
        value = (value or {}).get(name)
    return value


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def noun(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def named(names: list[str]) -> str:
    """`container "a"` or `containers "a", "b"`."""
    return f"{noun('container', len(names))} {quoted(names)}"


def setters(pod: Data, is_bad: Callable[[Data], bool]) -> str:
    """Who sets what is bad: the pod, some containers, or both; empty when nobody does."""
    subjects = ["pod"] if is_bad(pod["spec"]) else []
    bad = [container["name"] for container in containers(pod) if is_bad(container)]
    return " and ".join([*subjects, named(bad)] if bad else subjects)


def has_own_users(pod: Data) -> bool:
    """Whether root in the pod is nobody on the node."""
    return pod["spec"].get("hostUsers") is False


def is_windows(pod: Data) -> bool:
    return (pod["spec"].get("os") or {}).get("name") == "windows"
