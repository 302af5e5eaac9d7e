"""Rules for single values. All rules of this package are generators of errors: no error, nothing said.

Arguments are the field's path and its value, or the path and data of an object and the names of fields in it.
"""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from k9lite.api import addresses, errors, names
from k9lite.api.errors import FieldError
from k9lite.api.object import Data

Errors = Iterator[FieldError]

NEGATIVE = "must be greater than or equal to 0"
NOT_POSITIVE = "must be greater than zero"
IMMUTABLE = "field is immutable"
LARGEST_INT32 = 2**31 - 1
_LARGEST_ID = 2**32 - 1

PROTOCOLS = ("SCTP", "TCP", "UDP")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")


def text(path: str, value: str, rule: names.Rule) -> Errors:
    for message in rule(value):
        yield errors.invalid(path, value, message)


def required_text(path: str, value: str | None, rule: names.Rule) -> Errors:
    if value:
        yield from text(path, value, rule)
    else:
        yield errors.required(path)


def required(path: str, data: Data, *fields: str) -> Errors:
    for field in fields:
        if not data.get(field):
            yield errors.required(f"{path}.{field}")


def non_negative(path: str, data: Data, *fields: str) -> Errors:
    for field in fields:
        if data.get(field, 0) < 0:
            yield errors.invalid(f"{path}.{field}", data[field], NEGATIVE)


def between(path: str, value: int, low: int, high: int) -> Errors:
    if not low <= value <= high:
        yield errors.invalid(path, value, names.in_range(low, high))


def user_or_group(path: str, data: Data, *fields: str) -> Errors:
    for field in fields:
        if field in data:
            yield from between(f"{path}.{field}", data[field], 0, _LARGEST_ID)


def one_of(path: str, value: Any, supported: Sequence[str]) -> Errors:
    """A required enumeration."""
    if not value:
        yield errors.required(path)
    elif value not in supported:
        yield errors.not_supported(path, value, supported)


def optional_one_of(path: str, value: Any, supported: Sequence[str]) -> Errors:
    """An enumeration that may be absent, but not empty."""
    if value is not None and value not in supported:
        yield errors.not_supported(path, value, supported)


def port_number(path: str, value: int) -> Errors:
    return between(path, value, 1, 65535)


def port_number_or_name(path: str, value: int | str) -> Errors:
    return port_number(path, value) if isinstance(value, int) else text(path, value, names.port_name)


def percentage(value: int | str) -> int | None:
    """The number in "25%"; None for a count or a text that is neither."""
    return int(value[:-1]) if isinstance(value, str) and not names.percent(value) else None


def int_or_percent(path: str, value: int | str) -> Errors:
    """A count or a percentage, not negative."""
    if isinstance(value, str):
        yield from text(path, value, names.percent)
    elif value < 0:
        yield errors.invalid(path, value, NEGATIVE)


def at_most_100_percent(path: str, value: int | str) -> Errors:
    if (percentage(value) or 0) > 100:
        yield errors.invalid(path, value, "must not be greater than 100%")


def is_zero(value: int | str) -> bool:
    """Whether a count or percentage comes to nothing."""
    return (percentage(value) if isinstance(value, str) else value) in (0, None)


def immutable(path: str, new: Any, old: Any) -> Errors:
    if new != old:
        yield errors.invalid(path, new, IMMUTABLE)


# -- addresses ------------------------------------------------------------------------------------------------------


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def ip(path: str, value: str) -> Errors:
    if not _parses(ipaddress.ip_address, value):
        yield errors.invalid(path, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")


def cidr(path: str, value: str) -> Errors:
    if "/" not in value or not _parses(lambda text: ipaddress.ip_network(text, strict=False), value):
        yield errors.invalid(path, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")


def ip_of_family(path: str, value: str, family: str) -> Errors:
    """family: IPv4 or IPv6."""
    parse = ipaddress.IPv4Address if family == "IPv4" else ipaddress.IPv6Address
    if not _parses(parse, value):
        yield errors.invalid(path, value, f"must be a valid {family} address")


def non_special_ip(path: str, value: str) -> Errors:
    """What may be an endpoint. Of loopback addresses those may that clusters have: here pods really live there."""
    if not _parses(ipaddress.ip_address, value):
        yield errors.invalid(path, value, "must be a valid IP address")
        return
    address = ipaddress.ip_address(value)
    if address.is_unspecified:
        yield errors.invalid(path, value, f"may not be unspecified ({value})")
    elif addresses.is_loopback(value):
        yield errors.invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if address.is_link_local:
        yield errors.invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if value.startswith(("224.0.0.", "ff02:")):
        message = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        yield errors.invalid(path, value, message)


def is_ipv6(value: str) -> bool:
    return ":" in value


# -- paths in a file system -----------------------------------------------------------------------------------------


def no_backsteps(path: str, value: str) -> Errors:
    if ".." in value.split("/"):
        yield errors.invalid(path, value, "must not contain '..'")


def descending_path(path: str, value: str) -> Errors:
    """A path relative to a volume, that stays in it."""
    if value.startswith("/"):
        yield errors.invalid(path, value, "must be a relative path")
    yield from no_backsteps(path, value)


def non_reserved_path(path: str, value: str) -> Errors:
    yield from descending_path(path, value)
    if value.startswith("..") and not value.startswith("../"):
        yield errors.invalid(path, value, "must not start with '..'")
