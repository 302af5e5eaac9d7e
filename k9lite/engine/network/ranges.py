"""Address ranges: every cluster on this machine takes a pair of its own, so that several run side by side."""

import fcntl
import os
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

FIRST_PODS, FIRST_SERVICES = 244, 96  # second byte of 127.x.0.0/16; the next pairs are 243 and 97, 242 and 98...
MOST_CLUSTERS = 64


@dataclass(frozen=True)
class AddressRanges:
    """Held until `release`, or until this process ends; `pods` is cut into one /24 per node."""

    number: int  # among all pairs
    pods: IPv4Network
    services: IPv4Network
    lock: int  # file descriptor

    def release(self) -> None:
        os.close(self.lock)


def lease(folder: Path, wanted: int | None = None, reserved: Collection[int | None] = ()) -> AddressRanges:
    """The first pair that no running cluster holds, or just the `wanted` one; `folder` keeps the locks.

    reserved: pairs that clusters come back to; they are taken only when there is no other
    OSError when there is none.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbers = sorted(range(MOST_CLUSTERS), key=lambda number: number in reserved)
    for number in numbers if wanted is None else (wanted,):
        pods = IPv4Network(f"127.{FIRST_PODS - number}.0.0/16")
        services = IPv4Network(f"127.{FIRST_SERVICES + number}.0.0/16")
        lock = os.open(folder / f"addresses-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        return AddressRanges(number, pods, services, lock)
    if wanted is not None:
        raise OSError(f"the addresses of this cluster (127.{FIRST_PODS - wanted}.x.y) are in use by another one")
    raise OSError(f"all {MOST_CLUSTERS} address ranges are in use by other clusters")
