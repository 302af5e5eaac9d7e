"""How a free address or port is chosen: at random, above a band that is left to those who ask by number."""

from collections.abc import Container
from ipaddress import IPv4Network


def static_band(size: int) -> int:
    """How many addresses at the low end of a range of `size` are only given out when the others are used up."""
    return min(max(16, size // 16), 256)


STATIC_PORTS = 86  # the same for node ports; Kubernetes' figure for the default range


def pick(first: int, last: int, band: int, used: Container[int], number: int) -> int | None:
    """A free one of `first`..`last`, None when there is none.

    `band`: how many at the low end to avoid; `number`: a random integer that decides among the others.
    """
    for low, high in ((first + band, last), (first, min(first + band - 1, last))):
        size = high - low + 1
        for step in range(max(size, 0)):
            candidate = low + (number + step) % size
            if candidate not in used:
                return candidate
    return None


def host_bounds(network: IPv4Network) -> tuple[int, int]:
    """The first and the last address that a host may have, as integers: neither the network's nor the broadcast one."""
    return int(network.network_address) + 1, int(network.broadcast_address) - 1
