"""Address ranges: each cluster on a machine leases a pair of its own, so that several run side by side."""

import errno
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from socket import AF_UNIX, SOCK_DGRAM, socket

from k9lite.api.addresses import FIRST_PODS, FIRST_SERVICES, MOST_CLUSTERS

FOR_KEPT = range(32, MOST_CLUSTERS)  # pairs that only kept clusters take while there are others


@dataclass(frozen=True)
class AddressRanges:
    """Held until `release`, or until this process ends; `pods` is cut into one /24 per node."""

    number: int  # among all pairs
    pods: IPv4Network
    services: IPv4Network
    holder: socket | None

    def release(self) -> None:
        if self.holder is not None:
            self.holder.close()


def passing() -> Iterable[int]:
    """The pairs to try for a cluster that is not kept, in order."""
    return range(MOST_CLUSTERS)


def kept(identity: str) -> Iterable[int]:
    """The pairs to try for a new kept cluster, in order.

    identity: spreads kept clusters, so that two that never run at the same time take different pairs too.
    """
    first = zlib.crc32(identity.encode()) % len(FOR_KEPT)
    return [*FOR_KEPT[first:], *FOR_KEPT[:first], *range(FOR_KEPT.start)]


def lease(numbers: Iterable[int], machine: str = "k9lite") -> AddressRanges:
    """Lease the first of these pairs that no running cluster of any user holds.

    machine: the name of the address space. Raises OSError when no pair is free.
    """
    numbers = list(numbers)
    for number in numbers:
        with suppress(BlockingIOError):
            return _ranges(number, _hold(f"{machine}/addresses/{number}"))
    if len(numbers) == 1:
        held = f"127.{FIRST_PODS - numbers[0]}.x.y and 127.{FIRST_SERVICES + numbers[0]}.x.y"
        raise OSError(
            f"the addresses of this cluster ({held}) are in use by another cluster on this machine; "
            "end that one first, or take another --name"
        )
    raise OSError(f"all {MOST_CLUSTERS} address ranges are in use by other clusters on this machine")


def in_memory(number: int) -> AddressRanges:
    """A pair without a lease, for a network in memory."""
    return _ranges(number, None)


def _ranges(number: int, holder: socket | None) -> AddressRanges:
    pods = IPv4Network(f"127.{FIRST_PODS - number}.0.0/16")
    return AddressRanges(number, pods, IPv4Network(f"127.{FIRST_SERVICES + number}.0.0/16"), holder)


def _hold(name: str) -> socket | None:
    """Bind the abstract socket `name`. Raises BlockingIOError when another process has it.

    Abstract sockets belong to the same network namespace as loopback addresses do, need no file, and end with their
    process. Linux alone has them, and it alone has more loopback addresses than 127.0.0.1: elsewhere ranges are not
    bound, and clusters cannot meet in them.
    """
    if sys.platform != "linux":
        return None
    holder = socket(AF_UNIX, SOCK_DGRAM)
    try:
        holder.bind(f"\0{name}")
    except OSError as error:
        holder.close()
        if error.errno == errno.EADDRINUSE:
            raise BlockingIOError(errno.EWOULDBLOCK, name) from None
        raise
    return holder
