"""Where an address of the cluster is open to other programs, such as `curl` in another terminal."""

from collections.abc import Callable, Iterable

from k9lite.explain.describe.fields import Field

Reachable = Callable[[str, int], tuple[str, int] | None]


def nowhere(address: str, port: int) -> None:
    """Of a cluster about whose network nothing is known."""


def open_at(addresses: Iterable[tuple[str, int]], reachable: Reachable) -> list[Field]:
    """A field with a line per address that can be reached; it names the other place where one had to be taken."""
    lines = []
    for address, port in addresses:
        reached = reachable(address, port) if address else None
        if reached is not None:
            other = f" (in place of {address}:{port})" if reached != (address, port) else ""
            lines.append(f"{reached[0]}:{reached[1]}{other}")
    return [Field("Open at", lines)] if lines else []
