"""The functions that Kubernetes adds to CEL (apiserver: pkg/cel/library).

Quantities, addresses and URLs are maps with one entry, named after their type: the library has no types of our own.
"""

import ipaddress
import itertools
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from k9lite.api import names, patterns, quantity

Value = dict[str, str]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_QUANTITY, _IP, _CIDR, _URL, _FORMAT = "quantity", "ip", "cidr", "url", "format"
_LARGEST_INT64 = 2**63 - 1


class Function(NamedTuple):
    """One overload; `member`: whether the first parameter stands before the dot."""

    name: str
    parameters: tuple[str, ...]
    returns: str
    act: Callable[..., Any]
    member: bool = True


def _plain(value: Any) -> Any:
    return value.plain_value() if hasattr(value, "plain_value") else value


def _succeeds(parse: Callable[[str], Any]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


def _quantity(text: str) -> Value:
    return {_QUANTITY: quantity.canonical(text)}


def _amount(value: Any) -> Decimal:
    return quantity.parse(str(_plain(value[_QUANTITY])))


def _sum(left: Any, right: Any) -> Value:
    amount = _amount(left) + (right if isinstance(right, int) else _amount(right))
    return _quantity(format(amount, "f"))


def _difference(left: Any, right: Any) -> Value:
    amount = _amount(left) - (right if isinstance(right, int) else _amount(right))
    return _quantity(format(amount, "f"))


def _is_integer(value: Any) -> bool:
    amount = _amount(value)
    return amount == int(amount) and abs(amount) <= _LARGEST_INT64


def _as_integer(value: Any) -> int:
    if not _is_integer(value):
        raise ValueError("cannot convert value to integer")
    return int(_amount(value))


def _order(left: Any, right: Any) -> int:
    return (_amount(left) > _amount(right)) - (_amount(left) < _amount(right))


def _ip(text: str) -> Value:
    address = ipaddress.ip_address(text)
    if "%" in text or (isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped):
        raise ValueError(f"IP Address '{text}' parse error during conversion from string")
    return {_IP: str(address)}


def _cidr(text: str) -> Value:
    ipaddress.ip_interface(text)
    if "/" not in text:
        raise ValueError(f"CIDR '{text}' parse error during conversion from string: no '/'")
    return {_CIDR: text}


def _network(value: Any) -> Network:
    return ipaddress.ip_network(str(_plain(value[_CIDR])), strict=False)


def _address(value: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(str(_plain(value[_IP])) if not isinstance(value, str) else value)


def _contains_network(outer: Any, inner: Any) -> bool:
    network, other = _network(outer), _network(_cidr(inner) if isinstance(inner, str) else inner)
    return network.version == other.version and other.subnet_of(network)  # type: ignore[arg-type]


def _url(text: str) -> Value:
    parts = urlsplit(text)
    if not (parts.scheme and parts.netloc) and not text.startswith("/"):
        raise ValueError(f'URL parse error during conversion from string: parse "{text}": invalid URI for request')
    return {_URL: text}


def _url_part(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: act(urlsplit(str(_plain(value[_URL]))))


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    matches = (match[0] for match in patterns.compile(pattern).finditer(text))
    return list(itertools.islice(matches, most if most >= 0 else None))


def _find(text: str, pattern: str) -> str:
    return next(iter(_find_all(text, pattern, 1)), "")


def _items(values: Any) -> list[Any]:
    return [_plain(value) for value in values]


def _is_sorted(values: Any) -> bool:
    items = _items(values)
    return all(left <= right for left, right in itertools.pairwise(items))


def _least(values: Any) -> Any:
    if not values:
        raise ValueError("min called on empty list")
    return min(_items(values))


def _most(values: Any) -> Any:
    if not values:
        raise ValueError("max called on empty list")
    return max(_items(values))


def _is_contained(values: Any, others: Any) -> bool:
    return all(item in _items(others) for item in _items(values))


def _intersect(values: Any, others: Any) -> bool:
    return any(item in _items(others) for item in _items(values))


def _is_link_local_multicast(value: Any) -> bool:
    return str(_address(value)).startswith(("224.0.0.", "ff02:"))


FORMATS: dict[str, Callable[[str], Iterable[str]]] = {
    "dns1123Label": names.dns_label,
    "dns1123Subdomain": names.dns_subdomain,
    "dns1035Label": names.dns_1035_label,
    "qualifiedName": names.qualified_name,
}


def _violations(format: Any, text: str) -> list[str]:
    return list(FORMATS[str(_plain(format[_FORMAT]))](text))


FUNCTIONS: tuple[Function, ...] = (
    Function("quantity", ("string",), "map", _quantity, False),
    Function("isQuantity", ("string",), "bool", _succeeds(quantity.parse), False),
    Function("isInteger", ("map",), "bool", _is_integer),
    Function("asInteger", ("map",), "int", _as_integer),
    Function("asApproximateFloat", ("map",), "double", lambda value: float(_amount(value))),
    Function("sign", ("map",), "int", lambda value: (_amount(value) > 0) - (_amount(value) < 0)),
    Function("add", ("map", "map"), "map", _sum),
    Function("add", ("map", "int"), "map", _sum),
    Function("sub", ("map", "map"), "map", _difference),
    Function("sub", ("map", "int"), "map", _difference),
    Function("isLessThan", ("map", "map"), "bool", lambda left, right: _order(left, right) < 0),
    Function("isGreaterThan", ("map", "map"), "bool", lambda left, right: _order(left, right) > 0),
    Function("compareTo", ("map", "map"), "int", _order),
    Function("ip", ("string",), "map", _ip, False),
    Function("isIP", ("string",), "bool", _succeeds(_ip), False),
    Function("family", ("map",), "int", lambda value: _address(value).version),
    Function("isLoopback", ("map",), "bool", lambda value: _address(value).is_loopback),
    Function("isUnspecified", ("map",), "bool", lambda value: _address(value).is_unspecified),
    Function("isLinkLocalMulticast", ("map",), "bool", _is_link_local_multicast),
    Function("isLinkLocalUnicast", ("map",), "bool", lambda value: _address(value).is_link_local),
    Function("isGlobalUnicast", ("map",), "bool", lambda value: not _address(value).is_multicast),
    Function("cidr", ("string",), "map", _cidr, False),
    Function("isCIDR", ("string",), "bool", _succeeds(_cidr), False),
    Function("containsIP", ("map", "map"), "bool", lambda network, address: _address(address) in _network(network)),
    Function("containsIP", ("map", "string"), "bool", lambda network, address: _address(address) in _network(network)),
    Function("containsCIDR", ("map", "map"), "bool", _contains_network),
    Function("containsCIDR", ("map", "string"), "bool", _contains_network),
    Function("prefixLength", ("map",), "int", lambda value: _network(value).prefixlen),
    Function("masked", ("map",), "map", lambda value: {_CIDR: str(_network(value))}),
    Function("url", ("string",), "map", _url, False),
    Function("isURL", ("string",), "bool", _succeeds(_url), False),
    Function("getScheme", ("map",), "string", _url_part(lambda url: url.scheme)),
    Function("getHost", ("map",), "string", _url_part(lambda url: url.netloc.rpartition("@")[2])),
    Function("getHostname", ("map",), "string", _url_part(lambda url: url.hostname or "")),
    Function("getPort", ("map",), "string", _url_part(lambda url: str(url.port or ""))),
    Function("getEscapedPath", ("map",), "string", _url_part(lambda url: url.path)),
    Function("getQuery", ("map",), "map(string, list(string))", _url_part(lambda url: parse_qs(url.query))),
    Function("find", ("string", "string"), "string", _find),
    Function("findAll", ("string", "string"), "list(string)", _find_all),
    Function("findAll", ("string", "string", "int"), "list(string)", _find_all),
    Function("isSorted", ("list",), "bool", _is_sorted),
    Function("sum", ("list",), "dyn", lambda values: sum(_items(values))),
    Function("min", ("list",), "dyn", _least),
    Function("max", ("list",), "dyn", _most),
    Function("sets.contains", ("list", "list"), "bool", lambda values, others: _is_contained(others, values), False),
    Function(
        "sets.intersects",
        ("list", "list"),
        "bool",
        _intersect,
        False,
    ),
    Function(
        "sets.equivalent",
        ("list", "list"),
        "bool",
        lambda values, others: _is_contained(values, others) and _is_contained(others, values),
        False,
    ),
    *(Function(f"format.{name}", (), "map", lambda name=name: {_FORMAT: name}, False) for name in FORMATS),
    Function(
        "jsonpatch.escapeKey", ("string",), "string", lambda key: key.replace("~", "~0").replace("/", "~1"), False
    ),
    Function("validate", ("map", "string"), "list(string)", _violations),
)
