"""The addresses of a node's pods, handed out in turn as the host-local CNI plug-in does."""

import ipaddress


class AddressPool:
    """`cidr`: the node's range, e.g. 127.244.1.0/24; its first address is the node's own."""

    def __init__(self, cidr: str) -> None:
        network = ipaddress.ip_network(cidr)
        self._first = int(network.network_address) + 2
        self._last = int(network.broadcast_address) - 1
        self._next = self._first
        self._taken: set[int] = set()

    def take(self) -> str | None:
        """The next free address; None when all are taken."""
        for _ in range(self._last - self._first + 1):
            candidate, self._next = self._next, self._next + 1
            if self._next > self._last:
                self._next = self._first
            if candidate not in self._taken:
                self._taken.add(candidate)
                return str(ipaddress.ip_address(candidate))
        return None

    def reserve(self, address: str) -> bool:
        """Take a certain address; False if it is not in the range, or taken. Those after it are handed out next."""
        wanted = int(ipaddress.ip_address(address))
        if not self._first <= wanted <= self._last or wanted in self._taken:
            return False
        self._taken.add(wanted)
        self._next = max(self._next, wanted + 1) if wanted < self._last else self._first
        return True

    def release(self, address: str) -> None:
        self._taken.discard(int(ipaddress.ip_address(address)))
