"""The addresses of clusters: each on a machine has a pair of ranges in 127.0.0.0/8, of pods and of services."""

import ipaddress

FIRST_PODS, FIRST_SERVICES = 244, 96  # second byte of 127.x.0.0/16; the next pairs are 243 and 97, 242 and 98...
MOST_CLUSTERS = 64

_PODS = range(FIRST_PODS - MOST_CLUSTERS + 1, FIRST_PODS + 1)
_SERVICES = range(FIRST_SERVICES, FIRST_SERVICES + MOST_CLUSTERS)


def is_loopback(address: str) -> bool:
    """Whether `address` means the machine itself that it is used on, and none of a cluster's.

    >>> is_loopback("127.0.0.1"), is_loopback("127.244.1.2"), is_loopback("::ffff:127.0.0.1")
    (True, False, True)
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address == "localhost" or address.endswith(".localhost")
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return ip.is_loopback or ip.is_unspecified
        ip = ip.ipv4_mapped
    return ip.is_unspecified or (ip.is_loopback and ip.packed[1] not in _PODS and ip.packed[1] not in _SERVICES)
