"""Rules for names and other short texts; each complains in Kubernetes' words (apimachinery: util/validation).

Every function takes the text and returns the messages, none when it is well-formed. They are cached: the same labels,
names and keys come again and again.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Messages = tuple[str, ...]
Rule = Callable[[str], Messages]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_UNDERSCORED_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_UNDERSCORED_SUBDOMAIN = rf"{_UNDERSCORED_LABEL}(\.{_UNDERSCORED_LABEL})*"
_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LONGEST_LABEL = 63
_LONGEST_SUBDOMAIN = 253
_EMPTY = "must be non-empty"

_cached = lru_cache(maxsize=8192)


def too_long(most: int) -> str:
    return f"must be no more than {most} bytes"


def regex_error(message: str, pattern: str, *examples: str) -> str:
    """`message (e.g. 'a',  or 'b', regex used for validation is '...')`."""
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{message} ({'e.g. ' + shown if shown else ''}regex used for validation is '{pattern}')"


def in_range(low: int, high: int) -> str:
    return f"must be between {low} and {high}, inclusive"


def _rule(pattern: str, message: str, *examples: str, most: int = 0) -> Rule:
    """A rule that consists of one pattern and a greatest length."""
    matches = re.compile(pattern).fullmatch
    complaint = regex_error(message, pattern, *examples)

    @_cached
    def check(text: str) -> Messages:
        length: Messages = (too_long(most),) if most and len(text.encode()) > most else ()
        return length if matches(text) else (*length, complaint)

    return check


dns_subdomain = _rule(
    _SUBDOMAIN,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character",
    "example.com",
    most=_LONGEST_SUBDOMAIN,
)
dns_subdomain_underscored = _rule(
    _UNDERSCORED_SUBDOMAIN,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
    "and must start and end with an alphanumeric character",
    "example.com",
    most=_LONGEST_SUBDOMAIN,
)
wildcard_subdomain = _rule(
    rf"\*\.{_SUBDOMAIN}",
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    "*.example.com",
    most=_LONGEST_SUBDOMAIN,
)
dns_1035_label = _rule(
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character",
    "my-name",
    "abc-123",
    most=_LONGEST_LABEL,
)
label_value = _rule(
    f"({_KEY})?",
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character",
    "MyValue",
    "my_value",
    "12345",
    most=_LONGEST_LABEL,
)
percent = _rule("[0-9]+%", "a valid percent string must be a numeric string followed by an ending '%'", "1%", "93%")
http_header = _rule(
    "[-A-Za-z0-9]+", "a valid HTTP header must consist of alphanumeric characters or '-'", "X-Header-Name"
)

_strict_dns_label = _rule(
    _LABEL,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character",
    "my-name",
    "123-abc",
    most=_LONGEST_LABEL,
)
_is_subdomain = re.compile(_SUBDOMAIN).fullmatch


@_cached
def dns_label(text: str) -> Messages:
    messages = _strict_dns_label(text)
    if messages and "." in text and _is_subdomain(text):
        return (*messages[:-1], "must not contain dots")
    return messages


_KEY_MESSAGE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_KEY_COMPLAINT = regex_error(_KEY_MESSAGE, _KEY, "MyName", "my.name", "123-abc")
_is_key = re.compile(_KEY).fullmatch


@_cached
def qualified_name(text: str) -> Messages:
    """Keys of labels, annotations and taints, names of finalizers: `[prefix/]name`."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return (
            f"a valid label key {_KEY_COMPLAINT} with an optional DNS subdomain prefix and '/' "
            "(e.g. 'example.com/MyName')",
        )
    messages: list[str] = []
    if slash:
        complaints = dns_subdomain(prefix) if prefix else (_EMPTY,)
        messages += [f"prefix part {complaint}" for complaint in complaints]
    if not name:
        messages.append(f"name part {_EMPTY}")
    elif len(name) > _LONGEST_LABEL:
        messages.append(f"name part {too_long(_LONGEST_LABEL)}")
    if not _is_key(name):
        messages.append(f"name part {_KEY_COMPLAINT}")
    return tuple(messages)


@_cached
def port_name(text: str) -> Messages:
    """An IANA service name, as container ports have them."""
    complaints = (
        (len(text) > 15, too_long(15)),
        (
            not re.fullmatch("[-a-z0-9]+", text),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (not re.search("[a-z]", text), "must contain at least one letter (a-z)"),
        ("--" in text, "must not contain consecutive hyphens"),
        (text.startswith("-") or text.endswith("-"), "must not begin or end with a hyphen"),
    )
    return tuple(message for wrong, message in complaints if wrong)


_config_key = _rule(
    "[-._a-zA-Z0-9]+",
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    "key.name",
    "KEY_NAME",
    "key-name",
    most=_LONGEST_SUBDOMAIN,
)


@_cached
def config_key(text: str) -> Messages:
    """A key in the data of a ConfigMap or Secret."""
    if text in (".", ".."):
        return (*_config_key(text), f"must not be '{text}'")
    return (*_config_key(text), "must not start with '..'") if text.startswith("..") else _config_key(text)


@_cached
def environment_variable(text: str) -> Messages:
    if not text:
        return (f"environment variable name {_EMPTY}",)
    if all(" " <= character <= "~" and character != "=" for character in text):
        return ()
    return ("a valid environment variable name must consist only of printable ASCII characters other than '='",)


@_cached
def path_segment(text: str) -> Messages:
    """What may be one part of a URL: the rule where a kind has no other."""
    if text in (".", ".."):
        return (f"may not be '{text}'",)
    return tuple(f"may not contain '{character}'" for character in "/%" if character in text)


def generated(rule: Rule, prefix: str) -> Messages:
    """`rule` for a generateName, which may end with the dash that random characters follow."""
    return rule(f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix)


def quoted(text: str) -> str:
    """`text` in double quotes, as Go's %q writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
